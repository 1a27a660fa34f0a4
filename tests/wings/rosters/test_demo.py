"""Invented rosters: lawful, marked, removed without trace."""

from __future__ import annotations

import pytest

from duikou.core.errors import Conflict
from duikou.wings.people.models import Person
from duikou.wings.postings import demo as postings_demo
from duikou.wings.rosters import demo
from duikou.wings.rosters.board import not_on_all_rosters
from duikou.wings.rosters.models import Duty, Roster, RosterRules, Shift
from duikou.wings.rosters.sheet import sheet_of

pytestmark = pytest.mark.django_db


def test_demonstration_rosters_are_lawful_and_go_without_trace() -> None:
    postings_demo.load(seed=3)
    before = Person.objects.count()
    made = demo.load(seed=3)
    assert made["rosters"] == demo.DEPARTMENTS
    assert Duty.objects.filter(posting__isnull=False).count() > 50
    short = 0
    for roster in Roster.objects.select_related("department__hospital", "hospital"):
        sheet = sheet_of(roster)
        assert sheet.hard == ()
        short += sum(one.rule == "short" for one in sheet.conflicts)
        not_on_all_rosters(sheet)
    assert short < 20  # of about 1,800 places
    with pytest.raises(Conflict):
        demo.load(seed=3)
    cleared = demo.clear()
    assert cleared == made
    assert Person.objects.count() == before
    for model in (Roster, Duty, Shift, RosterRules):
        assert not model.objects.exists()
    postings_demo.clear()
