"""Whole batches: what is accepted, what is set apart, when a batch is refused, how complete it is."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from duikou.engines.casemix.checks import Checked, Checker, Policy, check_file, run
from duikou.engines.casemix.layouts import typed
from duikou.engines.casemix.layouts.definition import layout
from tests.unit.engines.casemix.checks.plain import SOUND, TODAY, Record, raw_frame, typed_frame


def many(number: int, **changes: str | None) -> list[Record]:
    return [{**SOUND, "record_no": f"{place:05}", **changes} for place in range(number)]


def checked(records: Sequence[Record], policy: Policy | None = None) -> Checked:
    raw = raw_frame(records)
    return run(raw, typed_frame(raw), today=TODAY, policy=policy)


def shifted(record: Record, at: str) -> Record:
    """The record as an exporter writes it who forgets one column."""
    names = list(record)
    place = names.index(at)
    values = [record[name] for name in names]
    return dict(zip(names, [*values[:place], *values[place + 1 :], None], strict=True))


def test_no_row_is_lost_and_none_is_in_both_parts() -> None:
    records = [*many(8), *many(3, sex="7", visit_no="2"), *many(2, stay_days="1", visit_no="3")]
    raw = raw_frame(records)
    pages = typed_frame(raw)
    verdict = Checker(today=TODAY).frame(raw, pages)
    accepted, apart = verdict.accepted(pages), verdict.set_apart(raw)
    assert accepted["row"].to_list() + apart["row"].to_list() == [2, 3, 4, 5, 6, 7, 8, 9, 13, 14, 10, 11, 12]
    assert apart["rules"].to_list() == ["FP-121"] * 3
    assert apart.drop("rules").equals(raw.filter(pl.col("sex") == "7"))
    warned = verdict.faults.filter(rule="FP-210")
    assert warned["row"].to_list() == [13, 14]  # named, and accepted all the same


def test_all_reject_rules_of_a_row_are_named_beside_its_text() -> None:
    raw = raw_frame([SOUND, {**SOUND, "record_no": "2", "sex": "7", "own": "-1", "quality": "9"}])
    result = run(raw, typed_frame(raw), today=TODAY)
    assert result.set_apart(raw)["rules"].to_list() == ["FP-121 FP-702"]


def test_a_batch_of_which_too_much_is_set_apart_is_refused() -> None:
    limit = Policy(rejected_share=0.5, few=2)
    sound, wrong = many(4), many(4, sex="7", visit_no="2")
    assert checked([*sound, *wrong], limit).refusals == ()
    result = checked([*sound[:3], *wrong], limit)
    assert "7 条记录中有 4 条不能接收，超过 50%" in result.refusals[0].zh
    assert "4 of 7 records" in result.refusals[0].en
    assert result.accepted(typed_frame(raw_frame(sound))).is_empty()
    assert checked(wrong[:2], limit).refusals == ()  # few rows refuse nothing


def test_shifted_rows_are_told_once_and_refuse_the_batch_from_the_column_on() -> None:
    sound = many(10)
    wrong = [shifted(record, "sex") for record in many(6, visit_no="2")]
    result = checked([*sound, *wrong])
    faults = result.faults.filter(pl.col("row") > 11)
    assert faults["rule"].to_list() == ["FP-001"] * 6
    assert set(faults["column"]) == {"sex"}
    assert faults["found"][0].startswith("sex、birth_date、")
    assert "从“sex”列起" in result.refusals[0].zh
    assert "16 条记录中有 6 条" in result.refusals[0].zh
    assert checked([*sound, *wrong[:1]]).refusals == ()


def test_a_shifted_file_need_not_be_read_to_its_end() -> None:
    raw = raw_frame([shifted(record, "sex") for record in many(20)])
    verdict = Checker(today=TODAY, names={"sex": "A12C"}).frame(raw, typed_frame(raw))
    assert verdict.refusal is not None
    assert "“A12C”" in verdict.refusal.zh


def test_repetitions_are_found_over_frames_and_name_the_first() -> None:
    checker = Checker(today=TODAY)
    raw = raw_frame([*many(30), *many(3), *many(2, visit_no="2"), {**SOUND, "record_no": "00000"}])
    found = []
    for part in raw.iter_slices(7):
        verdict = checker.frame(part, typed_frame(part))
        found += verdict.faults.filter(rule="FP-002").select("row", "expected_en").rows()
    assert [(row, text.rpartition(" ")[2]) for row, text in found] == [
        (32, "2"),
        (33, "3"),
        (34, "4"),
        (37, "2"),
    ]
    assert checker.finish().rejected.to_list() == [32, 33, 34, 37]


def test_faults_beyond_the_limit_are_counted_not_forgotten() -> None:
    result = checked([*many(30), *many(5, marital="7", visit_no="2")], Policy(kept_faults=2))
    assert (result.faults.height, result.left_out) == (2, 3)
    assert result.counts.to_dicts() == [
        {"rule": "FP-131", "column": "marital", "severity": "warn", "faults": 5}
    ]


def test_completeness_counts_what_was_asked_and_what_was_given() -> None:
    records = [
        *many(3),
        {**SOUND, "record_no": "n", "age_years": "0", "age_days": "5", "birth_weight": "3000"},
        {**SOUND, "record_no": "m", "marital": "-", "quality": None},
        {**SOUND, "record_no": "k", "hospital": "H2", "discharged": "2024-04-01", "marital": None},
        {**SOUND, "record_no": "l", "hospital": None, "discharged": "x"},
    ]
    result = checked(records)
    plain = 20 + 1  # mandatory columns of an adult, and the plan of readmission of who lives
    assert result.completeness.rows() == [
        ("", 0, 1, 0, plain, plain - 1, 0.952381),
        ("470000001", 202403, 5, 3, 5 * plain + 3, 5 * plain + 3 - 3, 0.972222),
        ("H2", 202404, 1, 0, plain, plain - 1, 0.952381),
    ]
    items = {row[:3]: row[3:] for row in result.items.iter_rows()}
    assert items["470000001", 202403, "marital"] == (5, 4)
    assert items["470000001", 202403, "admission_weight"] == (1, 0)
    assert items["470000001", 202403, "age_days"] == (1, 1)
    assert ("H2", 202404, "age_days") not in items
    assert items["", 0, "hospital"] == (1, 0)


def test_an_empty_frame_has_no_faults() -> None:
    raw = raw_frame([SOUND]).clear()
    result = run(raw, typed_frame(raw), today=TODAY)
    assert (result.records, result.faults.height, result.refusals) == (0, 0, ())
    assert result.completeness.is_empty()


def test_columns_of_nothing_but_nulls() -> None:
    result = checked([dict.fromkeys(SOUND)])
    assert result.counts.filter(severity="reject")["rule"].unique().to_list() == ["FP-101"]


@pytest.mark.parametrize("layout_id", ["hqms-2020", "hqms-2019", "n041"])
def test_faults_name_the_column_of_the_file(layout_id: str, tmp_path: Path) -> None:
    form = layout(layout_id)
    path = tmp_path / "pages.csv"
    wrong = {**SOUND, "record_no": "2", "sex": "7", "px01_date": "2024-04-01", "fee_blood": "-1"}
    with path.open("w", newline="", encoding="gb18030") as file:
        writer = csv.writer(file)
        writer.writerow(form.columns)
        for record in (SOUND, wrong):
            cells = {form.fields[name]: text or "" for name, text in record.items() if name in form.fields}
            writer.writerow([cells.get(column, "") for column in form.columns])
    result = check_file(path, today=TODAY)
    named = {
        (row, rule): column
        for row, column, rule in result.checked.faults.select("row", "column", "rule").iter_rows()
    }
    assert named[3, "FP-121"] == form.fields["sex"]
    assert named[3, "FP-703"] == form.fields["fee_blood"]
    assert named[3, "FP-504"] == form.fields["px01"]
    assert not result.checked.faults.filter((pl.col("row") == 2) & (pl.col("severity") == "reject")).height
    assert result.whole
    assert result.apart["row"].to_list() == [3]
    assert set(result.checked.items["item"]) >= {form.fields["sex"], form.fields["total"]}


def test_the_plain_reader_of_these_tests_reads_as_the_product_does() -> None:
    records = [SOUND, *many(2, age_days="3", birth_weight="3000.0", discharged="20240309", marital="-")]
    raw = raw_frame(records)
    mine, product = typed_frame(raw), typed(raw)
    assert mine.select(product.columns).equals(product)
