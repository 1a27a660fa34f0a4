"""Pages and groups become facts: which column comes from where, and what is refused."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest

from duikou.engines.casemix.columns import FACTS, GROUPED, PAGES
from duikou.engines.casemix.facts import HOSPITALS, BadFacts, facts_of

PAGE: dict[str, Any] = {
    "row": 2,
    "id": "P1",
    "hospital": "12330000470051726F",
    "record_no": "000123",
    "admitted": dt.datetime(2025, 4, 1, 9),
    "discharged": dt.datetime(2025, 4, 8, 23, 59),
    "sex": 2,
    "birth_date": dt.date(1980, 1, 2),
    "age_years": 45,
    "stay_days": 7,
    "disposition": 1,
    "payment": "1",
    "residence": "330122",
    "total": 1_234_567,
    "pdx": "J18.900",
}
GROUP = {"id": "P1", "mdc": "E", "adrg": "ES2", "drg": "ES29", "status": "grouped"}


def pages(*given: dict[str, Any], more: dict[str, list[Any]] | None = None) -> pl.DataFrame:
    frame = pl.DataFrame(
        [{**PAGE, "id": f"P{n}", **one} for n, one in enumerate(given, 1)], schema=dict(PAGES)
    )
    return frame.with_columns(**{name: pl.Series(values) for name, values in (more or {}).items()})


def groups(*given: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(
        [{**GROUP, "id": f"P{n}", **one} for n, one in enumerate(given, 1)], schema=dict(GROUPED)
    )


def hospitals(*rows: tuple[Any, ...]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=dict(HOSPITALS), orient="row")


def test_a_page_becomes_a_fact_without_what_names_a_person() -> None:
    places = hospitals((PAGE["hospital"], "xiaoshan", "330109", "330100", None, None))
    frame = pages({}, more={"px01": ["36.0601"], "dx01": ["I10.x00"], "dx02": [None], "dx03": ["E11.900"]})

    found = facts_of(
        frame,
        groups({}),
        hospitals=places,
        major_diseases=lambda some: pl.Series([16] * len(some)),
        batch="b7",
    )

    assert dict(found.schema) == dict(FACTS)
    assert found.to_dicts() == [
        {
            "hospital": "xiaoshan",
            "hospital_county": "330109",
            "city": "330100",
            "month": 202504,
            "discharged": dt.date(2025, 4, 8),
            "residence": "330122",
            "age": 45,
            "sex": 2,
            "stay_days": 7,
            "disposition": 1,
            "died": False,
            "operated": True,
            "pdx": "J18.900",
            "disease": "J18",
            "major_disease": 16,
            "complications": 2,
            "payment": "1",
            "mdc": "E",
            "adrg": "ES2",
            "drg": "ES29",
            "grouped": True,
            "total": 1_234_567,
            "batch": "b7",
        }
    ]


def test_the_place_is_that_of_the_day_of_discharge_and_rows_keep_their_order() -> None:
    change = dt.date(2025, 4, 9)
    places = hospitals(
        (PAGE["hospital"], "yuhang", "330110", "330100", None, change),
        (PAGE["hospital"], "yuhang", "330113", "330100", change, None),
    )
    days = [dt.datetime(2025, 4, 9), dt.datetime(2025, 4, 8, 23, 59), dt.datetime(2026, 1, 1)]
    frame = pages(*({"discharged": day} for day in days), {"hospital": "unlisted"})

    found = facts_of(frame, groups(*[{}] * 4), hospitals=places)

    assert found["hospital_county"].to_list() == ["330113", "330110", "330113", None]
    assert found["hospital"].to_list() == ["yuhang", "yuhang", "yuhang", "unlisted"]
    assert found["month"].to_list() == [202504, 202504, 202601, 202504]


def test_what_is_missing_stays_missing() -> None:
    """No age in years but in days; no way of discharge; no operation; not grouped."""
    bare = {"age_years": None, "age_days": 12, "disposition": None, "residence": None, "pdx": None}
    frame = pages(bare, more={"px01": pl.Series([None], dtype=pl.String)})

    (found,) = facts_of(frame, groups({"status": "invalid_pdx", "drg": "0000"})).to_dicts()

    assert (found["age"], found["died"], found["operated"], found["grouped"]) == (0, False, False, False)
    assert (found["residence"], found["disease"], found["hospital_county"]) == (None, None, None)
    assert (found["major_disease"], found["complications"]) == (0, 0)


def test_death_is_a_way_of_discharge() -> None:
    found = facts_of(pages({"disposition": 5}, {"disposition": 2}), groups({}, {}))

    assert found["died"].to_list() == [True, False]


@pytest.mark.parametrize("wrong", [groups({}), groups({"id": "P2"}, {"id": "P1"})])
def test_groups_of_other_pages_are_refused(wrong: pl.DataFrame) -> None:
    with pytest.raises(BadFacts, match="不是同一批"):
        facts_of(pages({}, {}), wrong)


def test_two_places_at_one_time_are_refused() -> None:
    places = hospitals(
        (PAGE["hospital"], "a", "330109", "330100", None, None),
        (PAGE["hospital"], "a", "330110", "330100", dt.date(2025, 1, 1), None),
    )

    with pytest.raises(BadFacts, match="2025-04-08"):
        facts_of(pages({}), groups({}), hospitals=places)
