"""Reading the register: scope, filters, names of all times, and its translation for the engine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duikou.core.errors import Missing
from duikou.core.scope import SYSTEM, Actor
from duikou.core.search.text import answers
from duikou.engines.pairing.model import Resolution
from duikou.wings.hospitals import queries
from duikou.wings.hospitals.models import Hospital, HospitalName, HospitalPartner
from duikou.wings.hospitals.queries import HospitalFilter

pytestmark = pytest.mark.django_db
ROUND = dt.date(2014, 3, 1)
MakeActor = Callable[..., Actor]


def names(actor: Actor, on: dt.date | None = None, **chosen: str) -> set[str]:
    return {hospital.name for hospital in queries.hospitals(actor, HospitalFilter(**chosen), on=on)}


# ---------------------------------------------------------------- scope


def test_the_province_sees_all_and_a_city_its_own(actor: MakeActor) -> None:
    assert queries.hospitals(actor("provincial_officer", "浙江省")).count() == 218
    hangzhou = names(actor("city_officer", "杭州市"))
    assert "杭州市第一人民医院" in hangzhou
    assert "建德市第一人民医院" in hangzhou
    assert "宁波市第一医院" not in hangzhou


def test_partners_in_pairings_are_seen_by_each_other(actor: MakeActor) -> None:
    anji = actor("county_officer", "安吉县")
    supporter = Hospital.objects.get(name="浙江医院")
    HospitalPartner.objects.all().delete()
    assert "浙江医院" not in names(anji)
    own = Hospital.objects.get(name="安吉县人民医院")
    HospitalPartner.objects.create(hospital=own, partner=supporter)
    assert "浙江医院" in names(anji)


def test_a_hospital_outside_the_scope_is_missing_like_an_absent_one(actor: MakeActor) -> None:
    anji = actor("county_officer", "安吉县")
    HospitalPartner.objects.all().delete()
    outside = Hospital.objects.get(name="宁波市第一医院")
    with pytest.raises(Missing):
        queries.find_hospital(anji, outside.pk)
    with pytest.raises(Missing):
        queries.find_hospital(anji, 10**9)
    inside = Hospital.objects.get(name="安吉县人民医院")
    assert queries.find_hospital(anji, inside.pk) == inside


# ---------------------------------------------------------------- filters


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("建德市第一人医院", "建德市第一人民医院"),  # as misprinted
        ("上虞市人民医院", "绍兴市上虞区人民医院"),  # old name
        ("117", "中国人民解放军第一一七医院"),  # another writing
        ("浙大一院", "浙江大学医学院附属第一医院"),  # short
        ("玉环市", "玉环县人民医院"),  # later name
        ("　浙江　同德", "浙江省立同德医院"),  # parts of one name
        ("anjixianrenmin", "安吉县人民医院"),  # pinyin
        ("AJXRMYY", "安吉县人民医院"),  # initials
        ("zjyy", "浙江医院"),
        ("浙大 erY", "浙江大学医学院附属第二医院"),  # both at once
        ("没有这样的", None),
        ("%", None),
    ],
)
def test_a_hospital_is_found_by_any_of_its_names(text: str, found: str | None) -> None:
    hits = names(SYSTEM, text=text)
    assert found in hits if found else not hits


@pytest.mark.parametrize("question", ["anji", "ajx", "zju", "renmin", "人民医院", "rmyy", "117", "fy", "妇"])
def test_the_register_and_a_plain_look_through_find_the_same(question: str) -> None:
    known: dict[str, list[str]] = {}
    for name in HospitalName.objects.select_related("hospital"):
        known.setdefault(name.hospital.name, []).append(name.name)
    answering = {
        hospital
        for hospital, all_names in known.items()
        if any(answers(name, question) for name in all_names)
    }
    assert set(names(SYSTEM, text=question)) == answering


@pytest.mark.parametrize(
    ("chosen", "count"),
    [
        ({"kind": "tcm"}, 39),
        ({"ownership": "military"}, 1),
        ({"tier": "municipal"}, 49),
        ({"role": "supporter"}, 67),
        ({"role": "recipient"}, 151),
        ({"state": "merged"}, 0),
        ({"state": "any"}, 218),
    ],
)
def test_filters(chosen: dict[str, str], count: int) -> None:
    assert queries.hospitals(SYSTEM, HospitalFilter(**chosen)).count() == count


def test_a_county_is_understood_on_the_day_of_the_list() -> None:
    shaoyifu = "浙江大学医学院附属邵逸夫医院"
    assert shaoyifu in names(SYSTEM, county="330102")  # 上城区 of today
    assert shaoyifu in names(SYSTEM, county="330104", on=ROUND)  # 江干区 of the time
    assert shaoyifu not in names(SYSTEM, county="330102", on=ROUND)
    assert shaoyifu in names(SYSTEM, city="330100", on=ROUND)


def test_a_name_and_a_place_are_told_for_any_day() -> None:
    hospital = Hospital.objects.get(name="绍兴市上虞区人民医院")
    before = queries.on_day([hospital.pk], dt.date(2013, 10, 1))[hospital.pk]
    after = queries.on_day([hospital.pk], ROUND)[hospital.pk]
    assert (before.name, before.division.name) == ("上虞市人民医院", "上虞市")
    assert (after.name, after.division.name) == ("绍兴市上虞区人民医院", "上虞区")


@pytest.mark.parametrize("size", [10, 100])
def test_the_number_of_queries_does_not_grow_with_the_list(size: int) -> None:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        rows = list(queries.hospitals(SYSTEM)[:size])
        for row in rows:
            assert row.division.parent.name
        queries.on_day([row.pk for row in rows], ROUND)
    assert len(rows) == size
    assert len(caught) == 3


# ---------------------------------------------------------------- for the engine


def test_the_engine_sees_each_hospital_in_its_county_of_the_day() -> None:
    pk = Hospital.objects.get(name="浙江大学医学院附属邵逸夫医院").pk
    then, now = queries.engine_hospitals(ROUND)[pk], queries.engine_hospitals(dt.date(2026, 1, 1))[pk]
    assert (then.unit_code, then.city_code) == ("330104", "330100")
    assert (now.unit_code, now.city_code) == ("330102", "330100")
    assert len(queries.engine_hospitals(ROUND)) == 218


@pytest.mark.parametrize(
    ("printed", "name", "resolution"),
    [
        ("浙江医院", "浙江医院", Resolution.EXACT),
        ("建德市第一人医院", "建德市第一人民医院", Resolution.TYPO),
        ("省人民医院", "浙江省人民医院", Resolution.SHORT),
        ("上虞市人民医院", "绍兴市上虞区人民医院", Resolution.OLD),
        ("解放军117医院", "中国人民解放军第一一七医院", Resolution.SHORT),
    ],
)
def test_printed_names_resolve_on_the_day_of_the_round(
    printed: str, name: str, resolution: Resolution
) -> None:
    match = queries.register_on(ROUND).resolve(printed, ROUND)
    assert match.hospital is not None
    assert (match.hospital.name, match.resolution) == (name, resolution)


def test_the_translation_takes_a_fixed_number_of_queries() -> None:
    with CaptureQueriesContext(connection) as caught:
        queries.register_on(ROUND)
    assert len(caught) <= 12
