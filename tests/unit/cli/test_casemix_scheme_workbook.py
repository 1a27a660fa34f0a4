"""`duikou casemix scheme workbook`: what is written can be imported again; refusals."""

from __future__ import annotations

from pathlib import Path

import pytest

from duikou.cli.main import main
from duikou.engines.casemix import scheme
from duikou.engines.casemix.data import STARTER
from tests.drg_data import DATA, needs_drg_data


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DUIKOU_LANG", "zh")
    monkeypatch.setenv("DUIKOU_HOME", str(tmp_path / "home"))


def test_a_written_workbook_is_imported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "scheme.xlsx"
    assert main(["casemix", "scheme", "workbook", str(path)]) == 0
    assert "starter 1，每张表一个工作表" in capsys.readouterr().out
    assert main(["casemix", "scheme", "import", str(path), "--into", str(tmp_path / "in")]) == 0
    assert scheme.load(tmp_path / "in" / "starter-1").drgs() == scheme.load(STARTER).drgs()


@pytest.mark.parametrize(
    ("out", "named", "expected"),
    [
        ("scheme.xls", "starter", "expected a name in .xlsx"),
        ("scheme.xlsx", "nowhere", "there is no scheme “nowhere”"),
        ("absent/scheme.xlsx", "starter", "cannot be written (No such file or directory)"),
    ],
)
def test_what_cannot_be_written_is_refused(
    out: str, named: str, expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["casemix", "scheme", "workbook", str(tmp_path / out), "--scheme", named]) == 1
    assert expected in capsys.readouterr().err


@needs_drg_data
def test_a_scheme_of_formulas_has_no_workbook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [str(tmp_path / "scheme.xlsx"), "--scheme", str(DATA / "ms-drg-v43")]
    assert main(["casemix", "scheme", "workbook", *arguments]) == 1
    assert "a scheme of formulas" in capsys.readouterr().err
