"""Workbooks that must not reach the reader."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from duikou.engines.casemix import layouts, scheme_book, workbooks
from duikou.engines.casemix.codes import BadCodeTable
from duikou.engines.casemix.data import STARTER
from duikou.engines.casemix.layouts import BadFile
from duikou.engines.casemix.workbooks import UnsafeWorkbook, check

LARGE = 1 << 30


def book(change: Callable[[bytes], bytes] = lambda sheet: sheet) -> bytes:
    """Return a workbook of two cells whose sheet is changed behind the writer's back."""
    plain, changed = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(plain) as workbook:
        workbook.add_worksheet("大类").write_column(0, 0, ["MDC", "MDCB"])
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(changed, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, change(content) if "worksheets/sheet" in name else content)
    return changed.getvalue()


def with_end(xml: bytes) -> Callable[[bytes], bytes]:
    return lambda sheet: sheet.replace(b"</sheetData>", xml + b"</sheetData>")


UNSAFE = [
    (with_end(b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'), "row 1048576 and column 16384"),
    (with_end(b"<row r='1048576'><c\nr = 'XFD1048576'><v>1</v></c></row>"), "row 1048576 and column 16384"),
    (with_end(b'<row r="1048576">' + b"<c><v>1</v></c>" * 40 + b"</row>"), "row 1048576 and column 29"),
    (with_end(b'<x:row r="9"/><x:c r="XFD9999"/>'), "row 9999 and column 16384"),
    (with_end(b'<row r="9"><c r="&#88;FD1048576"/></row>'), "in a strange way"),
    (lambda sheet: sheet.decode().encode("utf-16"), "not encoded in UTF-8"),
]


@pytest.mark.parametrize(("change", "expected"), UNSAFE)
def test_a_sheet_that_would_take_all_memory_is_refused(
    change: Callable[[bytes], bytes], expected: str
) -> None:
    with pytest.raises(UnsafeWorkbook, match=expected):
        check(io.BytesIO(book(change)), LARGE)
    with pytest.raises(BadCodeTable, match=expected):
        scheme_book.read(book(change))


def test_what_is_no_workbook_of_this_kind_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("content.xml", "<office/>")
    with pytest.raises(UnsafeWorkbook, match=r"no \.xlsx"):
        check(out, LARGE)
    with pytest.raises(UnsafeWorkbook, match="damaged"):
        check(io.BytesIO(b"PK\x03\x04"), LARGE)
    with pytest.raises(UnsafeWorkbook, match="unpacks to 0 MB, at most 0 MB"):
        check(io.BytesIO(book()), 1_000)


def test_usual_workbooks_pass() -> None:
    check(io.BytesIO(book()), LARGE)
    check(io.BytesIO(scheme_book.workbook(STARTER)), LARGE)


@given(size=st.integers(1, 700), before=st.integers(0, 600))
def test_the_last_cell_is_seen_wherever_the_pieces_are_cut(size: int, before: int) -> None:
    sheet = b"<sheetData>" + b" " * before + b'<row r="1048576"><c r="XFD1048576"/></row></sheetData>'

    class Pieces(io.BytesIO):
        def read(self, _size: int | None = -1, /) -> bytes:
            return super().read(size)

    with pytest.raises(UnsafeWorkbook):
        workbooks._check_area(Pieces(sheet))


def test_a_file_of_front_pages_is_refused_before_it_takes_all_memory(tmp_path: Path) -> None:
    path = tmp_path / "pages.xlsx"
    path.write_bytes(book(UNSAFE[0][0]))
    with pytest.raises(BadFile, match="row 1048576 and column 16384"):
        layouts.open_file(path)
