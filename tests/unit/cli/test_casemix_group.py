"""`duikou casemix group`, `explain` and `scheme …`: results, refusals, exit codes, both languages."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from duikou.cli.main import main
from duikou.engines.casemix import scheme_book
from duikou.engines.casemix.data import STARTER
from tests.casemix_schemes import INVENTED, write_scheme
from tests.drg_data import DATA, needs_drg_data

PAGES = """\
id,sex,age_years,age_days,weight_g,dx,px
a,1,40,,,C01|K02,20.1
b,2,30,,,C03,
c,1,0,3,1200,B01,
d,1,,,,B01,
"""


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DUIKOU_LANG", "zh")
    monkeypatch.setenv("DUIKOU_HOME", str(tmp_path / "home"))


@pytest.fixture
def pages(tmp_path: Path) -> str:
    path = tmp_path / "pages.csv"
    path.write_text(PAGES, encoding="utf-8")
    return str(path)


@pytest.fixture
def invented(tmp_path: Path) -> str:
    return str(write_scheme(tmp_path / "invented-1", INVENTED))


def test_a_file_is_grouped(
    pages: str, invented: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.csv"
    assert main(["casemix", "group", pages, "--scheme", invented, "--out", str(out)]) == 0
    assert out.read_text(encoding="utf-8").splitlines() == [
        "id,mdc,adrg,drg,status",
        "a,MC,CA1,CA19,grouped",
        "b,MC,CR2,CR29,grouped",
        "c,MB,BR1,BR19,grouped",
        "d,0000,00,0000,missing_age",
    ]
    told = capsys.readouterr().err
    assert "病案 4" in told
    assert "grouped" in told
    assert "75.00%" in told
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".out")] == []


def test_our_own_scheme_is_the_default(pages: str, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    assert main(["casemix", "group", pages, "--out", str(out)]) == 0
    assert pl.read_csv(out)["mdc"][0] == "MDCD"  # C01 is of the head and neck


@needs_drg_data
def test_the_public_vectors_are_reproduced(tmp_path: Path) -> None:
    for folder, columns in (("chs-drg-1.1", ["mdc", "adrg", "drg"]), ("ms-drg-v43", ["drg"])):
        vectors, out = DATA / folder / "test_vectors.csv.gz", tmp_path / f"{folder}.csv"
        assert (
            main(["casemix", "group", str(vectors), "--scheme", str(DATA / folder), "--out", str(out)]) == 0
        )
        expected, found = (pl.read_csv(path, infer_schema=False) for path in (vectors, out))
        assert found.columns == ["id", "mdc", "adrg", "drg", "status"]
        assert found["id"].equals(expected["id"])
        for column in columns:
            assert (found[column] == expected[f"exp_{column}"]).all()


def test_nothing_is_left_behind_when_the_file_is_bad(
    invented: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad, out = tmp_path / "bad.csv", tmp_path / "out.csv"
    bad.write_text(PAGES + "e,1,40\n", encoding="utf-8")
    assert main(["casemix", "group", str(bad), "--scheme", invented, "--out", str(out)]) == 1
    assert "6" in capsys.readouterr().err  # the line
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.csv", "invented-1"]


@pytest.mark.parametrize(
    ("words", "zh", "en"),
    [
        (["group", "none.csv", "--out", "{tmp}/out.csv"], "找不到", "not found"),
        (
            ["group", "{pages}", "--scheme", "none", "--out", "{tmp}/out.csv"],
            "现有：starter",
            "at hand: starter",
        ),
        (["group", "{pages}", "--out", "{tmp}/none/out.csv"], "无法写入", "cannot be written"),
        (
            ["group", "{pages}", "--scheme", "{tmp}", "--out", "{tmp}/out.csv"],
            "没有分组表",
            "no grouping tables",
        ),
        (["explain", "{pages}", "zz"], "没有标识为“zz”的病案", "no record “zz”"),
        (["scheme", "import", "{tmp}/none"], "找不到", "is not there"),
    ],
)
def test_refusals(
    words: list[str], zh: str, en: str, pages: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["casemix", *(word.format(tmp=tmp_path, pages=pages) for word in words)]) == 1
    told = capsys.readouterr().err
    assert zh in told
    assert en in told


def test_a_record_is_explained(pages: str, invented: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["casemix", "explain", pages, "a", "--scheme", invented]) == 0
    out = capsys.readouterr().out
    assert out.startswith("a · invented 1 · MC CA1 CA19 · grouped\n")
    assert "其他诊断 K02：严重并发症或合并症（MCC）" in out


def test_a_record_is_explained_as_json(pages: str, invented: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["casemix", "explain", pages, "a", "--scheme", invented, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["drg"], found["rule"]) == ("CA19", "adrg.csv:6")
    assert found["complications"] == [{"code": "K02", "effect": "mcc", "level": "mcc", "table": None}]


def test_a_scheme_is_imported_once_and_used_by_name(
    pages: str, invented: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["casemix", "scheme", "import", invented]) == 0
    assert "已导入 invented 1" in capsys.readouterr().out
    assert main(["casemix", "scheme", "import", invented]) == 0
    assert "已经导入过" in capsys.readouterr().out
    assert main(["casemix", "scheme", "list"]) == 0
    listed = capsys.readouterr().out
    assert "starter" in listed
    assert "invented-1" in listed
    out = tmp_path / "out.csv"
    assert main(["casemix", "group", pages, "--scheme", "invented-1", "--out", str(out)]) == 0
    assert pl.read_csv(out)["drg"].to_list()[0] == "CA19"


def test_another_scheme_of_the_same_name_needs_a_word(
    invented: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["casemix", "scheme", "import", invented]) == 0
    (Path(invented) / "cc.csv").write_text("dx,exclusion_table\nK09,1\n", encoding="utf-8")
    assert main(["casemix", "scheme", "import", invented]) == 1
    assert "--replace" in capsys.readouterr().err
    assert main(["casemix", "scheme", "import", invented, "--replace"]) == 0
    assert "K09" in (tmp_path / "home" / "schemes" / "invented-1" / "cc.csv").read_text(encoding="utf-8")


def test_a_faulty_scheme_is_not_imported(
    invented: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (Path(invented) / "drg.csv").write_text("adrg,eval_order,drg,severity_test\nCA1,1,CA19,wibble\n")
    assert main(["casemix", "scheme", "import", invented]) == 1
    told = capsys.readouterr().err
    assert "drg.csv:2" in told
    assert "wibble" in told
    assert list((tmp_path / "home" / "schemes").iterdir()) == []


def test_a_workbook_is_imported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = tmp_path / "ours.xlsx"
    book.write_bytes(scheme_book.workbook(STARTER))
    assert main(["casemix", "scheme", "import", str(book), "--into", str(tmp_path / "in")]) == 0
    assert "starter 1" in capsys.readouterr().out
    assert (tmp_path / "in" / "starter-1" / "drg.csv").is_file()


def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = tmp_path / "ours.xlsx"
    book.write_bytes(b"no workbook")
    assert main(["casemix", "scheme", "import", str(book)]) == 1
    assert "未导入" in capsys.readouterr().err


def test_check_leaves_with_1_on_errors(invented: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["casemix", "scheme", "check", invented]) == 0
    assert "大类 4，核心组 8，细分组 12" in capsys.readouterr().out
    (Path(invented) / "drg.csv").write_text("adrg,eval_order,drg,severity_test\nCA1,1,CA19,wibble\n")
    assert main(["casemix", "scheme", "check", invented, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["usable"] is False


def test_check_compares_with_a_code_table(
    invented: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "dx.csv"
    table.write_text("code,name_zh\nA01,甲\n", encoding="utf-8")
    assert main(["casemix", "scheme", "check", invented, "--dx-codes", str(table)]) == 0
    assert "不在编码表 dx.csv 中的编码：B01" in capsys.readouterr().out
