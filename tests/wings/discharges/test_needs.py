"""What front pages tell the plans: the same list as on the county's own dashboard, within one's area."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from duikou.core.scope import SYSTEM
from duikou.wings.discharges import demo, reference
from duikou.wings.discharges.figures import Reader
from duikou.wings.discharges.needs import county_needs
from duikou.wings.discharges.queries import boards
from duikou.wings.discharges.queries.scope import Area
from duikou.wings.hospitals.models import Hospital
from duikou.wings.plans.sources import needs_of

pytestmark = pytest.mark.django_db


def test_without_front_pages_nothing_is_told(hospital: Hospital) -> None:
    assert county_needs(SYSTEM, hospital.division.code, 5, 3) is None


def test_the_list_of_the_county_s_dashboard(
    monkeypatch: pytest.MonkeyPatch, hospital: Hospital, actor: Callable[..., Any]
) -> None:
    monkeypatch.setattr(demo, "YEARS", 1)
    demo.load(records=6000)
    county = hospital.division.code
    own = actor("hospital_president", hospital.name)
    needs = needs_of(own, county, 5, 3)  # through the door that the plans use
    assert needs is not None
    with Reader() as reader:
        board = boards.county_board(reader, Area(SYSTEM), county)
    _figure, listed = board.needs
    assert [(one.code, one.cases) for one in needs.diseases] == [
        (row["disease"], row["numerator"]) for row in listed
    ]
    assert [one.rank for one in needs.diseases] == list(range(1, len(listed) + 1))
    assert all(one.name.zh and one.name.en for one in needs.diseases)
    expected = reference.specialties().departments([row["disease"] for row in listed])
    assert [one.specialty for one in needs.departments] == [one.specialty.id for one in expected]
    assert needs.demonstration
    fewer = needs_of(own, county, 4, 3)  # the nation's number
    assert fewer is not None
    assert fewer.diseases == needs.diseases[:4]
    other = Hospital.objects.filter(tier="county").exclude(division=hospital.division)[0]
    elsewhere = actor("hospital_president", other.name)
    assert needs_of(elsewhere, county, 5, 3) is None
