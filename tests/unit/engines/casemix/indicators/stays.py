"""Random small sets of stays, and the two ways to an indicator's rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import polars as pl
from hypothesis import strategies as st

from duikou.engines.casemix.columns import FACTS
from duikou.engines.casemix.indicators import DEFINITIONS
from duikou.engines.casemix.indicators.compute import result
from duikou.engines.casemix.indicators.reference import Given
from duikou.engines.casemix.indicators.tables import Tables

COUNTIES = ("330109", "330122", "330282", "330281")
CROSSWALK_SCHEMA = {
    "code": pl.String,
    "valid_from": pl.Date,
    "valid_to": pl.Date,
    "county": pl.String,
    "city": pl.String,
}
CHANGE = dt.date(2025, 4, 9)
CROSSWALK = [
    dict(zip(CROSSWALK_SCHEMA, span, strict=True))
    for span in (  # one code of two territories, then two that stayed what they are
        ("330109", None, CHANGE, "330109", "330100"),
        ("330109", CHANGE, None, "330122", "330100"),
        ("330122", None, None, "330122", "330100"),
        ("330282", dt.date(2000, 1, 1), None, "330282", "330200"),
    )
]


def stay(**given: Any) -> dict[str, Any]:
    """One stay as FACTS, unremarkable where nothing is given."""
    day: dt.date = given.get("discharged", dt.date(2026, 5, 4))
    plain: dict[str, Any] = {
        "hospital": "H1",
        "hospital_county": "330109",
        "city": "330100",
        "discharged": day,
        "month": day.year * 100 + day.month,
        "residence": "330109",
        "age": 50,
        "sex": 1,
        "stay_days": 7,
        "disposition": 5 if given.get("died") else 1,
        "died": False,
        "operated": False,
        "pdx": "J18.900",
        "disease": "J18",
        "major_disease": 0,
        "complications": 0,
        "payment": "1",
        "mdc": "E",
        "adrg": "ES2",
        "drg": "ES29",
        "grouped": True,
        "total": 100_000,
        "batch": "",
    }
    return {**plain, **given}


HOSPITALS = {"H1": "330109", "H2": "330122", "H3": "330282", "H4": "330281", "H5": None}
GROUPS = {
    "EA11": ("E", "EA1"),
    "EA13": ("E", "EA1"),
    "EA15": ("E", "EA1"),
    "FM1A": ("F", "FM1"),
    "GZ15": ("G", "GZ1"),
}


@st.composite
def random_stay(draw: st.DrawFn) -> dict[str, Any]:
    """A stay whose values meet often, so that ties, empty cells and equal shares occur."""
    hospital = draw(st.sampled_from(sorted(HOSPITALS)))
    county = HOSPITALS[hospital]
    drg = draw(st.sampled_from([*GROUPS, None]))
    mdc, adrg = GROUPS[drg] if drg else (None, None)
    year = draw(st.integers(2022, 2026))
    return stay(
        hospital=hospital,
        hospital_county=county,
        city=county and county[:4] + "00",
        discharged=dt.date(year, draw(st.sampled_from([1, 4, 12])), draw(st.integers(1, 28))),
        residence=draw(st.sampled_from([*COUNTIES, None])),
        stay_days=draw(st.integers(1, 6)),
        died=draw(st.sampled_from([False, False, True])),
        operated=draw(st.booleans()),
        disease=draw(st.sampled_from(["J18", "I63", "C34", "Z51", None])),
        major_disease=draw(st.sampled_from([0, 9, 16])),
        payment=draw(st.sampled_from(["1", "3", "7", None])),
        mdc=mdc,
        adrg=adrg,
        drg=drg,
        grouped=drg is not None,
        total=draw(
            st.one_of(st.integers(0, 300), st.sampled_from([64_000, 128_000, 12_345_678, 99_999_999]))
        ),
    )


stays_of = st.lists(random_stay(), max_size=40)


def frame(stays: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame([dict(one) for one in stays], schema=dict(FACTS))


class Engine:
    """An embedded engine that computes indicators of stays given as dictionaries."""

    def __init__(self) -> None:
        self.connection = ibis.duckdb.connect()
        self.connection.raw_sql("SET enable_progress_bar = false")
        self.connection.raw_sql("SET threads = 1")
        self.connection.raw_sql("SET TimeZone = 'UTC'")

    def table(self, name: str, rows: pl.DataFrame) -> Any:
        self.connection.con.register(name, rows.to_arrow())
        return self.connection.table(name)

    def tables(self, given: Given) -> Tables:
        """The tables over what is given to the oracle."""
        weights = [{"drg": drg, "weight": weight} for drg, weight in given.weights.items()]
        hospitals = {"hospital": pl.String}
        return Tables.of_facts(
            self.table("facts", frame(given.facts)),
            crosswalk=None
            if given.crosswalk is None
            else self.table("crosswalk", pl.DataFrame([*given.crosswalk], schema=CROSSWALK_SCHEMA)),
            settlements=self.table("settlements", frame(given.settlements)) if given.settlements else None,
            weights=self.table(
                "weights", pl.DataFrame(weights, schema={"drg": pl.String, "weight": pl.Int64})
            ),
            reference=self.table(
                "reference", pl.DataFrame({"hospital": sorted(given.reference)}, schema=hospitals)
            ),
            county_hospitals=None
            if given.county_hospitals is None
            else self.table(
                "county_hospitals",
                pl.DataFrame({"hospital": sorted(given.county_hospitals)}, schema=hospitals),
            ),
        )

    def rows(
        self, name: str, given: Given, parameters: Mapping[str, Any], tables: Tables | None = None
    ) -> list[dict[str, Any]]:
        return result(self.connection, name, tables or self.tables(given), parameters).rows.to_dicts()


@st.composite
def parameters_of(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """Random values of an indicator's parameters."""
    definition = DEFINITIONS[name]
    months = st.sampled_from([None, 202212, 202404])
    later = st.sampled_from([None, 202504, 202612])
    drawn: dict[str, st.SearchStrategy[Any]] = {
        "from_month": months,
        "to_month": later,
        "reference_from": months,
        "reference_to": later,
        "reference": st.sampled_from(["all", "listed"]),
        "weights": st.sampled_from(["data", "imported"]),
        "zero_deaths": st.sampled_from(["own", "low"]),
        "minimum": st.integers(0, 4),
        "minimum_group": st.integers(0, 3),
        "minimum_inside": st.integers(0, 3),
        "minimum_outside": st.integers(0, 3),
        "trim_low": st.sampled_from([0, 0, 5, 30]),
        "trim_high": st.sampled_from([100, 100, 95, 60]),
        "k": st.integers(1, 3),
        "years": st.integers(1, 4),
        "goal": st.sampled_from([50, 90]),
        "exclude": st.sampled_from([(), ("Z",), ("Z", "C3")]),
        "payments": st.sampled_from([("1",), ("1", "3")]),
        "mdcs": st.sampled_from([(), ("E", "F", "Q")]),
        "by": st.lists(st.sampled_from(definition.by), max_size=2, unique=True)
        if definition.by
        else st.just([]),
    }
    if "base_from" in definition.defaults:
        periods = st.sampled_from(
            [(None,) * 4, (202201, 202412, 202501, 202612), (202401, 202512, 202501, 202612)]
        )
        names = ("base_from", "base_to", "from_month", "to_month")
        given = dict(zip(names, draw(periods), strict=True))
    else:
        given = {}
    return {key: draw(drawn[key]) for key in definition.defaults if key not in given and key in drawn} | given


@st.composite
def givens(draw: st.DrawFn) -> Given:
    """Random stays with the look-ups."""
    return Given(
        facts=draw(stays_of),
        crosswalk=draw(st.sampled_from([None, CROSSWALK])),
        settlements=draw(st.lists(random_stay(), max_size=5)),
        weights=draw(st.dictionaries(st.sampled_from(sorted(GROUPS)), st.integers(1, 60_000))),
        reference=draw(st.frozensets(st.sampled_from(["H1", "H2", "H3"]))),
        county_hospitals=draw(st.none() | st.frozensets(st.sampled_from(["H1", "H2", "H3", "H4"]))),
    )
