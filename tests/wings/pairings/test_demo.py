"""Demonstration data: invented, marked, repeatable, removed without a trace of anything else."""

from __future__ import annotations

import pytest

from duikou.core.errors import Conflict
from duikou.core.models import AuditEvent
from duikou.wings.hospitals.models import Hospital
from duikou.wings.pairings import demo
from duikou.wings.pairings.models import Declaration, DepartmentLink, Pairing
from duikou.wings.people.models import Person

pytestmark = pytest.mark.django_db


def test_every_pairing_gets_links_with_both_heads() -> None:
    made = demo.load()
    links = DepartmentLink.objects.select_related("supporter_head", "recipient_head", "pairing")
    assert made == {
        "persons": Person.objects.count(),
        "department_links": len(links),
        "declarations": Declaration.objects.count(),
    }
    assert {link.pairing_id for link in links} == set(Pairing.objects.values_list("pk", flat=True))
    for link in links:
        assert link.supporter_head is not None
        assert link.recipient_head is not None
        assert link.supporter_head.hospital_id == link.pairing.supporter_id
        assert link.recipient_head.hospital_id == link.pairing.recipient_id
    assert all(person.demonstration and "演示" in person.name for person in Person.objects.all())


def test_the_same_seed_gives_the_same_data() -> None:
    demo.load(seed=7)
    facts = ("hospital", "year", "kind", "specialty", "amount")
    first = list(Person.objects.order_by("pk").values_list("name", "hospital"))
    declared = list(Declaration.objects.order_by("pk").values_list(*facts))
    demo.clear()
    demo.load(seed=7)
    assert list(Person.objects.order_by("pk").values_list("name", "hospital")) == first
    assert list(Declaration.objects.order_by("pk").values_list(*facts)) == declared


def test_needs_and_strengths_are_marked_and_nobody_s_own_are_touched() -> None:
    hospital = Pairing.objects.first().recipient
    own = Declaration.objects.create(
        hospital=hospital, year=2014, kind="asked", amount=7, source="院函〔2014〕1号"
    )
    demo.load()
    rows = Declaration.objects.exclude(pk=own.pk)
    assert rows.filter(demonstration=True, source__contains="演示").count() == rows.count() > 1000
    own.refresh_from_db()
    assert (own.amount, own.demonstration) == (7, False)
    demo.clear()
    assert list(Declaration.objects.all()) == [own]
    assert not Declaration.history.filter(demonstration=True).exists()


def test_it_is_not_loaded_twice() -> None:
    demo.load()
    with pytest.raises(Conflict):
        demo.load()


def test_clearing_removes_it_and_nothing_else() -> None:
    kept = Person.objects.create(hospital=Hospital.objects.all()[0], name="真实人员")
    made = demo.load()
    assert demo.clear() == made
    assert list(Person.objects.all()) == [kept]
    assert not DepartmentLink.objects.exists()
    assert not Person.history.filter(demonstration=True).exists()
    assert AuditEvent.objects.filter(action__in=("demo.loaded", "demo.cleared")).count() == 2
