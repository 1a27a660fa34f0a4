"""The recorded events lead from the list of 2014-01-01 to today's list, unit by unit."""

from __future__ import annotations

import datetime as dt

import pytest

from duikou.wings.places.replay import KINDS, RECORDED_SINCE, History, history, table

TODAY = dt.date(2026, 9, 1)


@pytest.fixture(scope="module")
def past() -> History:
    return history()


def listed(name: str) -> list[tuple[str, str, str]]:
    return sorted((row["code"], row["name"], KINDS[row["kind"]]) for row in table(name))


@pytest.mark.parametrize(
    ("day", "name"),
    [(dt.date(2014, 1, 1), "divisions_2014.csv"), (TODAY, "divisions_today.csv")],
)
def test_replay_gives_exactly_the_printed_list(past: History, day: dt.date, name: str) -> None:
    assert [(s.code, s.name, s.kind) for s in past.on(day)] == listed(name)
    assert len(past.on(day)) == 90


# day, districts, county-level cities, counties, autonomous counties
COUNTS = [
    (dt.date(2013, 1, 1), 32, 22, 35, 1),
    (dt.date(2013, 10, 17), 32, 22, 35, 1),
    (dt.date(2013, 10, 18), 34, 21, 34, 1),
    (dt.date(2014, 3, 1), 34, 21, 34, 1),
    (dt.date(2014, 12, 13), 35, 20, 34, 1),
    (dt.date(2015, 7, 23), 36, 20, 33, 1),
    (dt.date(2016, 9, 14), 36, 19, 33, 1),
    (dt.date(2017, 4, 9), 36, 20, 32, 1),
    (dt.date(2017, 7, 18), 37, 19, 32, 1),
    (dt.date(2019, 8, 16), 37, 20, 32, 1),
    (dt.date(2021, 3, 1), 37, 20, 32, 1),
    (TODAY, 37, 20, 32, 1),
]


@pytest.mark.parametrize(("day", "district", "county_city", "county", "autonomous_county"), COUNTS)
def test_counts_by_kind(
    past: History, day: dt.date, district: int, county_city: int, county: int, autonomous_county: int
) -> None:
    kinds = [s.kind for s in past.on(day)]
    assert (district, county_city, county, autonomous_county) == tuple(
        kinds.count(kind) for kind in ("district", "county_city", "county", "autonomous_county")
    )


def test_codes_reused_by_another_unit_are_two_stretches(past: History) -> None:
    for code in ("330102", "330105", "330110"):
        first, second = sorted((s for s in past.stretches if s.code == code), key=lambda s: s.valid_from)
        assert first.valid_to == second.valid_from == dt.date(2021, 3, 1)
        assert first.authority == second.authority


def test_units_no_event_created_are_only_known_to_exist_at_the_latest_since(past: History) -> None:
    for stretch in past.stretches:
        assert stretch.since_known == (stretch.valid_from > RECORDED_SINCE)


def test_successors_listed_in_the_tables_agree_with_the_links(past: History) -> None:
    """`codes_today` of the 2014 table, followed link by link."""
    for row in table("divisions_2014.csv"):
        front = {s.key: s for s in past.on(dt.date(2014, 1, 1)) if s.code == row["code"]}
        ends: set[str] = set()
        while front:
            _, stretch = front.popitem()
            if stretch.on(TODAY):
                ends.add(stretch.code)
            for link in past.links:
                if link.predecessor is stretch and link.event.effective_on > dt.date(2014, 1, 1):
                    front[link.successor.key] = link.successor
        assert ends >= set(row["codes_today"].split(";")), row["name"]


def test_every_authority_keeps_its_line(past: History) -> None:
    """One organisation per line: renamed units go on, merged and split ones have their own."""
    lines: dict[str, list[str]] = {}
    for stretch in sorted(past.stretches, key=lambda s: s.valid_from):
        lines.setdefault(stretch.authority, []).append(stretch.name)
    assert lines["330621"] == ["绍兴县", "柯桥区"]
    assert lines["330682"] == ["上虞市", "上虞区"]
    assert lines["330183"] == ["富阳市", "富阳区"]
    assert lines["331021"] == ["玉环县", "玉环市"]
    assert lines["330204"] == ["江东区"]
    assert lines["330113"] == ["临平区"]
    assert lines["330110"] == ["余杭区", "余杭区"]
    assert len(lines) == 93
