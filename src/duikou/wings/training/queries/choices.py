"""What the forms of training let one choose, and single rows for programs: all within the actor's reach."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from duikou.core.scope import Actor, within
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person
from duikou.wings.training.models import Traineeship, TutorTeam

EDIT = "training.edit"


def _mine(actor: Actor, field: str) -> Q:
    """At a place for which the actor itself arranges training."""
    return within(actor.paths(EDIT), (field,))


def own_hospitals(actor: Actor) -> QuerySet[Hospital]:
    """Hospitals for which the actor arranges training."""
    return Hospital.objects.filter(_mine(actor, "scope_path")).order_by("name")


def own_pairings(actor: Actor, side: str) -> QuerySet[Pairing]:
    """Pairings of such a hospital; `side`: supporter_path or recipient_path."""
    rows = Pairing.objects.filter(_mine(actor, side)).select_related("supporter", "recipient")
    return rows.order_by("position")


def open_departments(hospitals: Iterable[Hospital | int]) -> QuerySet[Department]:
    """Departments in being of some hospitals."""
    rows = Department.objects.filter(closed_on=None, hospital__in=hospitals)
    return rows.select_related("hospital__org").order_by("hospital", "name")


def present_persons(hospitals: Iterable[Hospital | int]) -> QuerySet[Person]:
    """Who works at some hospitals."""
    return Person.objects.filter(hospital__in=hospitals, left_on=None).order_by("hospital", "name")


def open_teams(one: Traineeship) -> QuerySet[TutorTeam]:
    """Tutor teams that could take a trainee."""
    return TutorTeam.objects.filter(pairing=one.pairing_id, ended_on=None).select_related("leader")


def hospital(actor: Actor, pk: int) -> Hospital | None:
    """A hospital for which the actor arranges training."""
    found = Hospital.objects.visible_to(actor, EDIT).filter(pk=pk).first()
    return found if isinstance(found, Hospital) else None


def person(actor: Actor, pk: int) -> Person | None:
    """A person of such a hospital."""
    rows = Person.objects.visible_to(actor, EDIT).select_related("hospital", "department")
    found = rows.filter(pk=pk).first()
    return found if isinstance(found, Person) else None


def pairing(actor: Actor, pk: int) -> Pairing | None:
    """A pairing of such a hospital."""
    rows = Pairing.objects.visible_to(actor, EDIT).select_related("supporter", "recipient")
    found = rows.filter(pk=pk).first()
    return found if isinstance(found, Pairing) else None


def department(hospital: int, pk: int) -> Department | None:
    """A department of one hospital."""
    return Department.objects.filter(hospital=hospital, pk=pk).select_related("hospital__org").first()
