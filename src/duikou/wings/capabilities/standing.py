"""How a hospital stands with a technique, worked out of approvals and what was performed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from duikou.wings.capabilities.models import Approval, Performance
from duikou.wings.hospitals.models import Capability

State = Capability.State


@dataclass(frozen=True, slots=True)
class Leave:
    """An approval that holds: whether it is the recipient's own, and whether it says "independent"."""

    own: bool
    independent: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """A performance that stands: its day, and whether the recipient did it alone."""

    on: dt.date
    own: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """State, first case and the two approvals of a capability."""

    state: str
    first_case_on: dt.date | None
    approved_here: bool
    approved_by_supporter: bool


def standing(leaves: Iterable[Leave], done: Iterable[Done]) -> Standing:
    """The standing that follows.

    Independent: the recipient has approved the technique, has said that it masters it, and has done
    a case alone. Else under guidance: both hospitals have approved it (PER-06). Else not practised; a
    technique that is not practised shows no first case, though the cases stay on record.
    """
    leaves, done = list(leaves), list(done)
    here = any(leave.own and not leave.independent for leave in leaves)
    there = any(not leave.own for leave in leaves)
    declared = any(leave.own and leave.independent for leave in leaves)
    if here and declared and any(case.own for case in done):
        state = State.INDEPENDENT
    elif here and there:
        state = State.LEARNING
    else:
        state = State.NONE
    first = min((case.on for case in done), default=None)
    return Standing(str(state), None if state == State.NONE else first, here, there)


def settle(capability: Capability, today: dt.date) -> Standing:
    """Bring a capability in line with its rows, inside the act that changed them."""
    approvals = Approval.objects.filter(capability=capability).on(today)
    found = standing(
        [
            Leave(a.hospital_id == capability.hospital_id, a.kind == Approval.Kind.INDEPENDENT)
            for a in approvals
        ],
        [
            Done(p.on, p.by == Performance.By.OWN)
            for p in Performance.objects.filter(capability=capability, withdrawn_at=None)
        ],
    )
    for column in Standing.__dataclass_fields__:
        setattr(capability, column, getattr(found, column))
    capability.save()
    return found
