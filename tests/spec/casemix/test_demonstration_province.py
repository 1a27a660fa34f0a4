"""The demonstration province: what the engine says of its files is what plain counts over their rows say.

And what was put in comes out: the effect of support on the in-county rate.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import Any

import ibis
import polars as pl
import pytest

from duikou.cli.casemix_register import register_province
from duikou.engines.casemix import generate, grouper, scheme
from duikou.engines.casemix.data import STARTER
from duikou.engines.casemix.facts import facts_of
from duikou.engines.casemix.generate.folder import write_folder
from duikou.engines.casemix.indicators.compute import result
from duikou.engines.casemix.indicators.tables import Tables
from duikou.engines.casemix.layouts import open_file, typed
from tests import demonstration

RECORDS, SEED = 3000, 2014


def places_of(province: generate.Province) -> pl.DataFrame:
    """The look-up of hospitals, as the register would give it."""
    cities = {unit.code: unit.city for unit in province.counties}
    return pl.DataFrame(
        [
            {"hospital": one.key, "key": one.key, "county": one.county, "city": cities[one.county],
             "valid_from": None, "valid_to": None}
            for one in province.hospitals
        ],
        schema={"hospital": pl.String, "key": pl.String, "county": pl.String, "city": pl.String,
                "valid_from": pl.Date, "valid_to": pl.Date},
    )  # fmt: skip


@pytest.fixture(scope="module")
def province() -> generate.Province:
    """The province of the register."""
    return register_province(SEED, first_year=2023, years=3, effect=0.04)


@pytest.fixture(scope="module")
def folder(province: generate.Province, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its files, one for each year."""
    path = tmp_path_factory.mktemp("province")
    assert write_folder(path, province, records=RECORDS, seed=SEED, by_year=True) == RECORDS
    return path


@pytest.fixture(scope="module")
def rows(folder: Path) -> list[dict[str, str]]:
    """All rows of all files, as a csv reader gives them."""
    found = []
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found += list(csv.DictReader(file))
    return found


@pytest.fixture(scope="module")
def read(folder: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The same files through the engine: read, typed and grouped."""
    raw = [frame for path in sorted(folder.glob("*.csv")) for frame in open_file(path).frames()]
    pages = typed(pl.concat(raw))
    return pages, grouper.group(pages, scheme.load(STARTER))


@pytest.fixture(scope="module")
def facts(read: tuple[pl.DataFrame, pl.DataFrame], province: generate.Province) -> pl.DataFrame:
    """What the store would keep of them."""
    return facts_of(*read, hospitals=places_of(province))


@pytest.fixture(scope="module")
def group_of(read: tuple[pl.DataFrame, pl.DataFrame]) -> dict[str, str]:
    """The group of each record number, as the grouper names it."""
    pages, grouped = read
    both = grouped.with_columns(pages["record_no"]).filter(status="grouped")
    return dict(both.select("record_no", "drg").iter_rows())


def computed(facts: pl.DataFrame, name: str, **parameters: Any) -> list[dict[str, Any]]:
    """The rows of an indicator over these facts, on the embedded engine."""
    tables = Tables.of_facts(ibis.memtable(facts.to_arrow()))
    return result(ibis.duckdb.connect(), name, tables, parameters).rows.to_dicts()


@pytest.fixture(scope="module")
def county_of(province: generate.Province) -> dict[str, str]:
    """County of each hospital."""
    return {one.key: one.county for one in province.hospitals}


def test_in_county_rates_are_those_counted(
    facts: pl.DataFrame, rows: list[dict[str, str]], county_of: dict[str, str]
) -> None:
    found = {
        row["residence"]: (row["numerator"], row["denominator"]) for row in computed(facts, "in_county_rate")
    }
    assert found == demonstration.in_county(rows, county_of)
    assert len(found) == 90


def test_lists_of_outward_diseases_are_those_counted(
    facts: pl.DataFrame, rows: list[dict[str, str]], county_of: dict[str, str]
) -> None:
    found = defaultdict(list)
    for row in sorted(computed(facts, "out_referral_list", k=5), key=lambda row: row["rank"]):
        found[row["residence"]].append((row["disease"], row["numerator"]))
    assert dict(found) == demonstration.most_referred_out(rows, county_of)


def test_destinations_are_those_counted(
    facts: pl.DataFrame, rows: list[dict[str, str]], county_of: dict[str, str]
) -> None:
    found = {
        (row["residence"], row["hospital"]): row["numerator"]
        for row in computed(facts, "outflow_destinations")
    }
    assert found == dict(demonstration.destinations(rows, county_of))


def test_case_mix_is_that_counted(
    facts: pl.DataFrame, rows: list[dict[str, str]], group_of: dict[str, str]
) -> None:
    found = {row["hospital"]: row["value"] for row in computed(facts, "cmi", minimum=0) if row["denominator"]}
    assert found == demonstration.case_mix(rows, group_of)
    assert len(group_of) > 0.95 * RECORDS


def test_the_effect_that_was_put_in_comes_out() -> None:
    """Counties that support began in, against those without, before and after: the truth within its error."""
    asked = 0.04
    where = generate.invented_province(3, effect=asked)
    pages = pl.concat(generate.pages(400_000, 3, within=where, checked=False)).select(
        "hospital", "residence", "discharged", "pdx", "disposition", "total", "row", "record_no"
    )
    pages = typed(pages)
    ungrouped = pages.select(
        "id", mdc=pl.lit(""), adrg=pl.lit(""), drg=pl.lit(""), status=pl.lit("ungrouped")
    )
    facts = facts_of(pages, ungrouped, hospitals=places_of(where))
    shares = {
        (row["residence"], row["year"]): row["numerator"] / row["denominator"]
        for row in computed(facts, "in_county_rate", by=["residence", "year"])
    }
    begins = {county["code"]: county["support_from"] for county in where.truth()["counties"]}
    never = [code for code, year in begins.items() if year is None]
    gains = []
    for code, begin in begins.items():
        for year in range(begin, 2026) if begin else ():
            change = shares[code, year] - shares[code, begin - 1]
            usual = sum(shares[other, year] - shares[other, begin - 1] for other in never) / len(never)
            gains.append(change - usual)
    assert len(gains) > 40
    assert sum(gains) / len(gains) == pytest.approx(asked, abs=0.01)
