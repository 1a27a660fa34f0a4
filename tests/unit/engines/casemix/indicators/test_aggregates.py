"""Sums of parts are the sums of the whole, and indicators of sums are those of the stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duikou.engines.casemix.indicators import DEFINITIONS, BadParameter
from duikou.engines.casemix.indicators.aggregates import AGGREGATES, added, cost_class, sum_keys, sums
from duikou.engines.casemix.indicators.compute import compute, result
from duikou.engines.casemix.indicators.embedded import keeper
from duikou.engines.casemix.indicators.reference import Given, reference
from duikou.engines.casemix.indicators.reference.norms import two_digits
from duikou.engines.casemix.indicators.tables import Tables
from tests.examples import examples
from tests.unit.engines.casemix.indicators.stays import (
    CROSSWALK,
    Engine,
    frame,
    givens,
    parameters_of,
    stay,
    stays_of,
)

ENGINE = Engine()
THOROUGH = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


def rows(table: Any) -> list[dict[str, Any]]:
    found = ENGINE.connection.to_pyarrow(table).to_pylist()
    return sorted(found, key=repr)


@THOROUGH
@given(stays=stays_of, split=st.sampled_from(["hospital", "city", "month"]))
def test_sums_of_parts_add_up_to_the_whole(stays: list[dict[str, Any]], split: str) -> None:
    whole = ENGINE.table("whole", frame(stays))
    parts = [
        ENGINE.table(f"part{number}", frame([one for one in stays if one[split] == part]))
        for number, part in enumerate({one[split] for one in stays})
    ]
    for name in AGGREGATES:
        together = rows(sums(name, whole))
        if parts:
            assert rows(added(name, [sums(name, part) for part in parts])) == together
        for column in AGGREGATES[name].sums:
            assert all(isinstance(row[column], int) for row in together)


def tables_of_sums(given: Given) -> Tables:
    """The tables of provinces that send up sums alone: one for each city, one below the other."""
    parts = [
        ENGINE.table(f"city{number}", frame([one for one in given.facts if one["city"] == city]))
        for number, city in enumerate({one["city"] for one in given.facts} or {None})
    ]
    lookups = ENGINE.tables(given)
    crosswalk = None if given.crosswalk is None else ENGINE.connection.table("crosswalk")
    kept = {}
    for name in AGGREGATES:
        first, *others = (sums(name, part) for part in parts)
        kept[name] = first.union(*others, distinct=False) if others else first
    return Tables.of_sums(
        kept,
        crosswalk=crosswalk,
        weights=lookups.weights,
        reference=lookups.reference,
        county_hospitals=lookups.county_hospitals,
    )


FREE: Mapping[str, Any] = {
    "minimum": 0,
    "minimum_group": 0,
    "trim_high": 90,
    "minimum_inside": 1,
    "minimum_outside": 1,
}


@THOROUGH
@given(stays=givens(), names=st.permutations(list(DEFINITIONS)))
def test_federated_indicators_equal_those_of_the_stays(stays: Given, names: list[str]) -> None:
    """Days of discharge are not in the sums; a code with two spans in one month is told apart elsewhere."""
    facts = [
        {**one, "discharged": one["discharged"].replace(day=20)}
        for one in stays.facts
        if one["month"] != 202504
    ]
    given = replace(stays, facts=facts, settlements=())
    tables = tables_of_sums(given)
    for name in names[:3]:
        parameters = {key: value for key, value in FREE.items() if key in DEFINITIONS[name].defaults}
        expected = reference(name, given, DEFINITIONS[name].settings(parameters))
        assert ENGINE.rows(name, given, parameters, tables) == expected


@THOROUGH
@given(stays=givens(), names=st.permutations(list(DEFINITIONS)), by_year=st.booleans())
def test_kept_cells_answer_like_the_stays(stays: Given, names: list[str], by_year: bool) -> None:
    tables = ENGINE.tables(stays).kept(keeper(ENGINE.connection), by_year=by_year)
    months = {"from_month": 202301, "to_month": 202512, "reference_from": 202401}
    for name in names[:3]:
        defaults = DEFINITIONS[name].defaults
        parameters = {key: value for key, value in {**FREE, **months}.items() if key in defaults}
        if "base_from" in defaults:
            parameters |= {"base_from": 202201, "base_to": 202212}
        expected = reference(name, stays, DEFINITIONS[name].settings(parameters))
        assert ENGINE.rows(name, stays, parameters, tables) == expected


@THOROUGH
@given(stays=givens(), data=st.data())
def test_cells_shared_by_a_page_answer_like_the_stays(stays: Given, data: Any) -> None:
    """Asked a third time, all that could be summed over a period has been."""
    tables = ENGINE.tables(stays).shared(keeper(ENGINE.connection))
    names = data.draw(st.lists(st.sampled_from(list(DEFINITIONS)), min_size=1, max_size=3, unique=True))
    asked = {name: data.draw(parameters_of(name)) for name in names}
    expected = {name: reference(name, stays, DEFINITIONS[name].settings(asked[name])) for name in names}
    for _ in range(3):
        for name in names:
            assert ENGINE.rows(name, stays, asked[name], tables) == expected[name]


def test_cells_are_shared_from_the_second_time_on() -> None:
    made: list[tuple[str, list[str]]] = []
    keep = keeper(ENGINE.connection)

    def counted(name: str, table: Any) -> Any:
        made.append((name, list(table.columns)))
        return keep(name, table)

    tables = ENGINE.tables(Given([stay()])).shared(counted)
    for name in ("cases", "cases", "mortality", "cmi", "median_stay"):
        found = result(ENGINE.connection, name, tables)
    months = {"from_month": 202501, "to_month": 202512}
    result(ENGINE.connection, "cmi", tables, months)
    result(ENGINE.connection, "cases", tables, {"by": ["month"]})

    places = ["hospital", "hospital_county", "city"]
    assert made == [("work", [*places, "grouped", *AGGREGATES["work"].sums])]
    result(ENGINE.connection, "cost_index", tables, months)
    assert [columns[:4] for _, columns in made[1:]] == [
        [*places, "mdc"],
        ["mdc", "adrg", "drg", "grouped"],
    ]
    assert found.sql == result(ENGINE.connection, "median_stay", ENGINE.tables(Given([stay()]))).sql


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("cmi", {"from_month": 202602}),
        ("cmi", {"to_month": 202611}),
        ("cmi", {"reference_to": 202611}),
        ("cmi", {"by": ["month"]}),
        ("out_referral_list", {"to_month": 202611}),
        ("cmi_change", {"base_from": 202502, "base_to": 202512, "from_month": 202601, "to_month": 202612}),
    ],
)
def test_sums_of_years_refuse_parts_of_years(name: str, parameters: dict[str, Any]) -> None:
    tables = ENGINE.tables(Given([stay()])).kept(keeper(ENGINE.connection), by_year=True)

    with pytest.raises(BadParameter, match="整年"):
        compute(name, tables, parameters)


def test_cells_are_computed_once_and_the_statement_tells_of_the_stays() -> None:
    made: list[str] = []
    keep = keeper(ENGINE.connection)

    def counted(name: str, table: Any) -> Any:
        made.append(name)
        return keep(name, table)

    tables = ENGINE.tables(Given([stay()])).kept(counted)
    found = [result(ENGINE.connection, name, tables) for name in ("cmi", "cases", "cmi", "in_county_rate")]

    assert made == ["groups", "work", "residents"]
    assert all('FROM "facts"' in one.sql for one in found)


def test_sums_are_whole_numbers_in_a_file(tmp_path: Path) -> None:
    """DuckDB writes its own wide sums as floating-point numbers."""
    facts = ENGINE.table("facts", frame([stay()]))
    kept = Tables.of_facts(facts).kept(lambda name, expression: expression)
    for name, aggregate in AGGREGATES.items():
        for table in (sums(name, facts), kept.of(name)):
            ENGINE.connection.to_parquet(table, tmp_path / "sums.parquet")
            schema = pl.read_parquet_schema(tmp_path / "sums.parquet")
            assert {schema[column] for column in aggregate.sums} == {pl.Int64()}


def test_of_two_spans_in_one_month_sums_take_the_later() -> None:
    """The code's territory changed on 9 April 2025; stays of the 8th count as those of the 9th."""
    here = {"residence": "330109", "hospital_county": "330109"}
    stays = [stay(discharged=dt.date(2025, month, 8), **here) for month in (3, 4, 5)]
    given = Given(stays, crosswalk=CROSSWALK)

    found = ENGINE.rows("in_county_rate", given, {"minimum": 0}, tables_of_sums(given))

    assert [(row["residence"], row["cases"]) for row in found] == [("330109", 1), ("330122", 2)]


def test_an_aggregate_that_the_source_lacks_is_named() -> None:
    facts = ENGINE.table("facts", frame([stay()]))
    tables = Tables.of_sums({"groups": sums("groups", facts)})

    with pytest.raises(BadParameter, match="lengths"):
        compute("median_stay", tables)


def test_sums_hold_codes_as_they_were_given() -> None:
    assert "residence_city" not in sum_keys("residents")


@given(st.integers(0, 10**14 - 1))
@settings(max_examples=examples(60), deadline=None)
def test_cost_classes_keep_two_digits(cost: int) -> None:
    table = ENGINE.table("one", frame([stay(total=cost)]))

    assert ENGINE.connection.to_pyarrow(cost_class(table.total)).to_pylist() == [two_digits(cost)]
