"""The template that goes out and comes back, and the list of issues."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest

from duikou.engines.pairing.annex import AnnexError, error_workbook, read_annex, template_workbook
from tests.unit.engines.annex import builders


def filled(*lines: list[object]) -> bytes:
    workbook = openpyxl.load_workbook(io.BytesIO(template_workbook()))
    for line in lines:
        workbook.worksheets[0].append(line)
    return builders.saved(workbook)


def test_the_empty_template_says_that_it_is_empty() -> None:
    with pytest.raises(AnnexError) as caught:
        read_annex(template_workbook(), "模板.xlsx")
    assert caught.value.code == "no_rows"


def test_a_filled_template_reads_back_without_issues() -> None:
    day = dt.date(2014, 1, 1)
    reading = read_annex(
        filled(
            [1, None, "甲医院", 1, "乙医院", day, None, "托管", "骨科、心内科", "科室不同"],
            [2, "杭州市", "丙医院", 1, "丁医院"],
        ),
        "模板.xlsx",
        round_start=day,
    )
    assert reading.issues == ()
    first, second = reading.rows
    assert first.printed == ("1", None, "甲医院", 1, "乙医院")
    assert (first.start, first.type, first.departments) == (day, "trustee", ("骨科", "心内科"))
    assert second.printed == ("2", "杭州市", "丙医院", 1, "丁医院")


def test_the_list_of_issues_never_holds_a_formula() -> None:
    reading = read_annex(
        builders.simple_csv('=HYPERLINK(1),1,"=1+1"', "+甲,1,+甲", "http://x,9,@乙"), "a.csv"
    )
    workbook = openpyxl.load_workbook(io.BytesIO(error_workbook(reading)))
    issues, rows = workbook.worksheets
    assert issues.max_row == len(reading.issues) + 1
    assert rows.max_row == len(reading.rows) + 1
    assert [rows["E2"].value, rows["G2"].value] == ["=HYPERLINK(1)", "=1+1"]
    xml = builders.part(error_workbook(reading), "xl/worksheets/sheet2.xml")
    assert "<f>" not in xml
    assert "<hyperlink" not in xml


def test_the_list_of_issues_names_place_expectation_and_repair() -> None:
    reading = read_annex(builders.simple_csv("甲医院,1,乙医院", ",3,丙医院"), "a.csv")
    sheet = openpyxl.load_workbook(io.BytesIO(error_workbook(reading))).worksheets[0]
    head = [cell.value for cell in sheet[1]]
    line = dict(zip(head, [cell.value for cell in sheet[2]], strict=True))
    assert (line["行 Row"], line["列 Column"], line["实际"], line["建议值 Suggested value"]) == (
        3,
        "B",
        "3",
        "2",
    )
    assert line["规则 Rule"] == "running_number_out_of_step"


def test_a_refused_file_also_has_a_list() -> None:
    with pytest.raises(AnnexError) as caught:
        read_annex(b"%PDF-1.4", "a.pdf")
    sheet = openpyxl.load_workbook(io.BytesIO(error_workbook(caught.value))).worksheets[0]
    assert sheet["F2"].value == "other_kind"
