"""`duikou casemix check`: the report in both languages, JSON, workbook and exit codes."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from duikou.cli.main import main
from tests.unit.engines.casemix.checks.plain import SOUND, Record


@pytest.fixture(autouse=True)
def _chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIKOU_LANG", "zh")


def written(folder: Path, records: Sequence[Record], name: str = "pages.csv") -> str:
    path = folder / name
    pl.DataFrame(records, infer_schema_length=None).cast(pl.String).write_csv(path)
    return str(path)


def test_a_sound_file_leaves_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["casemix", "check", written(tmp_path, [SOUND])]) == 0
    out = capsys.readouterr().out
    assert "病案 1 · 接收 1 · 未接收 0" in out
    assert "完整率 100.00%" in out


def test_rows_set_apart_leave_with_1_and_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, [SOUND, {**SOUND, "record_no": "2", "discharged": "2024-02-01 10:00:00"}])
    assert main(["casemix", "check", path]) == 1
    out = capsys.readouterr().out
    assert "病案 2 · 接收 1 · 未接收 1" in out
    assert "✗ FP-201         1  discharged  出院不早于入院" in out
    assert "第 3 行 discharged：“2024-02-01 10:00:00”；应为不早于入院时间 2024-03-01 08:30:00" in out


def test_the_report_in_english(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUIKOU_LANG", "en")
    assert main(["casemix", "check", written(tmp_path, [{**SOUND, "sex": "3"}])]) == 1
    out = capsys.readouterr().out
    assert "records 1 · accepted 0 · set apart 1" in out
    assert "row 2, sex: “3”; expected 1 male, 2 female, 0 unknown, 9 not stated" in out


def test_hospital_and_month_of_the_submission(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, [SOUND])
    assert main(["casemix", "check", path, "--hospital", "470000001", "--month", "2024-03"]) == 0
    assert capsys.readouterr().err.count("错误") == 0
    assert main(["casemix", "check", path, "--hospital", "470000002", "--month", "2024-04", "--json"]) == 1
    rules = {one["rule"] for one in json.loads(capsys.readouterr().out)["rules"]}
    assert rules == {"FP-003", "FP-004"}


def test_json_holds_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    records = [{**SOUND, "record_no": str(number), "sex": "x"} for number in range(12)]
    assert main(["casemix", "check", written(tmp_path, records), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["records"], report["accepted"], report["set_apart"]) == (12, 0, 12)
    assert len(report["refusals"]) == 1
    assert [one["row"] for one in report["faults"] if one["rule"] == "FP-111"] == list(range(2, 14))
    (rule,) = [one for one in report["rules"] if one["rule"] == "FP-111"]
    assert (rule["faults"], rule["column"], rule["title"]) == (12, "sex", "统计所需的项目能读懂")
    assert report["completeness"][0]["records"] == 12


def test_unknown_codes_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known = tmp_path / "dx.csv"
    known.write_text("code,name_zh\nK35.800x001,急性阑尾炎\nE11.900,2型糖尿病\n", "utf-8")
    assert main(["casemix", "check", written(tmp_path, [SOUND]), "--dx-codes", str(known)]) == 0
    out = capsys.readouterr().out
    assert "编码表中没有的编码 1 个，共 1 次" in out
    assert "FP-009" in out


def test_a_wrong_table_of_codes_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    known = tmp_path / "dx.csv"
    known.write_text("a,b\n1,2\n", "utf-8")
    assert main(["casemix", "check", written(tmp_path, [SOUND]), "--dx-codes", str(known)]) == 1
    assert "dx.csv" in capsys.readouterr().err


def test_the_workbook_is_written(tmp_path: Path) -> None:
    out = tmp_path / "faults.xlsx"
    path = written(tmp_path, [{**SOUND, "sex": "3"}])
    assert main(["casemix", "check", path, "--workbook", str(out)]) == 1
    rows = list(openpyxl.load_workbook(out)["问题 Faults"].iter_rows(min_row=2, values_only=True))
    assert [(row[0], row[1], row[3], row[6]) for row in rows] == [(2, "sex", "3", "FP-121")]


def test_a_workbook_that_cannot_be_written_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "no folder" / "faults.xlsx"
    assert main(["casemix", "check", written(tmp_path, [SOUND]), "--workbook", str(out)]) == 1
    assert "无法写入" in capsys.readouterr().err


@pytest.mark.parametrize(
    "content",
    [b"", b"a,b,c\n1,2,3\n", gzip.compress(b"hospital,pdx\n1,I10\n", mtime=0)[:20]],
    ids=["empty", "other", "truncated"],
)
def test_a_file_that_is_no_table_of_pages_is_refused(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / ("pages.csv.gz" if content[:2] == b"\x1f\x8b" else "pages.csv")
    path.write_bytes(content)
    assert main(["casemix", "check", str(path)]) == 1
    assert "错误" in capsys.readouterr().err


def test_a_missing_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["casemix", "check", str(tmp_path / "none.csv")]) == 1
    assert "none.csv" in capsys.readouterr().err


def test_a_wrong_month_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["casemix", "check", "x.csv", "--month", "2024-13"])
    assert stopped.value.code == 2
    assert "YYYY-MM" in capsys.readouterr().err


def test_a_shifted_file_is_refused_where_it_begins(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = list(SOUND)
    values = [SOUND[name] for name in names]
    gone = names.index("sex")
    shifted = dict(zip(names, [*values[:gone], *values[gone + 1 :], None], strict=True))
    path = written(tmp_path, [{**shifted, "record_no": str(number)} for number in range(30)])
    assert main(["casemix", "check", path]) == 1
    told = capsys.readouterr()
    assert "sex" in told.out + told.err
