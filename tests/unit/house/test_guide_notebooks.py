"""Pages of the guide that are notebooks: every cell runs and prints what stands below it."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

import pytest

from tests.unit.house.test_guide import FENCE, GUIDE

NOTEBOOKS = [
    GUIDE / language / name for language in ("zh", "en") for name in ("casemix-library.md", "casemix.md")
]


@pytest.mark.parametrize("page", NOTEBOOKS, ids=lambda page: f"{page.parent.name}/{page.stem}")
def test_every_cell_prints_what_the_page_says(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    cells = FENCE.findall(page.read_text("utf-8"))
    assert any(language == "python" for language, _ in cells)
    names: dict[str, Any] = {}
    printed = ""
    for language, cell in cells:
        if language == "python":
            assert printed == "", f"the page does not show what is printed: {printed}"
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                exec(compile(cell, page.name, "exec"), names)  # the page itself is what is tested
            printed = out.getvalue()
        elif language == "text" and printed:
            assert [line.rstrip() for line in printed.splitlines()] == [
                line.rstrip() for line in cell.splitlines()
            ]
            printed = ""
    assert printed == ""
