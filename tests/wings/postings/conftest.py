"""The two hospitals of a real pairing with the people who act for them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from duikou.core.models import RoleGrant, User
from duikou.core.scope import Actor, actor_for
from duikou.wings.hospitals.models import Hospital
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person
from duikou.wings.postings import actions
from duikou.wings.postings.actions import Ask
from duikou.wings.postings.models import Posting, StaffRequest
from tests.wings.posted import FIRST, LAST, SINCE, a_pairing, person_of

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
        self.sender = self.at(self.supporter, "hospital_liaison")
        self.host = self.at(self.recipient, "hospital_liaison")
        self.head = self.at(self.recipient, "hospital_president")

    def at(self, hospital: Hospital, role: str) -> Actor:
        return actor_for(user_at(hospital, role))

    def person(self, name: str = "甲", **values: Any) -> Person:
        values.setdefault("registered_scope", "内科专业")
        return person_of(self.supporter, name, specialty="cardiology", **values)

    def ask(self, **more: Any) -> StaffRequest:
        wanted = {
            "specialty": "cardiology",
            "title": "主治医师",
            "months": 6,
            "wanted_from": MARCH,
            "purpose": "带教心内科",
            **more,
        }
        return actions.ask(actor=self.host, pairing=self.pairing, wanted=Ask(**wanted))

    def nominate(self, person: Person | None = None, **more: Any) -> Posting:
        values = {"planned_from": FIRST, "planned_to": LAST, "specialty": "cardiology", **more}
        return actions.nominate(
            actor=values.pop("actor", self.sender),
            pairing=self.pairing,
            person=person or self.person(),
            **values,
        )

    def on_post(self, person: Person | None = None, **more: Any) -> Posting:
        posting = actions.approve(actor=self.head, posting=self.nominate(person, **more))
        return actions.arrive(actor=self.host, stay=posting, on=posting.planned_from)

    def ended(self, person: Person | None = None, **more: Any) -> Posting:
        posting = self.on_post(person, **more)
        return actions.end(actor=self.host, stay=posting, on=posting.planned_to)


@pytest.fixture
def scene(db: None) -> Scene:
    return Scene()
