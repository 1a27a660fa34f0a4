"""Demonstration consultations: marked, the same for a seed, counted, gone without a trace."""

from __future__ import annotations

import pytest

from duikou.core.errors import Conflict
from duikou.wings.patients import demo as patients
from duikou.wings.people.models import Person
from duikou.wings.rooms.models import Room
from duikou.wings.telehealth import demo
from duikou.wings.telehealth.models import Consultation, Expert, Opinion, Rating, Seat
from tests.wings.telehealth.conftest import Tele


def test_invented_consultations_come_and_go(tele: Tele) -> None:
    for number in range(3):
        Person.objects.create(
            hospital=tele.other, name=f"演示专家{number}", title="主任医师", specialty="cardiology",
            demonstration=True,
        )  # fmt: skip
    patients.load(seed=5)
    real = tele.acknowledged()
    made = demo.load(seed=5)
    assert made["consultations"] > 50
    with pytest.raises(Conflict):
        demo.load(seed=5)
    rows = Consultation.objects.filter(demonstration=True)
    assert rows.filter(state="closed").exists() or rows.filter(state="sent").exists()
    assert not rows.filter(state__in=Consultation.COUNTED, opinions=None).exists()
    closed, opened = Room.objects.filter(demonstration=True).order_by("state")
    assert (closed.state, opened.state) == ("closed", "open")
    assert set(closed.members.values_list("label", flat=True)) == {tele.home.name, tele.other.name}
    assert [stay.left_at for stay in closed.presences.all()] == [closed.closed_at] * 2
    demo.clear()
    assert not Room.objects.exists()
    assert list(Consultation.objects.all()) == [real]
    assert Opinion.objects.count() == Seat.objects.count() == Expert.objects.count() == 1
    assert not Rating.objects.exists()
    patients.clear()
