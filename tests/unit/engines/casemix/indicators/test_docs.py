"""The generated pages of the guide."""

from __future__ import annotations

from pathlib import Path

import pytest

from duikou.engines.casemix.indicators import DEFINITIONS, PARAMETERS
from duikou.engines.casemix.indicators.docs import main, pages

GUIDE = Path(__file__).parents[5] / "docs" / "guide"


@pytest.mark.parametrize("name", sorted(pages()))
def test_the_committed_pages_are_fresh(name: str) -> None:
    assert (GUIDE / name).read_text("utf-8") == pages()[name], (
        f"docs/guide/{name} is out of date: run python -m duikou.engines.casemix.indicators.docs"
    )


@pytest.mark.parametrize("name", sorted(pages()))
def test_every_indicator_and_parameter_has_its_row(name: str) -> None:
    assert all(f"`{one}` v" in pages()[name] for one in DEFINITIONS)
    assert all(f"| `{one}` |" in pages()[name] for one in PARAMETERS)


def test_the_command_writes_both(tmp_path: Path) -> None:
    for language in ("zh", "en"):
        (tmp_path / language).mkdir()

    assert main(["--out", str(tmp_path)]) == 0
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.md")} == set(pages())
