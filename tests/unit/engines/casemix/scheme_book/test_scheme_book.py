"""A scheme as a workbook: written, filled in like an official table, read, refused."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import load_workbook

from duikou.engines.casemix import scheme, scheme_book
from duikou.engines.casemix.codes import BadCodeTable
from duikou.engines.casemix.data import STARTER
from tests.drg_data import DATA, needs_drg_data

Sheets = Mapping[str, Sequence[Sequence[object]]]

OFFICIAL: Sheets = {
    "方案": [],
    "说明": [["发布单位的说明，不读取"]],
    "大类": [["MDC编码", "MDC名称"], ["MDCB", "神经"], ["MDCF", "循环"]],
    "核心组": [
        ["MDC", "ADRG编码", "ADRG名称"],
        ["MDCB", "BB1", "颅内手术"],
        ["MDCB", "BR2", "脑缺血"],
        ["MDCF", "FM1", "冠脉介入，伴心肌梗死"],
    ],
    "细分组": [
        ["DRGs编码", "DRGs名称"],
        ["BB11", "甲"],
        ["BB13", "乙"],
        ["BB15", "丙"],
        ["BR29", "丁"],
        ["FM19", "戊"],
    ],
    "诊断入类": [
        ["MDC编码", "主要诊断编码", "主要诊断名称"],
        ["MDCB", "I63.900", "脑梗死"],
        ["MDCB", "Ａ01.000X003†G01*", "全角与剑号"],
        ["MDCF", "I21.900", "心肌梗死"],
    ],
    "诊断入组": [["ADRG", "诊断编码", "诊断名称"], ["BR2", "I63.900", "脑梗死"], ["FM1", "I21.900", ""]],
    "手术入组": [["ADRG", "手术编码", "手术名称"], ["BB1", "01.2400", "开颅"], ["FM1", "36.0600", "支架"]],
    "严重合并症": [["诊断编码", "排除表号"], ["A41.900", 7]],
    "合并症排除": [["主要诊断编码", "排除表号"], ["A40.900", 7]],
}


def book(sheets: Sheets) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as workbook:
        for title, rows in sheets.items():
            page = workbook.add_worksheet(title)
            for line, row in enumerate(rows):
                page.write_row(line, 0, row)
    return out.getvalue()


def same(one: scheme.Scheme, other: scheme.Scheme) -> list[str]:
    """Return the fields in which two schemes differ; the checksum is that of the files."""
    names = [each.name for each in dataclasses.fields(one) if each.name != "checksum"]
    return [name for name in names if getattr(one, name) != getattr(other, name)]


def test_our_own_scheme_comes_back_from_its_workbook(tmp_path: Path) -> None:
    scheme_book.read(scheme_book.workbook(STARTER)).write(tmp_path)
    assert same(scheme.load(STARTER), scheme.load(tmp_path)) == []


def test_the_workbook_explains_each_column_in_both_languages() -> None:
    loaded = load_workbook(io.BytesIO(scheme_book.workbook(STARTER)), read_only=True)
    text = "\n".join(
        str(cell) for row in loaded["说明 Guide"].iter_rows(values_only=True) for cell in row if cell
    )
    assert "合并症条件" in text
    assert "order of trial" in text
    assert loaded.sheetnames[:3] == ["说明 Guide", "方案 scheme", "大类 mdc"]


@needs_drg_data
def test_a_published_scheme_comes_back_from_its_workbook(tmp_path: Path) -> None:
    name = "chs-drg-1.1"
    folder = tmp_path / name
    scheme_book.read(scheme_book.workbook(DATA / name)).write(folder)
    assert same(scheme.load(DATA / name), scheme.load(folder)) == []


def test_what_an_official_table_does_not_say_is_filled_in() -> None:
    found = scheme_book.read(book(OFFICIAL))
    assert [(row["eval_order"], row["mdc"], row["condition"]) for row in found.tables["mdc"]] == [
        ("1", "MDCB", "pdx(D)"),
        ("2", "MDCF", "pdx(D)"),
    ]
    assert [(row["eval_order"], row["adrg"], row["condition"]) for row in found.tables["adrg"]] == [
        ("1", "BB1", "ppx(P)"),
        ("2", "BR2", "pdx(D)"),
        ("3", "FM1", "pdx(D) and ppx(P)"),
    ]
    assert [(row["adrg"], row["drg"], row["severity_test"]) for row in found.tables["drg"]] == [
        ("BB1", "BB11", "mcc"),
        ("BB1", "BB13", "mcc_or_cc"),
        ("BB1", "BB15", "any"),
        ("BR2", "BR29", "any"),
        ("FM1", "FM19", "any"),
    ]
    assert [row["dx"] for row in found.tables["mdc_dx"]] == ["I63.900", "A01.000x003+G01*", "I21.900"]
    assert found.tables["mcc"][0]["exclusion_table"] == "7"


def test_a_filled_in_table_is_a_scheme(tmp_path: Path) -> None:
    settings = [["key", "value"], ["name", "city"], ["version", "2024"], ["official", "是"], ["dx_length", 7]]
    scheme_book.read(book({**OFFICIAL, "方案 scheme": settings})).write(tmp_path)
    loaded = scheme.load(tmp_path)
    assert (loaded.key, loaded.official, loaded.drgs()) == (
        "city 2024",
        True,
        ("BB11", "BB13", "BB15", "BR29", "FM19"),
    )


def changed(title: str, rows: Sequence[Sequence[object]]) -> Sheets:
    return {**OFFICIAL, title: rows}


REFUSED: list[tuple[Sheets, str]] = [
    ({key: rows for key, rows in OFFICIAL.items() if key != "核心组"}, "the sheet “核心组 adrg” is missing"),
    (changed("大类", [["MDC名称"], ["神经"]]), "“大类”, line 1: columns missing: mdc"),
    (changed("大类", [["MDC", "颜色"], ["MDCB", "红"]]), "“大类”, line 1: unknown columns: 颜色"),
    (changed("大类", [["MDC", "mdc"], ["MDCB", "MDCB"]]), "“大类”, line 1: columns given twice: mdc"),
    (changed("大类", [["MDC", "名称"], ["MDCB", ""], ["", "循环"]]), "“大类”, line 3: mdc is empty"),
    (changed("大类", [["MDC"], ["MDCB", "x"]]), "“大类”, line 2: “x” is in a column without header"),
    (
        changed("大类", [["顺序", "MDC"], [1, "MDCB"], ["", "MDCF"]]),
        "the order of MDCF is a whole number: empty",
    ),
    (changed("大类", [["MDC"], ["MDCB"], ["MDCC"]]), "MDCC has neither a condition nor a list"),
    (changed("细分组", [["DRG编码"], ["XX19"]]), "the base group XX1 of XX19 is not in the table"),
    (changed("细分组", [["DRG编码"], ["BB17"]]), "the test of severity of BB17 does not follow"),
    (
        changed("手术入组", [["ADRG", "手术编码"], ["BB1", 1.24]]),
        "“手术入组”, line 2: px is the number 1.24, so zeros of the code are lost",
    ),
    ({**OFFICIAL, "mdc": [["MDC"], ["MDCB"]]}, "“mdc”, line 1: the table mdc is there twice"),
    ({**OFFICIAL, "方案 scheme": [["key", "value"], ["colour", "red"]]}, "line 2: unknown setting colour"),
    (
        {**OFFICIAL, "方案 scheme": [["key", "value"], ["dx_length", "all"]]},
        "dx_length is a whole number: all",
    ),
    ({**OFFICIAL, "方案 scheme": [["key", "value"], ["official", "maybe"]]}, "official is yes or no: maybe"),
]


@pytest.mark.parametrize(("sheets", "expected"), REFUSED)
def test_a_wrong_workbook_is_refused_with_its_place(sheets: Sheets, expected: str) -> None:
    with pytest.raises(BadCodeTable) as caught:
        scheme_book.read(book(sheets))
    assert expected in str(caught.value)
    assert all(problem.zh and problem.zh != problem.en for problem in caught.value.problems)


def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadCodeTable, match="damaged"):
        scheme_book.read(b"mdc,adrg")
    with pytest.raises(BadCodeTable, match="cannot be opened"):
        scheme_book.read_file(tmp_path / "absent.xlsx")
