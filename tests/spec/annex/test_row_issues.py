"""What the preview says about a wrong row: rule, place, and the repair a program can make."""

from __future__ import annotations

import datetime as dt

import pytest

from duikou.engines.pairing.annex import Field, RepairAction, read_annex, repair
from duikou.engines.pairing.model import Severity
from tests.unit.engines.annex import builders

START, END = dt.date(2014, 1, 1), dt.date(2016, 12, 31)
PLAIN = "支援医院,支援数,受援医院"
DATED = "支援医院,支援数,受援医院,开始日期,结束日期,类型"
CITIES = "地区,支援医院,支援数,受援医院"

SET, DROP, NONE = RepairAction.SET, RepairAction.DROP, RepairAction.NONE

# header, lines → code, severity, line, column, repair, value
CASES = {
    "continuation at the very top": (
        PLAIN, [",1,乙医院"], "supporter_missing", "error", 2, "A", NONE, None),
    "no recipient": (PLAIN, ["甲医院,1,"], "recipient_missing", "error", 2, "C", NONE, None),
    "a row that ends early": (PLAIN, ["甲医院,1"], "recipient_missing", "error", 2, "C", NONE, None),
    "no city in the cities' table": (
        CITIES, [",甲医院,1,乙医院"], "group_missing", "warning", 2, "A", NONE, None),
    "a number skipped": (
        PLAIN, ["甲医院,1,乙医院", ",3,丙医院"], "running_number_out_of_step", "warning", 3, "B", SET, "2"),
    "a number that does not start from 1": (
        PLAIN, ["甲医院,2,乙医院"], "running_number_out_of_step", "warning", 2, "B", SET, "1"),
    "a count that restarts under the same supporter": (
        PLAIN, ["甲医院,1,乙医院", ",1,丙医院"], "running_number_out_of_step", "warning", 3, "B", SET, "2"),
    "no number": (PLAIN, ["甲医院,,乙医院"], "running_number_missing", "warning", 2, "B", SET, "1"),
    "no number but a word": (
        PLAIN, ["甲医院,甲,乙医院"], "running_number_unreadable", "warning", 2, "B", SET, "1"),
    "the same pair twice": (
        PLAIN, ["甲医院,1,乙医院", ",2,乙 医院"], "pair_twice", "error", 3, "C", DROP, None),
    "a hospital that supports itself": (PLAIN, ["甲医院,1,甲医院"], "self_pair", "error", 2, "C", NONE, None),
    "a date before the round": (
        DATED, ["甲医院,1,乙医院,2013-12-31,,"], "date_before_round", "error", 2, "D", SET, "2014-01-01"),
    "an end after the round": (
        DATED, ["甲医院,1,乙医院,,2017年1月,"], "date_after_round", "error", 2, "E", SET, "2016-12-31"),
    "an end before the start": (
        DATED, ["甲医院,1,乙医院,2015-02-01,2015-01-31,"], "dates_reversed", "error", 2, "E", NONE, None),
    "no date": (DATED, ["甲医院,1,乙医院,2014-02-30,,"], "date_unreadable", "error", 2, "D", NONE, None),
    "an unknown type": (DATED, ["甲医院,1,乙医院,,,结对"], "type_unknown", "error", 2, "F", NONE, None),
    "an unknown table": (
        "附件,支援医院,受援医院", ["3,甲医院,乙医院"], "table_unknown", "error", 2, "A", NONE, None),
    "a name of 61 characters": (
        PLAIN, [f"甲医院,1,{'乙' * 61}"], "cell_too_long", "error", 2, "C", NONE, None),
    "a control character": (
        PLAIN, ["甲医院,1,乙\x07医院"], "control_characters", "error", 2, "C", SET, "乙医院"),
    "an invisible space and a direction mark": (
        PLAIN, ["甲\u200b医\u202e院,1,乙医院"], "control_characters", "error", 2, "A", SET, "甲医院"),
    "a formula error": (PLAIN, ["甲医院,1,#REF!"], "error_value", "error", 2, "C", NONE, None),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_one_wrong_cell_gives_one_issue(case: str) -> None:
    header, lines, code, severity, line, column, action, value = CASES[case]
    reading = read_annex(
        builders.simple_csv(*lines, header=header), "a.csv", round_start=START, round_end=END
    )
    assert [issue.code for issue in reading.issues] == [code]
    (issue,) = reading.issues
    assert (issue.severity, issue.where.row, issue.where.column) == (Severity(severity), line, column)
    assert (issue.repair_action, issue.repair_value) == (action, value)
    assert reading.ok is (severity != "error")
    for text in (issue.expected, issue.found, issue.repair, issue.message, issue.where.text):
        assert text.zh
        assert text.en


@pytest.mark.parametrize("case", [name for name, row in CASES.items() if row[6] is not NONE])
def test_the_offered_repair_settles_the_issue(case: str) -> None:
    header, lines, *_ = CASES[case]
    reading = read_annex(
        builders.simple_csv(*lines, header=header), "a.csv", round_start=START, round_end=END
    )
    assert repair(reading, reading.issues).issues == ()


def test_without_a_round_dates_are_not_judged() -> None:
    reading = read_annex(builders.simple_csv("甲医院,1,乙医院,1999-01-01,,", header=DATED), "a.csv")
    assert reading.ok


def test_numbers_may_be_written_in_full_width_or_with_a_fraction() -> None:
    reading = read_annex(builders.simple_csv("甲医院,１,乙医院", ",2.0,丙医院", ",3.,丁医院"), "a.csv")
    assert [row.running_number for row in reading.rows] == [1, 2, 3]


def test_a_supporter_printed_again_later_counts_on_or_starts_anew() -> None:
    for number in (1, 2):
        lines = ("甲医院,1,乙医院", "丙医院,1,丁医院", f"甲医院,{number},戊医院")
        assert read_annex(builders.simple_csv(*lines), "a.csv").issues == ()


def test_a_repaired_name_also_names_the_rows_below_it() -> None:
    reading = read_annex(builders.simple_csv("甲\x07医院,1,乙医院", ",2,丙医院"), "a.csv")
    repaired = repair(reading, reading.issues)
    assert [row.supporter for row in repaired.rows] == ["甲医院", "甲医院"]
    assert [row.position for row in repaired.rows] == [1, 2]


def test_only_accepted_repairs_are_made() -> None:
    reading = read_annex(builders.simple_csv("甲医院,2,乙医院", ",,丙医院"), "a.csv")
    first, second = reading.issues
    repaired = repair(reading, [second])
    assert [row.running_number for row in repaired.rows] == [2, 2]
    assert repaired.issues == (first,)


def test_an_issue_without_a_repair_is_not_accepted() -> None:
    reading = read_annex(builders.simple_csv("甲医院,1,"), "a.csv")
    with pytest.raises(ValueError, match="offers no repair"):
        repair(reading, reading.issues)


def test_a_merged_recipient_is_filled_when_accepted() -> None:
    lines = [["支援医院", "支援数", "受援医院"], ["甲", "1", "乙医院"], ["丙", "1", ""]]
    reading = read_annex(builders.xls(lines, merges=[(1, 2, 2, 2)]), "a.xls")
    assert [issue.field for issue in reading.issues] == [Field.RECIPIENT]
    repaired = repair(reading, reading.issues)
    assert repaired.rows[1].recipient == "乙医院"
    assert repaired.ok
