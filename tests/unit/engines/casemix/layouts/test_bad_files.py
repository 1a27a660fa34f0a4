"""Every file that cannot be read is refused with the reason, the place and what to do."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from duikou.engines.casemix.layouts import BadFile, open_file, source
from duikou.engines.casemix.layouts.definition import layout
from tests.unit.engines.casemix.layouts.files import HQMS_RECORD, N041_RECORD, hqms, n041, table, written

HQMS = layout("hqms-2020").columns
NARROW = "id,pdx,department\n1,A00.000,内科\n2,B00.000,外科\n"


def refused(path: Path, **options: object) -> BadFile:
    """The refusal of a file, at its opening or while it is read."""
    with pytest.raises(BadFile) as caught:
        for _ in open_file(path, **options).frames():  # type: ignore[arg-type]
            pass
    refusal = caught.value
    assert refusal.text.zh
    assert refusal.text.en
    assert "{" not in refusal.text.zh + refusal.text.en
    return refusal


@pytest.mark.parametrize("content", [b"", b"id,pdx\n", b"id,pdx", "\ufeffid,pdx\r\n".encode()])
def test_a_file_without_a_record(tmp_path: Path, content: bytes) -> None:
    assert refused(written(tmp_path, content)).reason == "empty_file"


@pytest.mark.parametrize("cut", [20, 200, -9, -1])
def test_a_truncated_gzip(tmp_path: Path, cut: int) -> None:
    content = gzip.compress(hqms([HQMS_RECORD] * 50).encode())[:cut]
    refusal = refused(written(tmp_path, content, "pages.csv.gz"))
    assert refusal.reason == "truncated_gzip"
    assert refusal.byte is not None


def test_a_gzip_with_a_wrong_byte(tmp_path: Path) -> None:
    content = bytearray(gzip.compress(hqms([HQMS_RECORD] * 50).encode()))
    content[-6] ^= 0xFF  # checksum
    assert refused(written(tmp_path, bytes(content))).reason == "truncated_gzip"


def test_a_nul_byte(tmp_path: Path) -> None:
    refusal = refused(written(tmp_path, NARROW.encode().replace(b"B00", b"B\x000")))
    assert (refusal.reason, refusal.line) == ("nul_byte", 3)
    assert refusal.byte == NARROW.encode().index(b"B00") + 1
    assert f"{refusal.byte}" in refusal.text.zh


def test_bytes_of_neither_encoding(tmp_path: Path) -> None:
    content = NARROW.encode("gb18030").replace("外".encode("gb18030"), b"\xff\xfe")
    refusal = refused(written(tmp_path, content))
    assert (refusal.reason, refusal.line) == ("wrong_encoding", 3)
    assert refusal.byte == content.index(b"\xff\xfe")
    assert "FF FE" in refusal.text.en
    assert str(content.index("内".encode("gb18030"))) in refusal.text.en  # where it ceased to be UTF-8


def test_two_encodings_in_one_file(tmp_path: Path) -> None:
    head, _, tail = NARROW.partition("2,B")
    content = (head * 1).encode() + ("2,B" + tail).encode("gb18030")
    assert refused(written(tmp_path, b"\xef\xbb\xbf" + content)).reason == "broken_after_mark"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_other_unicode_encodings(tmp_path: Path, encoding: str) -> None:
    marks = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
    refusal = refused(written(tmp_path, marks.get(encoding, b"") + NARROW.encode(encoding)))
    assert refusal.reason == "marked_encoding"
    assert "UTF-16" in refusal.text.zh or "UTF-32" in refusal.text.zh


@pytest.mark.parametrize(
    ("line", "found"), [("2,B00.000", 2), ("2,B00.000,外科,x", 4), ("", 1), ("2", 1), (",,,,,,", 7)]
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_line_with_a_wrong_number_of_fields(tmp_path: Path, line: str, found: int, encoding: str) -> None:
    records = [f"{n},A00.000,内科" for n in range(20)]
    records[7] = line
    content = "\n".join(["id,pdx,department", *records])
    refusal = refused(written(tmp_path, content, encoding=encoding))
    assert (refusal.reason, refusal.line) == ("ragged", 9)
    assert f"{found} 个" in refusal.text.zh
    assert f"has {found}" in refusal.text.en


def test_one_field_too_few_beside_one_too_many_is_seen(tmp_path: Path) -> None:
    refusal = refused(written(tmp_path, "id,pdx,department\n1,A\n2,B,x,y\n3,C,z\n"))
    assert (refusal.reason, refusal.line) == ("ragged", 2)


def test_ragged_lines_are_counted_through_quoted_line_ends_and_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "PIECE", 32)
    content = 'id,pdx,department\n1,A,"x\ny\nz"\n' + "2,B,y\n" * 30 + "3,C\n"
    refusal = refused(written(tmp_path, content))
    assert (refusal.reason, refusal.line) == ("ragged", 35)
    assert "33" in refusal.text.zh  # row of the table


def test_a_quotation_mark_that_is_never_closed(tmp_path: Path) -> None:
    refusal = refused(written(tmp_path, NARROW + '3,C,"儿科\n4,D,x\n'))
    assert (refusal.reason, refusal.line) == ("open_quote", 4)


def test_a_line_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "LONGEST_LINE", 1000)
    monkeypatch.setattr(source, "PIECE", 100)
    refusal = refused(written(tmp_path, NARROW + "3,C," + "x" * 2000 + "\n"))
    assert (refusal.reason, refusal.line) == ("long_line", 4)


def test_more_records_than_allowed(tmp_path: Path) -> None:
    refusal = refused(written(tmp_path, NARROW), most_records=1)
    assert refusal.reason == "too_long"


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (b"PK\x03\x04 no package", "pages.xlsx", "damaged"),
        (b"PAR1 no table", "pages.parquet", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "pages.xls", "old_workbook"),
        (b"%PDF-1.7", "pages.pdf", "unsupported_kind"),
    ],
)
def test_other_kinds_of_files(tmp_path: Path, content: bytes, name: str, reason: str) -> None:
    assert refused(written(tmp_path, content, name)).reason == reason


def test_a_parquet_file_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "pages.parquet"
    pl.DataFrame({"id": ["1"], "pdx": ["A"]}).write_parquet(path)
    path.write_bytes(path.read_bytes()[:-10])
    assert refused(path).reason == "damaged"


def test_a_parquet_file_of_lists(tmp_path: Path) -> None:
    path = tmp_path / "pages.parquet"
    pl.DataFrame({"id": [["1"]], "pdx": ["A"]}).write_parquet(path)
    assert refused(path).reason == "damaged"


def test_a_header_of_no_layout(tmp_path: Path) -> None:
    refusal = refused(written(tmp_path, "foo,bar,sex\n1,2,3\n"))
    assert (refusal.reason, refusal.column, refusal.line) == ("unknown_layout", "foo", 1)


def test_data_without_a_header(tmp_path: Path) -> None:
    content = hqms().split("\r\n", 1)[1]
    assert refused(written(tmp_path, content + content)).reason == "unknown_layout"


def test_a_narrow_file_without_a_principal_diagnosis(tmp_path: Path) -> None:
    refusal = refused(written(tmp_path, "id,sex,age_years\n1,1,50\n"))
    assert (refusal.reason, refusal.column) == ("missing_column", "pdx")


@pytest.mark.parametrize(
    "header", ["id,pdx,dx", "id,dx,sdx", "id,dx,dx1", "id,pdx,px,px2", "id,pdx,sdx,dx01", "id,dx,pdx,sdx"]
)
def test_codes_given_in_two_ways(tmp_path: Path, header: str) -> None:
    line = ",".join("A" for _ in header.split(","))
    assert refused(written(tmp_path, f"{header}\n{line}\n")).reason == "two_lists"


@pytest.mark.parametrize("header", ["id,pdx,PDX", "id,pdx,dx1,dx01", "id,age,age_years,pdx"])
def test_a_column_named_twice(tmp_path: Path, header: str) -> None:
    line = ",".join("1" for _ in header.split(","))
    assert refused(written(tmp_path, f"{header}\n{line}\n")).reason == "repeated_column"


def test_n041_in_another_order_is_refused_with_the_first_wrong_column(tmp_path: Path) -> None:
    columns = list(layout("n041").columns)
    by_number = sorted(columns[47:92], key=lambda column: int(column.lstrip("QTZDJBMRY")))
    refusal = refused(written(tmp_path, table([*columns[:47], *by_number, *columns[92:]], [N041_RECORD])))
    assert (refusal.reason, refusal.column) == ("wrong_column", "QTZD1")
    assert "第 48 列应为 QTZD8" in refusal.text.zh


@pytest.mark.parametrize(
    ("change", "position"),
    [
        (lambda columns: columns[:-1], 232),
        (lambda columns: [*columns, "MORE"], 233),
        (lambda columns: [*columns[:10], *columns[11:]], 11),
    ],
)
def test_n041_with_a_column_too_few_or_too_many(
    tmp_path: Path, change: Callable[[list[str]], list[str]], position: int
) -> None:
    refusal = refused(written(tmp_path, table(change(list(layout("n041").columns)), [N041_RECORD])))
    assert refusal.reason == "wrong_column"
    assert f"column {position} " in refusal.text.en


def test_hqms_with_a_misspelt_column(tmp_path: Path) -> None:
    refusal = refused(written(tmp_path, table(["D23X" if c == "D23" else c for c in HQMS], [HQMS_RECORD])))
    assert (refusal.reason, refusal.column) == ("wrong_column", "D23X")
    assert "D23" in refusal.text.zh


def test_hqms_without_a_required_column(tmp_path: Path) -> None:
    refusal = refused(written(tmp_path, table([c for c in HQMS if c != "B15"], [HQMS_RECORD])))
    assert (refusal.reason, refusal.column) == ("missing_column", "B15")


def shifted(content: str, gap: int) -> str:
    """One value of each line left out, and an empty one at its end."""
    header, *lines = content.rstrip("\r\n").split("\r\n")
    cut = (line.split(",") for line in lines)
    return "\r\n".join([header, *(",".join([*values[:gap], *values[gap + 1 :], ""]) for values in cut)])


@pytest.mark.parametrize("heading", ["A11", "B11C", "C03C"])
def test_hqms_data_under_wrong_headings(tmp_path: Path, heading: str) -> None:
    content = shifted(hqms([HQMS_RECORD] * 5), HQMS.index(heading))
    refusal = refused(written(tmp_path, content))
    assert refusal.reason == "shifted"
    assert refusal.column is not None
    assert HQMS.index(refusal.column) >= HQMS.index(heading)
    assert "演示姓名" not in refusal.text.zh + refusal.text.en


def test_n041_data_under_wrong_headings(tmp_path: Path) -> None:
    refusal = refused(written(tmp_path, shifted(n041([N041_RECORD] * 5), 5)))
    assert (refusal.reason, refusal.column) == ("shifted", "XB")


def test_a_file_of_few_records_is_left_to_the_checks(tmp_path: Path) -> None:
    record = HQMS_RECORD | {"A12C": "unknown", "B12": "x", "B15": "x", "A13": "x"}
    assert list(open_file(written(tmp_path, hqms([record] * 2))).frames())
    assert refused(written(tmp_path, hqms([record] * 3))).reason == "shifted"


def test_badly_filled_columns_are_no_shift(tmp_path: Path) -> None:
    record = HQMS_RECORD | {
        "B12": "2.02403E+07",
        "B15": "01.03.2024",
        "D01": "-5.0",
        "A12C": "男",
        "C03C": "Ｉ10",
    }
    assert list(open_file(written(tmp_path, hqms([record]))).frames())
