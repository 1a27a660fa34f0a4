"""The fast reader, dates and numbers against slow and obvious ones."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from duikou.engines.casemix.layouts import BadFile, open_file
from duikou.engines.casemix.layouts.dates import to_datetime
from duikou.engines.casemix.layouts.numbers import GRAMS, fen, measured, whole
from duikou.engines.casemix.layouts.source import _is_gb18030, _is_utf8
from tests.examples import examples

SHARED_PATH = settings(
    max_examples=examples(150), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)

# Rare characters of two and four bytes, and what breaks naive readers.
TEXTS = st.text(alphabet='a1,"\r\n \t;|峃碶於𠮷𬀪字“￥¥', max_size=30) | st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=14
)
TABLES = st.integers(1, 12).flatmap(
    lambda n: st.lists(st.tuples(TEXTS, TEXTS, TEXTS), min_size=n, max_size=n)
)


def is_ambiguous(octets: bytes) -> bool:
    """Whether the bytes are a text in both encodings, and not the same one."""
    try:
        return octets.decode("utf-8") != octets.decode("gb18030")
    except UnicodeDecodeError:
        return False


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("於峃", "gb18030"),  # the bytes of Hangul and N in UTF-8
        ("碶𠮷", "gb18030"),
        ("北仑", "utf-8"),  # three characters of GB 18030
        ("於潜", "utf-8"),
        ("é", "utf-8"),
    ],
)
def test_a_text_of_two_characters_is_read_as_chinese(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "pages.csv"
    path.write_bytes(f"id,pdx,department\n1,J18,{text}\n".encode(encoding))
    raw = pl.concat(list(open_file(path).frames()))
    assert raw["department"].to_list() == [text]


@SHARED_PATH
@given(
    records=TABLES,
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_any_table_comes_back_from_its_csv(
    tmp_path: Path, records: list[tuple[str, str, str]], encoding: str, end: str
) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(
        [("id", "pdx", "department"), *records]
    )
    octets = text.getvalue().encode(encoding)
    assume(encoding == "utf-8-sig" or not is_ambiguous(octets))
    path = tmp_path / "pages.csv"
    path.write_bytes(octets)
    raw = pl.concat(list(open_file(path).frames()))
    assert raw.select("id", "pdx", "department").rows() == [
        tuple(t or None for t in record) for record in records
    ]
    assert raw["row"].to_list() == list(range(2, len(records) + 2))


@SHARED_PATH
@given(lines=st.lists(st.text(alphabet="a,", max_size=6), min_size=1, max_size=8))
def test_lines_are_refused_exactly_when_their_number_of_fields_is_wrong(
    tmp_path: Path, lines: list[str]
) -> None:
    path = tmp_path / "pages.csv"
    path.write_text("\n".join(["id,pdx,department", *lines]))
    while lines and not lines[-1]:
        lines.pop()
    wrong = [number for number, line in enumerate(lines) if line.count(",") != 2]
    if lines and not wrong:
        assert pl.concat(list(open_file(path).frames())).height == len(lines)
        return
    with pytest.raises(BadFile) as caught:
        list(open_file(path).frames())
    assert caught.value.reason == ("ragged" if wrong else "empty_file")
    assert caught.value.line == (wrong[0] + 2 if wrong else None)


BYTES = st.lists(
    st.sampled_from([b"a", b",", b"0", b"\n", b"\x81", b"\xfe", b"\x80", b"\xff", b"\x30", b"\x7f", b"\x40"])
    | st.characters(exclude_categories=["Cs"]).map(lambda c: c.encode("gb18030")),
    max_size=60,
).map(b"".join)


@settings(max_examples=examples(200), deadline=None)
@given(content=BYTES)
def test_encodings_are_judged_like_the_decoders_do(content: bytes) -> None:
    content += b"\n"  # pieces end with a line end
    for judge, encoding in ((_is_gb18030, "gb18030"), (_is_utf8, "utf-8")):
        try:
            content.decode(encoding)
            valid = True
        except UnicodeDecodeError:
            valid = False
        assert judge(content) == valid


def test_every_pair_of_high_bytes_that_passes_undecoded_is_a_character() -> None:
    pairs = bytes(byte for lead in range(0x81, 0xFF) for trail in range(0x81, 0xFF) for byte in (lead, trail))
    assert len(pairs.decode("gb18030")) == 126 * 126
    assert _is_gb18030(pairs + b"\n")
    assert not _is_gb18030(b"\x80\x81\n")
    assert not _is_gb18030(b"\x81\xff\n")


def slow_datetime(text: str) -> dt.datetime | None:
    """One form after another."""
    text = re.sub(r"\.0+$", "", text.strip(" \t\n\r\v\f"))
    day = r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d\d)(\d\d))"
    for time in (
        "",
        r"[ T]*(\d{1,2})[:：时]?(\d\d)分?",
        r"[ T]*(\d{1,2})[:：时]?(\d\d)[:：分]?(\d\d)(?:\.\d+)?秒?",
    ):
        found = re.fullmatch(day + time, text, re.ASCII)
        if found:
            year, month, day_of, month_, day_of_, *clock = found.groups()
            try:
                return dt.datetime(int(year), int(month or month_), int(day_of or day_of_), *map(int, clock))
            except ValueError:
                return None
    return None


NUMBERS = st.integers(0, 99).map(lambda n: f"{n:02d}") | st.integers(0, 99).map(str)
DATES = st.builds(
    "{}{}{}{}{}{}{}{}{}{}{}".format,
    st.sampled_from(["2024", "1960", "1899", "24", "20240"]),
    st.sampled_from(["-", "/", ".", "年", ""]),
    NUMBERS,
    st.sampled_from(["-", "/", ".", "月", ""]),
    NUMBERS,
    st.sampled_from([" ", "", "T", "  ", "日", "日 "]),
    NUMBERS | st.just(""),
    st.sampled_from([":", "", "时"]),
    NUMBERS | st.just(""),
    st.sampled_from([":30", ":5", "", "30", "分", ":30.123", ".0", ":60"]),
    st.sampled_from(["", " ", "秒"]),
) | st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)).map(lambda day: day.strftime("%Y%m%d"))


@settings(max_examples=examples(200), deadline=None)
@given(texts=st.lists(DATES | st.none() | st.just("-"), min_size=1, max_size=20))
def test_dates_are_read_like_one_by_one(texts: list[str | None]) -> None:
    expected = [slow_datetime(text) if text else None for text in texts]
    assert to_datetime(pl.Series("d", texts, dtype=pl.String)).to_list() == expected


def slow_number(text: str, factor: int) -> int | None:
    """A decimal number without exponent, thousands parted by commas or not."""
    text = text.strip()
    if not re.fullmatch(r"[-+]?(\d{1,3}(,\d{3})+|\d+)?(\.\d*)?", text, re.ASCII) or not re.search(
        r"\d", text, re.ASCII
    ):
        return None
    value = Decimal(text.replace(",", "")) * factor
    return int(value) if value == int(value) and abs(value) < 10**15 else None


AMOUNTS = (
    st.decimals(-(10**10), 10**10, places=2).map(str)
    | st.integers(-(10**6), 10**6).map(str)
    | st.sampled_from(
        ["1.0", "1.00", "1.005", "1.00001", "0.00999999999", "1,234.50", "1,23", ".5", "5.", ".", "-", "+1"]
    )
    | st.sampled_from(
        ["1e3", "1.5E+05", "inf", "nan", "１２", " 7 ", "1 000", "12元", "0x10", "1_000", "--1", "9" * 30]
    )
)


@settings(max_examples=examples(200), deadline=None)
@given(texts=st.lists(AMOUNTS | st.none(), min_size=1, max_size=20))
def test_money_and_numbers_are_read_exactly(texts: list[str | None]) -> None:
    series = pl.Series("m", texts, dtype=pl.String)
    for reader, factor in ((fen, 100), (whole, 1)):
        assert reader(series).to_list() == [
            None if text is None else slow_number(text, factor) for text in texts
        ]


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        ("3200", 3200),
        ("3200g", 3200),
        ("3.25kg", 3250),
        ("3.2 公斤", 3200),
        ("3200克", 3200),
        ("3.2", None),
        ("g", None),
    ],
)
def test_weights_may_have_a_unit(text: str, grams: int | None) -> None:
    assert measured(pl.Series([text]), GRAMS).to_list() == [grams]
