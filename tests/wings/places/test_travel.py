"""Travel matrices: reading, refusing, storing, and which value wins."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duikou.core.errors import Denied, Invalid, Missing
from duikou.core.models import AuditEvent
from duikou.core.scope import SYSTEM
from duikou.wings.places import actions, points
from duikou.wings.places.distance import Place
from duikou.wings.places.matrix import MatrixReading, read_matrix
from duikou.wings.places.models import Division, TravelTime
from duikou.wings.places.travel import division_place, legs

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 1, 1)
HEADER = "origin,destination,km,minutes,source,as_of,kind\n"
ROW = "330522,331023,310.5,250,省交通运输厅,2015-01-01,matrix\n"


def read(text: str, encoding: str = "utf-8") -> MatrixReading:
    return read_matrix(text.encode(encoding), points.unknown_points, TODAY)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings(encoding: str) -> None:
    (row,) = read(HEADER + ROW, encoding).rows
    assert (row.origin, row.destination, row.km, row.minutes) == (
        "division:330522", "division:331023", 310.5, 250,
    )  # fmt: skip
    assert (row.source, row.kind, row.mode) == ("省交通运输厅", "matrix", "road")


def test_chinese_headings_in_any_order_and_empty_lines() -> None:
    text = "依据,日期,来源,终点,起点,公里\n实测,2015-01-01,里程表,division:331023,330522,300\n\n,,,,,\n"
    (row,) = read(text).rows
    assert (row.kind, row.km, row.minutes, row.origin) == ("measured", 300, None, "division:330522")


# row, column named, words
WRONG = [
    ("33052,331023,1,1,s,2015-01-01,matrix", "origin", "六位区划代码"),
    ("330522,天台县,1,1,s,2015-01-01,matrix", "destination", "六位区划代码"),
    ("330522,330522,1,1,s,2015-01-01,matrix", "destination", "不同的终点"),
    ("330522,999999,1,1,s,2015-01-01,matrix", "destination", "已登记"),
    ("330522,331023,,1,s,2015-01-01,matrix", "km", "公里数"),
    ("330522,331023,-1,1,s,2015-01-01,matrix", "km", "公里数"),
    ("330522,331023,nan,1,s,2015-01-01,matrix", "km", "公里数"),
    ("330522,331023,310000,1,s,2015-01-01,matrix", "km", "公里数"),
    ("330522,331023,1,soon,s,2015-01-01,matrix", "minutes", "分钟数"),
    ("330522,331023,1,1,,2015-01-01,matrix", "source", "来源"),
    ("330522,331023,1,1,s,2015-1-1,matrix", "as_of", "2014-03-01"),
    ("330522,331023,1,1,s,2027-01-01,matrix", "as_of", "不晚于今天"),
    ("330522,331023,1,1,s,2015-01-01,guess", "kind", "measured"),
    ("330522", "destination", "六位区划代码"),
]


@pytest.mark.parametrize(("row", "column", "words"), WRONG)
def test_row_errors_name_line_column_and_expectation(row: str, column: str, words: str) -> None:
    reading = read(HEADER + ROW + row + "\n")
    issue = next(i for i in reading.issues if i.column == column)
    assert issue.line == 3
    assert words in issue.expected
    assert issue.found


def test_a_pair_twice_is_refused_with_the_first_line() -> None:
    (issue,) = read(HEADER + ROW + ROW).issues
    assert (issue.line, "第 2 行" in issue.expected) == (3, True)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "一行列名"),
        (HEADER.encode(), "一行列名"),
        (b"\x00\x01\x02", "UTF-8"),
        (b"\x81", "UTF-8"),
        (b'origin,"destination\n', "引号成对"),
        (b"a,b\n1,2\n", "列名"),
        (b" " * (10 * 1024 * 1024 + 1), "10 MB"),
    ],
)
def test_files_that_are_no_matrix(content: bytes, words: str) -> None:
    reading = read_matrix(content, points.unknown_points, TODAY)
    assert reading.rows == ()
    assert words in reading.issues[0].expected


def test_nothing_is_stored_when_one_row_is_wrong() -> None:
    reading = read(HEADER + ROW + "330522,999999,1,1,s,2015-01-01,matrix\n")
    with pytest.raises(Invalid, match="1 处问题"):
        actions.import_travel_matrix(actor=SYSTEM, reading=reading)
    assert not TravelTime.objects.exists()


def test_import_is_one_audit_event_and_replaces_on_repetition() -> None:
    assert actions.import_travel_matrix(actor=SYSTEM, reading=read(HEADER + ROW)) == (1, 0)
    again = read(HEADER + ROW.replace("310.5", "311"))
    assert actions.import_travel_matrix(actor=SYSTEM, reading=again) == (0, 1)
    assert TravelTime.objects.get().km == 311
    assert AuditEvent.objects.filter(action="places.import_travel").count() == 2


def test_only_the_province_may_import(actor: Callable) -> None:
    reading = read(HEADER + ROW)
    for role, org in (("city_officer", "湖州市"), ("inspector", "浙江省"), (None, None)):
        with pytest.raises(Denied):
            actions.import_travel_matrix(actor=actor(role, org), reading=reading)
    assert actions.import_travel_matrix(actor=actor("provincial_officer", "浙江省"), reading=reading) == (
        1,
        0,
    )


def test_a_citys_administrator_may_not_replace_the_provinces_matrix(actor: Callable) -> None:
    with pytest.raises(Denied):
        actions.import_travel_matrix(actor=actor("system_admin", "湖州市"), reading=read(HEADER + ROW))


def test_removing_a_source_needs_a_reason_and_something_to_remove() -> None:
    actions.import_travel_matrix(actor=SYSTEM, reading=read(HEADER + ROW))
    with pytest.raises(Invalid):
        actions.remove_travel_source(actor=SYSTEM, source="省交通运输厅", reason=" ")
    with pytest.raises(Missing):
        actions.remove_travel_source(actor=SYSTEM, source="无", reason="测试")
    assert actions.remove_travel_source(actor=SYSTEM, source="省交通运输厅", reason="已过时") == 1


def seat(name: str, *keys: str) -> Place:
    division = Division.objects.select_related("parent").get(name=name)
    place = division_place(division, dt.date(2014, 3, 1))
    return Place((*keys, *place.keys), place.lon, place.lat, place.unit_code, place.city_code, place.ferry)


def store(origin: str, destination: str, km: float, kind: str) -> None:
    TravelTime.objects.create(
        origin=origin, destination=destination, km=km, minutes=km, kind=kind, source="s", as_of=TODAY
    )


def test_best_kind_wins() -> None:
    a, b = seat("长兴县"), seat("天台县")
    assert legs([(a, b)])[0].kind == "estimate"
    assert legs([(a, b)])[0].factor == 1.3
    store("division:330522", "division:331023", 300, "estimate")
    assert (legs([(a, b)])[0].km, legs([(a, b)])[0].source) == (300, "s")
    store("division:330522", "division:331023", 310, "matrix")
    assert legs([(a, b)])[0].km == 310
    store("division:330522", "division:331023", 311, "measured")
    leg = legs([(a, b)])[0]
    assert (leg.kind, leg.km, leg.as_of) == ("measured", 311, TODAY)


def test_the_opposite_direction_counts_when_there_is_none_for_this_one() -> None:
    store("division:331023", "division:330522", 310, "matrix")
    assert legs([(seat("长兴县"), seat("天台县"))])[0].km == 310


def test_hospital_values_go_before_values_between_seats() -> None:
    a, b = seat("长兴县", "hospital:a"), seat("天台县", "hospital:b")
    store("division:330522", "division:331023", 310, "measured")
    leg = legs([(a, b)])[0]
    assert (leg.km, leg.by_seat) == (310, True)
    store("hospital:a", "hospital:b", 305, "matrix")
    leg = legs([(a, b)])[0]
    assert (leg.km, leg.by_seat) == (305, False)


def test_ferry_by_day() -> None:
    hangzhou = seat("西湖区")
    leg = legs([(hangzhou, seat("岱山县"))])[0]
    assert (leg.ferry, leg.minutes) == (True, None)
    daishan = Division.objects.select_related("parent").get(name="岱山县")
    leg = legs([(hangzhou, division_place(daishan, TODAY))])[0]
    assert leg.minutes is not None


def test_many_pairs_cost_one_query() -> None:
    places = [division_place(d, TODAY) for d in Division.objects.on(TODAY).select_related("parent")]
    pairs = [(a, b) for a in places for b in places]
    with CaptureQueriesContext(connection) as captured:
        found = legs(pairs)
    assert len(found) == len(pairs) > 9000
    assert len(captured) == 1


def test_places_of_unregistered_kinds_are_checked_by_form_only() -> None:
    assert points.read_point(" 330522 ") == "division:330522"
    assert points.read_point("hospital:zj-people") == "hospital:zj-people"
    assert points.read_point("school:1") is None
    assert points.read_point("hospital:") is None
