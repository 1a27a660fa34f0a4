"""Rules of the register as tables: who keeps an entry, and what a hospital was called on a day."""

from __future__ import annotations

import datetime as dt

import pytest

from duikou.core.models import OrgUnit
from duikou.wings.hospitals.loading import home_of
from duikou.wings.hospitals.models import HospitalName
from duikou.wings.hospitals.queries import name_on
from duikou.wings.places.models import Division

PROVINCE = Division(name="浙江省", org=OrgUnit(name="省"))
CITY = Division(name="杭州市", org=OrgUnit(name="市"), parent=PROVINCE)
COUNTY = Division(name="建德市", code="330182", org=OrgUnit(name="县"), parent=CITY)


@pytest.mark.parametrize(
    ("tier", "ownership", "keeper"),
    [
        ("provincial", "public", "省"),
        ("municipal", "public", "市"),
        ("municipal", "enterprise", "市"),
        ("county", "public", "县"),
        ("county", "private", "县"),
        ("municipal", "military", "省"),
        ("county", "police", "省"),
    ],
)
def test_who_keeps_an_entry(tier: str, ownership: str, keeper: str) -> None:
    assert home_of(tier, ownership, COUNTY).name == keeper


def test_a_place_above_the_county_keeps_nothing() -> None:
    with pytest.raises(ValueError, match="within a city"):
        home_of("county", "public", PROVINCE)


def day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


#   kind, name, from, until (excluded)
RENAMED_TWICE = [
    ("old", "甲医院", "", "2010-01-01"),
    ("old", "乙医院", "2010-01-01", "2018-06-01"),
    ("official", "丙医院", "2018-06-01", ""),
    ("old", "丁医院", "", ""),  # renamed on an unknown day: it can be found, but dates nothing
    ("full", "丙大学附属医院", "2012-01-01", ""),  # an alias is never the official name
]


@pytest.mark.parametrize(
    ("on", "name"),
    [
        ("2009-12-31", "甲医院"),
        ("2010-01-01", "乙医院"),
        ("2014-03-01", "乙医院"),
        ("2018-05-31", "乙医院"),
        ("2018-06-01", "丙医院"),
        ("2026-01-01", "丙医院"),
    ],
)
def test_what_a_hospital_was_called(on: str, name: str) -> None:
    names = [
        HospitalName(kind=kind, name=text, valid_from=day(start), valid_to=day(end))
        for kind, text, start, end in RENAMED_TWICE
    ]
    assert name_on(names, dt.date.fromisoformat(on)) == name
