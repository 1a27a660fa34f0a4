"""How codes are spelled after reading: one row for each way of writing that occurs."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from duikou.engines.casemix.codes import normal_dx, normal_px
from tests.drg_data import DATA, needs_drg_data

DIAGNOSES = [
    ("A00.000", "A00.000", "already plain"),
    ("A00.000x001", "A00.000x001", "extension"),
    ("a00.000X001", "A00.000x001", "case; the x of an extension is lower"),
    ("A33.X00X001", "A33.x00x001", "the x of an empty place is lower"),
    ("x34.000", "X34.000", "the X of a chapter is upper"),
    ("x34.900X091", "X34.900x091", "both in one code"),
    ("Ａ００．０００ｘ００１", "A00.000x001", "full width"),
    ("A01.002†G01*", "A01.002+G01*", "dagger"),
    ("A01.002＋G01＊", "A01.002+G01*", "full-width signs"),
    ("A01.002 + G01∗", "A01.002+G01*", "blanks and another star"),
    ("a01.000x003†g01★", "A01.000x003+G01*", "all at once"),
    ("A17.000X005+J17.0*", "A17.000x005+J17.0*", "extension before a star"),
    ("\ufeff A00.000\u3000", "A00.000", "byte order mark and wide blank"),
    ("A00. 000\n", "A00.000", "blank inside"),
    ("'A00.000", "A00.000", "apostrophe that keeps a spreadsheet from counting"),
    ("A00。000", "A00.000", "Chinese full stop"),
    ("A00.000×001", "A00.000x001", "multiplication sign"),
    ("A00.", "A00", "dot at the end"),
    ("A00", "A00", "category"),
    ("C22.101M81600/3", "C22.101M81600/3", "with morphology: left alone"),
    ("A00000X001", "A00.000x001", "the dot can stand in one place only"),
    ("a33x00x001", "A33.x00x001", "the same with an empty place"),
    ("A01000x003†G01*", "A01.000x003+G01*", "the same in a double code"),
    ("H44609", "H44609", "may be American: left alone"),
    ("T2134XA", "T2134XA", "American: X is upper"),
    ("M01X11", "M01X11", "American, too"),
    ("A0O.000", "A0O.000", "letter O for zero: not guessed"),
    ("B37.600I39.8", "B37.600I39.8", "sign missing: not guessed"),
    ("A00.000;A01.000", "A00.000;A01.000", "two codes in a cell: not parted"),
    ("", None, "empty"),
    ("  \u3000", None, "blank"),
    ("-", None, "the form's own empty marker"),
    ("——", None, "Chinese dash"),
    ("/", None, "stroke"),
    ("无", None, "none"),
    ("n/a", None, "not applicable"),
    ("null", None, "what programs write"),
    (None, None, "null"),
]

OPERATIONS = [
    ("36.1000", "36.1000", "already plain"),
    ("00.5500X008", "00.5500x008", "extension"),
    ("03.1X00X001", "03.1x00x001", "empty place and extension"),
    ("０３．１ｘ００", "03.1x00", "full width"),
    ("66.69X001", "66.69x001", "extension of a short code"),
    ("86.700X0013", "86.700x0013", "extension of four"),
    ("17.912a0", "17.912A0", "a letter that is no x is upper"),
    ("361000", "36.1000", "the dot can stand in one place only"),
    ("031x00x001", "03.1x00x001", "the same with an empty place"),
    ("36.06", "36.06", "zeros are not put back"),
    ("0.55", "0.55", "nor the first one"),
    ("0W3X8ZZ", "0W3X8ZZ", "American: X is upper"),
    ("—", None, "dash"),
    (None, None, "null"),
]


@pytest.mark.parametrize(("found", "expected", "why"), DIAGNOSES)
def test_a_diagnosis_is_spelled(found: str | None, expected: str | None, why: str) -> None:
    assert normal_dx(pl.Series([found], dtype=pl.String)).to_list() == [expected], why


@pytest.mark.parametrize(("found", "expected", "why"), OPERATIONS)
def test_an_operation_is_spelled(found: str | None, expected: str | None, why: str) -> None:
    assert normal_px(pl.Series([found], dtype=pl.String)).to_list() == [expected], why


def test_a_whole_column_keeps_its_order_and_its_name() -> None:
    column = pl.Series("dx01", [found for found, _, _ in DIAGNOSES] * 2)
    assert normal_dx(column).to_list() == [expected for _, expected, _ in DIAGNOSES] * 2
    assert normal_dx(column).name == "dx01"


def test_columns_without_text_are_read_too() -> None:
    assert normal_dx(pl.Series([None, None])).to_list() == [None, None]
    assert normal_dx(pl.Series([], dtype=pl.String)).to_list() == []
    assert normal_px(pl.Series([36.1, None])).to_list() == ["36.1", None]


@needs_drg_data
@pytest.mark.parametrize(
    ("file", "column", "normal", "blemishes"),
    [
        ("codes-yb2.0/icd10_yb2_dx.csv", "dx", normal_dx, []),
        ("codes-yb2.0/icd9cm3_yb2_px.csv", "px", normal_px, []),
        ("codes-yb2.0/dx_map.csv", "from_dx", normal_dx, []),
        ("codes-yb2.0/dx_map.csv", "to_dx", normal_dx, [" B06.801+J17.1*"]),
        ("codes-yb2.0/px_map.csv", "from_px", normal_px, []),
        ("codes-yb2.0/px_map.csv", "to_px", normal_px, []),
        ("chs-drg-1.1/adrg_dx.csv", "dx", normal_dx, []),
        ("chs-drg-1.1/adrg_px.csv", "px", normal_px, []),
        ("ms-drg-v43/dx.csv.gz", "dx", normal_dx, []),
        ("ms-drg-v43/px.csv.gz", "px", normal_px, []),
    ],
)
def test_published_codes_are_left_as_they_are(
    file: str, column: str, normal: Callable[[pl.Series], pl.Series], blemishes: list[str]
) -> None:
    codes = pl.read_csv(DATA / file, infer_schema=False)[column]
    assert codes.filter(normal(codes) != codes).to_list() == blemishes
