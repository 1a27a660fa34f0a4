"""Invented training: inside the pairings, no overlap, removed without trace."""

from __future__ import annotations

import pytest

from duikou.core.errors import Conflict
from duikou.wings.people.models import Person
from duikou.wings.postings import demo as postings_demo
from duikou.wings.training import demo
from duikou.wings.training.models import LogEntry, Traineeship
from duikou.wings.training.queries.places import taken

pytestmark = pytest.mark.django_db


def test_demonstration_data_follow_the_rules_and_go_without_trace() -> None:
    postings_demo.load(seed=3)
    before = Person.objects.count()
    made = demo.load(seed=3)
    assert made["traineeships"] > 100
    for one in Traineeship.objects.select_related("pairing", "place"):
        assert one.pairing is not None
        assert one.place is not None
        assert one.pairing.start <= one.first_day <= one.last_day <= one.pairing.end
        assert taken(one.place, one.first_day, one.last_day)[1] <= one.place.places
        for rows in (one.rotations, one.absences):
            assert not rows.filter(first_day__lt=one.first_day).exists()
            assert not rows.filter(last_day__gt=one.last_day).exists()
    for entry in LogEntry.objects.select_related("traineeship"):
        assert entry.traineeship.first_day <= entry.on <= entry.traineeship.last_day
        assert not entry.traineeship.absences.filter(first_day__lte=entry.on, last_day__gte=entry.on).exists()
    assert not Traineeship.objects.filter(demonstration=False).exists()
    with pytest.raises(Conflict):
        demo.load(seed=3)
    assert demo.clear() == made
    assert Person.objects.count() == before
    assert not Traineeship.objects.exists()
