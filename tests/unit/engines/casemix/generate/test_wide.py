"""Invented pages in the layouts of the interfaces: read back they are the same, and no person comes along."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from duikou.cli.casemix_register import register_province
from duikou.engines.casemix import generate
from duikou.engines.casemix.columns import PAGES
from duikou.engines.casemix.generate.personal import persons
from duikou.engines.casemix.generate.wide import WIDE, all_wide, wide
from duikou.engines.casemix.generate.writer import write
from duikou.engines.casemix.layouts import open_file, typed
from duikou.engines.casemix.layouts.definition import layout
from tests.unit.engines.casemix.residence import zhejiang

RECORDS, SEED = 2500, 4
WIDTHS = {"hqms-2020": 811, "hqms-2019": 642, "n041": 232}


@pytest.fixture(scope="module")
def where() -> generate.Province:
    """The province of the pages."""
    return generate.invented_province(SEED)


@pytest.fixture(scope="module")
def narrow(where: generate.Province) -> pl.DataFrame:
    """Pages in the narrow layout."""
    return pl.concat(generate.pages(RECORDS, SEED, within=where))


@pytest.mark.parametrize("layout_id", WIDE)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_read_back_it_says_the_same(
    layout_id: str, encoding: str, narrow: pl.DataFrame, where: generate.Province, tmp_path: Path
) -> None:
    path = tmp_path / "pages.csv"
    assert write(path, all_wide([narrow], layout_id, where, SEED), encoding=encoding) == RECORDS
    reading = open_file(path)
    got = pl.concat(reading.frames())
    assert (reading.layout.id, reading.encoding) == (layout_id, encoding)
    assert (reading.missing, reading.ignored) == ((), ())
    before, after = typed(narrow), typed(got)
    # Table N041 has the hospital's name instead of its code, and hours without minutes.
    coarse = {"id", "hospital", "admitted", "discharged"} if layout_id == "n041" else set()
    codes = [name for name in before.columns if name[:2] in ("dx", "px")]
    fees = [name for name in before.columns if name.startswith("fee_")]
    for name in (set(PAGES) | {*codes, *fees}) - coarse - {"residence"}:
        assert after[name].equals(before[name]), name
    if coarse:
        for name in ("admitted", "discharged"):
            assert after[name].equals(before[name].dt.truncate("1h"))
        names = {one.key: one.name for one in where.hospitals}
        assert after["hospital"].equals(before["hospital"].replace(names))


@pytest.mark.parametrize("layout_id", WIDE)
def test_every_column_stands_in_its_place(
    layout_id: str, narrow: pl.DataFrame, where: generate.Province
) -> None:
    frame = wide(narrow.head(5), layout_id, where, SEED)
    assert tuple(frame.columns) == layout(layout_id).columns
    assert len(frame.columns) == WIDTHS[layout_id]


@pytest.mark.parametrize("layout_id", WIDE)
def test_persons_are_in_the_file_and_in_nothing_that_is_read_from_it(
    layout_id: str, narrow: pl.DataFrame, where: generate.Province, tmp_path: Path
) -> None:
    path = tmp_path / "pages.csv"
    write(path, all_wide([narrow], layout_id, where, SEED))
    personal = persons(narrow, where, SEED)
    identifying = ("name", "identity", "phone", "contact")
    text = path.read_text(encoding="utf-8")
    for what in identifying:
        assert personal[what][7] in text
    read = pl.concat(open_file(path).frames())
    cells = {cell for name in read.columns if name != "row" for cell in read[name].drop_nulls().unique()}
    for what in (*identifying, "address", "employer", "staff"):
        assert not cells & set(personal[what].filter(personal[what] != "-")), what


def test_persons_are_visibly_invented(narrow: pl.DataFrame, where: generate.Province) -> None:
    personal = persons(narrow, where, SEED)
    for what in ("name", "contact", "staff", "employer"):
        assert personal[what].str.contains("演示").all()
    assert personal["identity"].str.starts_with("99").all()
    assert personal["identity"].str.len_chars().eq(18).all()
    assert personal["phone"].str.starts_with("000").all()
    assert (personal["address"].str.contains("演示") | (personal["address"] == "-")).all()


def test_addresses_name_the_county_of_residence_where_they_name_one(
    narrow: pl.DataFrame, where: generate.Province
) -> None:
    names = {unit.code: unit.name for unit in where.counties}
    told = 0
    for address, code in zip(persons(narrow, where, SEED)["address"], narrow["residence"], strict=True):
        others = [name for name in names.values() if name in address]
        assert others in ([], [names[code]])
        told += len(others)
    assert 0.9 < told / len(narrow) < 1


def test_residence_comes_back_out_of_the_addresses(tmp_path: Path) -> None:
    """Never a wrong county; unknown only where an address names none."""
    real = register_province(SEED, first_year=2023, years=3, effect=0.04)
    pages = pl.concat(generate.pages(RECORDS, SEED, within=real))
    path = tmp_path / "pages.csv"
    write(path, all_wide([pages], "hqms-2020", real, SEED), encoding="gb18030")
    reading = open_file(path, resolver=zhejiang.resolver())
    found = pl.concat(reading.frames())["residence"]
    assert (found == pages["residence"]).drop_nulls().all()
    assert 0.9 < found.is_not_null().mean() < 1  # type: ignore[operator]


def test_narrow_is_no_wide_layout(narrow: pl.DataFrame, where: generate.Province) -> None:
    with pytest.raises(KeyError, match="narrow is none of"):
        wide(narrow, "narrow", where, SEED)
