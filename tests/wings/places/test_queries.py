"""Questions about divisions by day, name, history and grid."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duikou.engines.pairing.model import UnitKind
from duikou.wings.places import queries
from duikou.wings.places.models import Division

pytestmark = pytest.mark.django_db

ROUND = dt.date(2014, 3, 1)
TODAY = dt.date(2026, 9, 1)


def test_counts_of_the_round() -> None:
    assert queries.counts_by_kind(ROUND) == {
        "district": 34,
        "county_city": 21,
        "county": 34,
        "autonomous_county": 1,
    }


def test_units_as_the_audit_takes_them() -> None:
    units = {u.name: u for u in queries.units_on(ROUND)}
    assert len(units) == 90
    assert units["长兴县"].kind is UnitKind.COUNTY
    assert (units["长兴县"].city, units["长兴县"].city_code) == ("湖州市", "330500")
    assert "上虞市" not in units
    assert "上虞市" in {u.name for u in queries.units_on(dt.date(2013, 1, 1))}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"city": "330900"}, ["定海区", "普陀区", "岱山县", "嵊泗县"]),
        ({"kind": "autonomous_county"}, ["景宁畲族自治县"]),
        ({"text": "长兴"}, ["长兴县"]),
        ({"text": "changxing"}, ["长兴县"]),
        ({"text": "Changxing Xian"}, ["长兴县"]),
        ({"text": "tiantai county"}, ["天台县"]),
        ({"text": "无此地"}, []),
    ],
)
def test_filters(filters: dict[str, str], expected: list[str]) -> None:
    assert [d.name for d in queries.divisions_on(ROUND, **filters)] == expected


# name, day → names found, how
NAMES = [
    ("长兴县", ROUND, ["长兴县"], "current"),
    ("湖州市", ROUND, ["湖州市"], "current"),
    ("上虞市", ROUND, ["上虞区"], "former"),
    ("上虞市", dt.date(2013, 10, 17), ["上虞市"], "current"),
    ("上虞区", dt.date(2013, 1, 1), ["上虞市"], "later"),
    ("绍兴县", ROUND, ["柯桥区"], "former"),
    ("江东区", TODAY, ["鄞州区"], "former"),
    ("下城区", TODAY, ["拱墅区"], "former"),
    ("江干区", TODAY, ["上城区", "钱塘区"], "former"),
    ("钱塘区", ROUND, ["江干区", "萧山区"], "later"),
    ("富阳市", TODAY, ["富阳区"], "former"),
    ("景宁县", ROUND, ["景宁畲族自治县"], "short"),
    ("景宁", ROUND, ["景宁畲族自治县"], "short"),
    ("长兴", ROUND, ["长兴县"], "short"),
    ("浙江省湖州市长兴县", ROUND, ["长兴县"], "current"),
    ("绍兴市上虞市", ROUND, ["上虞区"], "former"),
    ("长兴市", ROUND, [], None),
    ("无此县", ROUND, [], None),
    ("", ROUND, [], None),
]


@pytest.mark.parametrize(("name", "day", "expected", "how"), NAMES)
def test_find_division_by_name_at_a_date(
    name: str, day: dt.date, expected: list[str], how: str | None
) -> None:
    found = queries.find_division(name, day)
    assert [m.division.name for m in found] == expected
    assert {m.how for m in found} == ({how} if how else set())


def test_names_that_had_gone_by_the_round() -> None:
    found = {a.name: a for a in queries.division_aliases(ROUND)}
    assert set(found) == {"上虞市", "绍兴县"}
    assert found["上虞市"].unit_code == "330604"
    assert found["上虞市"].valid_to == dt.date(2013, 10, 18)


def test_what_a_unit_became() -> None:
    longwan = Division.objects.get(name="龙湾区")
    found = {(b.division.name, b.extent) for b in queries.became(longwan, ROUND, TODAY)}
    assert found == {("龙湾区", "part"), ("洞头区", "part")}


def test_eighty_shapes_of_the_round_follow_from_todays() -> None:
    assert len(queries.shapes_follow(ROUND, TODAY)) == 80


def test_history_of_a_unit() -> None:
    found = queries.history_of(Division.objects.get(name="上虞区"))
    assert [s.name for s in found.stretches] == ["上虞市", "上虞区"]
    assert [link.change.key for link in found.links] == ["2013-shaoxing"]
    yuhang = queries.history_of(Division.objects.filter(name="余杭区").latest("valid_from"))
    assert len(yuhang.stretches) == 2
    assert {link.successor.name for link in yuhang.links} == {"余杭区", "临平区"}


def test_changes_list() -> None:
    found = queries.changes()
    assert len(found) == 8
    assert found[0].key == "2021-hangzhou"
    assert [c.key for c in queries.changes("富阳")] == ["2014-fuyang"]


@pytest.mark.parametrize(
    ("day", "edition", "tiles", "missing"),
    [
        (ROUND, "2014", 90, []),
        (dt.date(2013, 1, 1), "2014", 90, []),
        (dt.date(2015, 1, 1), "2014", 90, []),
        (dt.date(2020, 1, 1), "2014", 89, ["龙港市"]),
        (TODAY, "today", 90, []),
    ],
)
def test_tile_grid_of_a_day(day: dt.date, edition: str, tiles: int, missing: list[str]) -> None:
    grid = queries.tile_grid(day)
    assert (grid.edition, len(grid.tiles)) == (edition, tiles)
    assert [d.name for d in grid.missing] == missing
    assert len({(t.col, t.row) for t in grid.tiles}) == tiles
    assert all(t.col < grid.columns and t.row < grid.rows for t in grid.tiles)


def test_squares_belong_to_authorities() -> None:
    names = {t.division.name for t in queries.tile_grid(dt.date(2013, 1, 1)).tiles}
    assert {"绍兴县", "上虞市"} <= names
    assert "柯桥区" not in names


def test_number_of_queries() -> None:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        queries.tile_grid(ROUND)
        queries.units_on(ROUND)
        queries.counts_by_kind(ROUND)
        queries.bridges(ROUND, TODAY)
    assert len(captured) == 6


@pytest.mark.parametrize(("units", "across"), [(1, 10), (25, 10), (100, 10), (101, 12), (322, 12)])
def test_squares_in_rows(units: int, across: int) -> None:
    tiles = queries.in_rows([Division(code=f"{number:06d}") for number in range(units)])
    assert [(t.row, t.col) for t in tiles] == sorted((t.row, t.col) for t in tiles)
    assert len({(t.row, t.col) for t in tiles}) == units
    assert max(t.col for t in tiles) + 1 == min(units, across)


def test_names_of_a_day() -> None:
    names = queries.named_on(ROUND, ["330100", "330183", "000000"])
    assert {code: division.name for code, division in names.items()} == {
        "330100": "杭州市",
        "330183": "富阳市",
    }
