"""The two hospitals of a real pairing, a stranger, and the people who act for them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from duikou.core.models import RoleGrant, User
from duikou.core.scope import Actor, actor_for
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.hospitals.units import unit_of
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person
from duikou.wings.training import actions
from duikou.wings.training.models import LogEntry, Place, Traineeship, TutorTeam
from tests.wings.posted import FIRST, LAST, SINCE, a_pairing, account_of, person_of

MARCH, APRIL, JUNE = FIRST, dt.date(2014, 4, 1), dt.date(2014, 6, 1)


def user_at(hospital: Hospital, role: str) -> User:
    """An account with a role at a hospital."""
    user, made = User.objects.get_or_create(username=f"{role}-{hospital.pk}", defaults={"display_name": role})
    if made:
        RoleGrant.objects.create(user=user, role=role, org=hospital.org, valid_from=SINCE)
    return user


class Scene:
    """Liaisons and presidents of both hospitals, with short forms of the acts."""

    def __init__(self) -> None:
        self.pairing: Pairing = a_pairing()
        self.supporter, self.recipient = self.pairing.supporter, self.pairing.recipient
        self.home = self.at(self.recipient, "hospital_liaison")
        self.host = self.at(self.supporter, "hospital_liaison")
        self.head = self.at(self.supporter, "hospital_president")

    def at(self, hospital: Hospital, role: str) -> Actor:
        return actor_for(user_at(hospital, role))

    def person(self, name: str = "甲", hospital: Hospital | None = None, **values: Any) -> Person:
        return person_of(hospital or self.recipient, name, specialty="cardiology", **values)

    def stranger(self) -> Hospital:
        """A recipient that the supporter does not support."""
        mine = Pairing.objects.filter(supporter=self.supporter).values("recipient")
        other = Pairing.objects.exclude(recipient__in=mine).select_related("recipient__org").first()
        assert other is not None
        return other.recipient

    def ward(self, name: str = "演示心内科") -> tuple[Department, Actor]:
        """A department of the supporter, and its head."""
        department = Department.objects.create(hospital=self.supporter, specialty="cardiology", name=name)
        user = User.objects.create(username=f"head-{department.pk}")
        RoleGrant.objects.create(user=user, role="department_head", org=unit_of(department), valid_from=SINCE)
        return department, actor_for(user)

    def place(self, **more: Any) -> Place:
        values = {
            "specialty": "cardiology",
            "first_day": FIRST,
            "last_day": LAST,
            "places": 1,
            **more,
        }
        return actions.offer(actor=values.pop("actor", self.host), supporter=self.supporter, **values)

    def apply(self, person: Person | None = None, **more: Any) -> Traineeship:
        values = {"planned_from": FIRST, "planned_to": LAST, "pairing": self.pairing, **more}
        return actions.apply(actor=values.pop("actor", self.home), person=person or self.person(), **values)

    def accepted(self, person: Person | None = None, **more: Any) -> Traineeship:
        return actions.accept(actor=self.head, traineeship=self.apply(person, **more))

    def studying(self, person: Person | None = None, **more: Any) -> Traineeship:
        one = self.accepted(person, **more)
        return actions.arrive(actor=self.host, stay=one, on=one.planned_from)

    def ended(self, person: Person | None = None, **more: Any) -> Traineeship:
        one = self.studying(person, **more)
        return actions.end(actor=self.host, stay=one, on=one.planned_to)

    def team(self, **more: Any) -> TutorTeam:
        values = {
            "pairing": self.pairing,
            "specialty": "cardiology",
            "leader": self.person("师甲", self.supporter),
            "tutors": [self.person("师乙", self.supporter)],
            "on": FIRST,
            **more,
        }
        return actions.form_team(actor=values.pop("actor", self.host), **values)

    def book(self) -> tuple[Traineeship, Actor]:
        """A trainee with an account, in training."""
        person = self.person()
        account = account_of(person)
        return self.studying(person), actor_for(account)

    def entry(self, one: Traineeship, actor: Actor, **more: Any) -> LogEntry:
        values = {"on": APRIL, "kind": "round", "number": 2, **more}
        return actions.write_entry(actor=actor, traineeship=one, **values)


@pytest.fixture
def scene(db: None) -> Scene:
    return Scene()
