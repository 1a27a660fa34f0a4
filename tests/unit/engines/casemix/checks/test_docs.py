"""The generated pages of the guide."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from duikou.engines.casemix.checks import catalogue
from duikou.engines.casemix.checks.docs import main, pages

GUIDE = Path(__file__).parents[5] / "docs" / "guide"


@pytest.mark.parametrize("name", sorted(pages()))
def test_the_committed_pages_are_fresh(name: str) -> None:
    assert (GUIDE / name).read_text("utf-8") == pages()[name], (
        f"docs/guide/{name} is out of date: run python -m duikou.engines.casemix.checks.docs"
    )


@pytest.mark.parametrize("name", sorted(pages()))
def test_every_check_has_a_row_and_an_anchor(name: str) -> None:
    anchors = re.findall(r'^\| <a id="([^"]+)"', pages()[name], re.MULTILINE)
    assert anchors == [check.id for check in catalogue().checks]


def test_the_english_page_has_no_chinese_word() -> None:
    chinese = re.findall("[一-鿿]+", pages()["en/front-page-checks.md"])
    assert chinese == []


def test_the_command_writes_and_checks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check", "--out", str(tmp_path)]) == 1
    assert not list(tmp_path.rglob("*.md"))
    assert main(["--out", str(tmp_path)]) == 0
    assert main(["--check", "--out", str(tmp_path)]) == 0
    (tmp_path / "zh" / "front-page-checks.md").write_text("x", "utf-8")
    capsys.readouterr()
    assert main(["--check", "--out", str(tmp_path)]) == 1
    assert capsys.readouterr().out.count("out of date") == 1
