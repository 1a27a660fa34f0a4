"""Files for spreadsheets: nothing in them may run, nothing may get lost."""

from __future__ import annotations

import csv
import datetime as dt
import io
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from duikou.core import exports
from duikou.core.errors import Invalid
from duikou.core.exports import Sheet, csv_restore, csv_safe

DANGEROUS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    "|x",
    "%x",
    "\n-1",
]


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_text_that_could_be_a_formula_is_marked(text: str) -> None:
    assert csv_safe(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "安吉县人民医院", "3家", "a=b", "2014-03-01", " ", "医院-分院"])
def test_an_ordinary_text_stays_as_it_is(text: str) -> None:
    assert csv_safe(text) == text


@given(st.text())
@example("'")
@example("'=1")
@example("''=1")
def test_the_mark_can_always_be_taken_away(text: str) -> None:
    assert csv_restore(csv_safe(text)) == text


def read_csv(sheet: Sheet) -> tuple[bytes, list[list[str]]]:
    file = io.BytesIO()
    exports.write_csv(file, sheet)
    content = file.getvalue()
    return content, list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_csv_has_a_byte_order_mark_and_keeps_rare_characters() -> None:
    content, rows = read_csv(Sheet("表", ["医院"], [["大峃镇𠮷卫生院"]]))
    assert content.startswith(b"\xef\xbb\xbf")
    assert rows == [["医院"], ["大峃镇𠮷卫生院"]]


def test_csv_writes_numbers_bare_and_dates_as_iso() -> None:
    _content, rows = read_csv(
        Sheet("表", ["a", "b", "c", "d"], [[-3, Decimal("1.50"), dt.date(2014, 3, 1), None]])
    )
    assert rows[1] == ["-3", "1.50", "2014-03-01", ""]


def test_csv_headings_are_made_safe_too() -> None:
    _content, rows = read_csv(Sheet("表", ["=cmd"], []))
    assert rows == [["'=cmd"]]


def read_xlsx(*sheets: Sheet) -> openpyxl.Workbook:
    file = io.BytesIO()
    exports.write_xlsx(file, sheets)
    return openpyxl.load_workbook(io.BytesIO(file.getvalue()))


def test_xlsx_types_every_text_as_text() -> None:
    book = read_xlsx(Sheet("表", ["a"], [[text] for text in [*DANGEROUS[:4], "http://x", "001"]]))
    cells = [row[0] for row in book.active.iter_rows(min_row=2)]
    assert [cell.data_type for cell in cells] == ["s"] * 6
    assert cells[0].value == "=1+1"
    assert all(cell.hyperlink is None for cell in cells)


def test_xlsx_keeps_types_and_freezes_the_headings() -> None:
    moment = dt.datetime(2014, 3, 1, 0, 30, tzinfo=dt.UTC)
    book = read_xlsx(Sheet("表", ["n", "d", "t"], [[165, dt.date(2014, 3, 1), moment]]))
    page = book.active
    assert [cell.value for cell in page[2]] == [165, dt.datetime(2014, 3, 1), dt.datetime(2014, 3, 1, 8, 30)]
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:C2"


def test_xlsx_sheet_names_are_made_acceptable() -> None:
    book = read_xlsx(Sheet("a/b:c*" + "长" * 40, ["a"], []), Sheet("", ["a"], []))
    assert book.sheetnames == ["a-b-c-" + "长" * 25, "1"]


def test_xlsx_shortens_a_text_that_no_cell_can_hold() -> None:
    value = read_xlsx(Sheet("表", ["a"], [["字" * 40_000]])).active["A2"].value
    assert len(value) == exports.MAX_TEXT
    assert value.endswith("…")


def test_xlsx_refuses_more_rows_than_a_sheet_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "MAX_ROWS", 2)
    with pytest.raises(Invalid, match="2"):
        read_xlsx(Sheet("表", ["a"], [[1], [2], [3]]))


def test_download_names_type_and_disposition() -> None:
    answer = exports.download("医院-2014", "csv", [Sheet("表", ["a"], [[1]])])
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert b"".join(answer.streaming_content).startswith(b"\xef\xbb\xbfa")


def test_a_failure_half_way_is_no_half_file() -> None:
    def rows() -> object:
        yield [1]
        raise RuntimeError("database went away")

    with pytest.raises(RuntimeError):
        exports.download("x", "csv", [Sheet("表", ["a"], rows())])  # type: ignore[arg-type]
