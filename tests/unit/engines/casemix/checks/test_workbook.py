"""The workbook that goes back: every fault with its place, safe whatever the file held."""

from __future__ import annotations

import io
from importlib import import_module

import openpyxl
import polars as pl
import pytest

from duikou.engines.casemix.checks import Checked, Policy, run, workbook
from tests.unit.engines.casemix.checks.plain import SOUND, TODAY, Record, raw_frame, typed_frame

WRONG: list[Record] = [
    {**SOUND, "record_no": f"{number}", "sex": "=1+1", "birth_date": "http://x", "fee_blood": "1\x002"}
    for number in range(3)
]


def checked(records: list[Record], policy: Policy | None = None) -> tuple[pl.DataFrame, Checked]:
    raw = raw_frame(records)
    return raw, run(raw, typed_frame(raw), today=TODAY, policy=policy, names={"sex": "A12C"})


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def test_every_fault_is_a_row_with_its_place_and_what_is_expected() -> None:
    raw, result = checked([SOUND, *WRONG])
    book = opened(workbook(result, raw, name="批次.csv"))
    rows = list(book["问题 Faults"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == result.faults.height > 0
    told = {(row[0], row[1], row[3], row[6]) for row in rows}
    assert (3, "A12C", "=1+1", "FP-111") in told
    assert all(row[4] and row[5] and row[7] and row[8] and row[9] for row in rows)
    heads = [cell.value for cell in book["问题 Faults"][1]]
    assert heads[:4] == ["行 Row", "列 Column", "病案 Record", "实际 Found"]


def test_cells_are_text_never_formulas_or_links() -> None:
    raw, result = checked([SOUND, *WRONG])
    book = opened(workbook(result, raw))
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in ("s", "n", "inlineStr"), (sheet.title, cell.coordinate)
                assert cell.hyperlink is None


def test_counts_scores_and_rows_set_apart_have_their_sheets() -> None:
    raw, result = checked([SOUND, *WRONG])
    book = opened(workbook(result, raw))
    rules = {(row[0], row[3]): row[5] for row in book["规则 Rules"].iter_rows(min_row=2, values_only=True)}
    assert rules["FP-111", "A12C"] == 3
    scores = list(book["完整性 Completeness"].iter_rows(min_row=2, values_only=True))
    assert [row[:4] for row in scores] == [("470000001", 202403, 4, 4)]
    apart = list(book["未接收的行 Set apart"].iter_rows(min_row=2, values_only=True))
    assert [(row[0], row[1]) for row in apart] == [(3, "FP-111"), (4, "FP-111"), (5, "FP-111")]


def test_what_is_not_listed_is_said() -> None:
    _, result = checked([SOUND, *WRONG], Policy(kept_faults=2))
    assert (result.faults.height, result.left_out) == (2, int(result.counts["faults"].sum()) - 2)
    summary = list(opened(workbook(result))["概要 Summary"].iter_rows(values_only=True))
    assert any(str(result.left_out) in str(row[1]) for row in summary)


def test_a_refused_batch_says_why() -> None:
    _, result = checked([SOUND, *WRONG], Policy(few=0))
    assert len(result.refusals) == 1
    cells = [
        cell for row in opened(workbook(result))["概要 Summary"].iter_rows(values_only=True) for cell in row
    ]
    assert result.refusals[0].zh in cells
    assert result.refusals[0].en in cells


def test_the_limit_of_a_sheet_is_kept_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("duikou.engines.casemix.checks.workbook"), "_MOST_ROWS", 3)
    _, result = checked([SOUND, *WRONG])
    rows = list(opened(workbook(result))["问题 Faults"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == 4
    assert "上限" in rows[3][0]


def test_a_very_long_cell_is_cut() -> None:
    raw, result = checked([{**SOUND, "sex": "男" * 40_000}])
    (row,) = opened(workbook(result, raw))["问题 Faults"].iter_rows(min_row=2, values_only=True)
    assert row[3].startswith("男男")
    assert row[3].endswith("…")
    assert len(row[3]) <= 32_767
