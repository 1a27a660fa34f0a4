"""A department of a recipient with own staff, a posted doctor and people who act for it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client

from duikou.core.models import RoleGrant, User
from duikou.core.scope import Actor, actor_for
from duikou.wings.hospitals.models import Department
from duikou.wings.hospitals.units import path_in, unit_of
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person
from duikou.wings.postings.models import Posting
from duikou.wings.rosters import actions
from duikou.wings.rosters.models import Roster, Shift
from tests.wings.posted import SINCE, a_pairing, account_of, person_of, posting_of

MONTH = dt.date(2014, 5, 1)


@dataclass
class Ward:
    """The department with its people."""

    pairing: Pairing
    department: Department
    head: Actor
    own: list[Person]
    posting: Posting
    clinic: Shift
    ward: Shift
    night: Shift

    @property
    def posted(self) -> Person:
        return self.posting.person

    def roster(self, month: dt.date = MONTH) -> Roster:
        """The month's roster, opened by the head."""
        return actions.open_roster(actor=self.head, department=self.department, month=month)

    def put(self, roster: Roster, person: Person, day: int, shift: Shift | None) -> Roster:
        """One cell by the head."""
        return actions.assign(
            actor=self.head,
            roster=roster,
            version=roster.version,
            person_id=person.pk,
            day=roster.month.replace(day=day),
            shift_id=shift.pk if shift else None,
        )


def client(user: User | Actor) -> Client:
    found = Client()
    found.force_login(user if isinstance(user, User) else User.objects.get(pk=user.user_id))
    return found


@pytest.fixture
def pairing(db: None) -> Pairing:
    return a_pairing()


@pytest.fixture
def department(pairing: Pairing) -> Department:
    return Department.objects.create(hospital=pairing.recipient, specialty="cardiology", name="演示心内科")


@pytest.fixture
def head(department: Department) -> Actor:
    user = User.objects.create(username="ward-head", display_name="科主任")
    RoleGrant.objects.create(user=user, role="department_head", org=unit_of(department), valid_from=SINCE)
    return actor_for(user)


@pytest.fixture
def ward(pairing: Pairing, department: Department, head: Actor) -> Ward:
    """Three own doctors and one posted from March to August 2014; the usual shifts."""
    own = [person_of(pairing.recipient, f"本院{name}", department=department) for name in "甲乙丙"]
    posting = posting_of(
        pairing,
        "派驻甲",
        host_department=department,
        host_path=path_in(pairing.recipient, department),
    )
    actions.begin(actor=head, department=department)
    shifts = {one.kind: one for one in Shift.objects.filter(department=department)}
    return Ward(pairing, department, head, own, posting, shifts["outpatient"], shifts["ward"], shifts["duty"])


@pytest.fixture
def account() -> Callable[[Person], Actor]:
    """The person's own account."""

    def of(person: Person) -> Actor:
        known = User.objects.filter(person=person).first()
        return actor_for(known or account_of(person))

    return of
