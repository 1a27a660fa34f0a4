"""A pairing with a request, doctors who could go and somebody who applied for training."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from duikou.core.models import RoleGrant, User
from duikou.core.scope import Actor, actor_for
from duikou.engines import swap as engine
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person
from duikou.wings.postings import actions as postings
from duikou.wings.postings.actions import Ask
from duikou.wings.swaps import actions
from duikou.wings.swaps.models import SwapPlan
from duikou.wings.swaps.problems import problem_for
from duikou.wings.training.models import Traineeship
from tests.wings.posted import SINCE, a_pairing, person_of, traineeship_of

MARCH = dt.date(2014, 3, 1)


class Scene:
    """Both hospitals' cardiology: four doctors above, three below of whom one applied to study."""

    def __init__(self) -> None:
        self.pairing = a_pairing()
        self.supporter, self.recipient = self.pairing.supporter, self.pairing.recipient
        self.sender = self.at(self.supporter, "hospital_liaison")
        self.host = self.at(self.recipient, "hospital_liaison")
        self.upper = Department.objects.create(
            hospital=self.supporter, specialty="cardiology", name="置换心内科"
        )
        self.lower = Department.objects.create(
            hospital=self.recipient, specialty="cardiology", name="置换县心内科"
        )
        self.doctors = [self._person(self.supporter, self.upper, name) for name in "甲乙丙丁"]
        self.locals = [self._person(self.recipient, self.lower, name) for name in ("戊", "己", "庚")]
        self.request = postings.ask(
            actor=self.host,
            pairing=self.pairing,
            wanted=Ask(
                specialty="cardiology",
                title="主治医师",
                months=6,
                wanted_from=MARCH,
                purpose="带教",
                department=self.lower,
            ),
        )
        self.application = traineeship_of(
            self.pairing,
            "",
            person=self.locals[0],
            home_department=self.lower,
            host_department=self.upper,
            state=Traineeship.State.APPLIED,
            arrived_on=None,
        )

    def at(self, hospital: Hospital, role: str) -> Actor:
        user, made = User.objects.get_or_create(
            username=f"{role}-{hospital.pk}", defaults={"display_name": role}
        )
        if made:
            RoleGrant.objects.create(user=user, role=role, org=hospital.org, valid_from=SINCE)
        return actor_for(user)

    def _person(self, hospital: Hospital, department: Department, name: str) -> Person:
        return person_of(
            hospital, name, department=department, specialty="cardiology", registered_scope="内科专业"
        )

    def stranger(self) -> Actor:
        """Somebody of a hospital that has nothing to do with either."""
        pairings = Pairing.objects.exclude(supporter=self.supporter).exclude(recipient=self.recipient)
        other = pairings.select_related("supporter__org").first()
        assert other is not None
        return self.at(other.supporter, "hospital_liaison")

    def apply_for(self, first: dt.date, last: dt.date) -> None:
        """Give the application other days."""
        days = {"planned_from": first, "planned_to": last, "first_day": first, "last_day": last}
        Traineeship.objects.filter(pk=self.application.pk).update(**days)
        self.application.refresh_from_db()

    def make(self, **more: Any) -> SwapPlan:
        values = {"name": "春季置换", "first_month": MARCH, "months": 12, "host_least": 100, **more}
        return actions.make_plan(actor=self.sender, pairing=self.pairing, **values)

    def solved(self, **more: Any) -> SwapPlan:
        return self.solve(self.make(**more))

    def solve(self, plan: SwapPlan, actor: Actor | None = None) -> SwapPlan:
        """What the worker does, without a process of its own."""
        translated = problem_for(plan)
        return actions.keep_solution(
            actor=actor or self.sender,
            plan=plan,
            translated=translated,
            found=engine.plan(translated.problem),
        )

    def agreed(self, **more: Any) -> SwapPlan:
        return actions.agree(actor=self.host, plan=self.solved(**more))


@pytest.fixture
def scene(db: None) -> Scene:
    return Scene()
