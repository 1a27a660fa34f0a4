"""The packaged register: every hospital once, in the right place of the tree, safe to load again."""

from __future__ import annotations

import csv
import datetime as dt
from importlib import resources

import pytest

from duikou.core.models import AuditEvent
from duikou.wings.hospitals import loading
from duikou.wings.hospitals.models import Hospital, HospitalLevel, HospitalName, HospitalPlace, Mark
from duikou.wings.places.models import Division

pytestmark = pytest.mark.django_db
ANNEX = resources.files("duikou.wings.pairings").joinpath("data", "zhejiang_2014_annex.csv")


def test_every_hospital_of_the_annexes_is_registered_once() -> None:
    assert Hospital.objects.count() == 218
    assert Hospital.objects.filter(tier=Hospital.Tier.PROVINCIAL).count() == 18
    assert Hospital.objects.filter(tier=Hospital.Tier.MUNICIPAL).count() == 49
    assert HospitalName.objects.filter(kind=HospitalName.Kind.OFFICIAL, valid_to=None).count() == 218
    assert Hospital.history.count() == 218


def test_loading_again_changes_nothing() -> None:
    events = AuditEvent.objects.count()
    assert loading.load_register() == 0
    assert AuditEvent.objects.count() == events
    assert Hospital.objects.count() == 218


def test_a_changed_entry_is_not_overwritten() -> None:
    Hospital.objects.filter(key="zj-001").update(note="由用户填写")
    assert loading.load_register() == 0
    assert Hospital.objects.get(key="zj-001").note == "由用户填写"


@pytest.mark.parametrize(
    ("name", "keeper"),
    [
        ("浙江医院", "浙江省"),  # provincial, lies in 西湖区
        ("中国人民解放军第一一七医院", "浙江省"),  # military
        ("杭州市第一人民医院", "杭州市"),  # municipal
        ("浙江衢化医院", "衢州市"),  # enterprise, but in the city's table
        ("绍兴市上虞区人民医院", "上虞区"),  # county level
    ],
)
def test_an_entry_is_kept_by_the_authority_of_its_tier(name: str, keeper: str) -> None:
    hospital = Hospital.objects.select_related("org__parent").get(name=name)
    assert hospital.org.parent.name == keeper
    assert hospital.scope_path == hospital.org.path
    assert hospital.org.path.startswith(hospital.org.parent.path)


def test_an_entry_survives_the_change_of_its_district() -> None:
    hospital = Hospital.objects.get(name="浙江大学医学院附属邵逸夫医院")  # 江干区 until 2021, 上城区 since
    stations = [
        (place.division.name, place.valid_from, place.valid_to)
        for place in hospital.places.select_related("division")
    ]
    assert stations == [
        ("江干区", None, dt.date(2021, 3, 1)),
        ("上城区", dt.date(2021, 3, 1), None),
    ]
    assert (hospital.division.name, hospital.division.valid_to) == ("上城区", None)


def test_places_reach_back_behind_the_round() -> None:
    hospital = Hospital.objects.get(name="绍兴市上虞区人民医院")
    before = hospital.places.get(HospitalPlace.on(dt.date(2013, 10, 17)))
    after = hospital.places.get(HospitalPlace.on(dt.date(2013, 10, 18)))
    assert (before.division.name, after.division.name) == ("上虞市", "上虞区")
    names = {n.kind: (n.name, n.valid_from, n.valid_to) for n in hospital.names.all()}
    assert names["old"] == ("上虞市人民医院", None, dt.date(2013, 10, 18))
    assert names["official"] == ("绍兴市上虞区人民医院", dt.date(2013, 10, 18), None)


@pytest.mark.parametrize(
    "day", [dt.date(2014, 3, 1), dt.date(2016, 12, 31), dt.date(2021, 3, 1), dt.date(2026, 1, 1)]
)
def test_each_hospital_lies_in_one_existing_unit_on_any_day(day: dt.date) -> None:
    places = HospitalPlace.objects.filter(HospitalPlace.on(day)).values_list("hospital_id", "division_id")
    assert len(places) == len(dict(places)) == 218
    existing = set(Division.objects.on(day).values_list("pk", flat=True))
    assert {division for _hospital, division in places} <= existing


def test_every_grade_is_marked_as_to_be_confirmed() -> None:
    assert set(HospitalLevel.objects.values_list("mark", flat=True)) == {Mark.RECALLED}
    assert HospitalLevel.objects.count() == Hospital.objects.exclude(level="").count()


def test_a_row_that_names_an_unknown_county_is_refused_with_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {**loading._read("hospitals.csv")[0], "key": "zj-999", "unit_code_2014": "339999"}
    monkeypatch.setattr(loading, "_read", lambda name: [row] if name == "hospitals.csv" else [])
    with pytest.raises(ValueError, match=r"zj-999.*339999"):
        loading.load_register()
    assert not Hospital.objects.filter(key="zj-999").exists()


def test_a_row_without_a_way_from_then_to_now_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {**loading._read("hospitals.csv")[0], "key": "zj-999", "unit_code_today": "330726"}
    monkeypatch.setattr(loading, "_read", lambda name: [row] if name == "hospitals.csv" else [])
    with pytest.raises(ValueError, match="no change leads from 330106 to 330726"):
        loading.load_register()


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("浙江医院", Mark.SEED),  # printed so
        ("浙江省人民医院", Mark.RECALLED),  # printed 省人民医院
        ("建德市第一人民医院", Mark.RECALLED),  # misprinted
        ("温州市龙湾区人民医院", Mark.INFERRED),  # printed without its city
    ],
)
def test_how_an_official_name_is_known_is_told_of_the_name_itself(name: str, mark: str) -> None:
    assert HospitalName.objects.get(name=name, kind="official").mark == mark


def test_the_names_read_in_the_annexes_are_those_printed_there() -> None:
    printed = {
        cell
        for row in csv.DictReader(ANNEX.read_text("utf-8").splitlines())
        for cell in (row["supporter"], row["recipient"])
    }
    read = set(HospitalName.objects.filter(kind="official", mark=Mark.SEED).values_list("name", flat=True))
    assert read == printed & set(Hospital.objects.values_list("name", flat=True))
    assert len(read) == 177
