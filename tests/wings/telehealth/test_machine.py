"""The life cycle as a property: no path of steps but those of the table, and of two at once one wins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duikou.core.errors import DuikouError
from duikou.wings.telehealth import actions
from duikou.wings.telehealth.models import Consultation, Opinion
from duikou.wings.telehealth.workflows import CONSULTATION
from tests.wings.telehealth.conftest import SAID, Tele

ALLOWED = {  # written out by hand: the oracle beside workflow.toml
    ("draft", "submit"): "submitted",
    ("submitted", "send_back"): "draft",
    ("submitted", "approve"): "sent",
    ("sent", "return"): "returned",
    ("returned", "resend"): "sent",
    ("sent", "accept"): "accepted",
    ("sent", "decline"): "declined",
    ("accepted", "decline"): "declined",
    ("accepted", "assign"): "assigned",
    ("assigned", "release"): "accepted",
    ("assigned", "sign"): "answered",
    ("answered", "acknowledge"): "acknowledged",
    ("acknowledged", "close"): "closed",
    **{
        (state, "withdraw"): "withdrawn"
        for state in ("draft", "submitted", "sent", "returned", "accepted", "assigned")
    },
}
Step = Callable[[Consultation], Any]


def moves(tele: Tele) -> dict[str, Step]:
    doctor, office, triage, why = tele.doctor, tele.office, tele.other_office, "理由"
    return {
        "submit": lambda one: actions.submit(actor=doctor, one=one),
        "send_back": lambda one: actions.send_back(actor=office, one=one, reason=why),
        "approve": lambda one: actions.approve(actor=office, one=one),
        "return": lambda one: actions.return_for_completion(actor=triage, one=one, reason=why),
        "resend": lambda one: actions.resend(actor=doctor, one=one),
        "accept": lambda one: actions.accept(actor=triage, one=one),
        "decline": lambda one: actions.decline(actor=triage, one=one, reason=why),
        "assign": lambda one: actions.assign(actor=triage, one=one, experts=[tele.expert]),
        "release": lambda one: actions.release(actor=triage, one=one, reason=why),
        "sign": lambda one: actions.sign(actor=tele.signer(), one=one, written=SAID),
        "acknowledge": lambda one: actions.acknowledge(actor=doctor, one=one, adoption="full"),
        "close": lambda one: actions.close(actor=doctor, one=one),
        "withdraw": lambda one: actions.withdraw(actor=doctor, one=one, reason=why),
    }


def test_the_table_of_steps_is_the_one_written_here() -> None:
    found = {
        (source, step.id): step.target
        for step in CONSULTATION.transitions.values()
        for source in step.sources
    }
    assert found == ALLOWED
    assert set(CONSULTATION.states) == set(Consultation.State.values)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 12)), max_size=14))
def test_no_step_leads_where_the_table_does_not(tele: Tele, choices: list[tuple[bool, int]]) -> None:
    every = moves(tele)
    with transaction.atomic():
        one = tele.draft()
        for legal, number in choices:
            one.refresh_from_db()
            state, version = one.state, one.version
            open_ = sorted(step for source, step in ALLOWED if source == state)
            steps = open_ if legal and open_ else sorted(every)
            name = steps[number % len(steps)]
            # An opinion that is signed again in the same words changes nothing.
            again = name == "sign" and state in ("answered", "acknowledged", "closed")
            moved = _done(every[name], Consultation.objects.get(pk=one.pk))
            one.refresh_from_db()
            assert moved == (again or (state, name) in ALLOWED), (state, name)
            assert one.state == (state if again or not moved else ALLOWED[(state, name)])
            assert moved or one.version == version
            assert Opinion.objects.count() == (1 if one.answered_at else 0)
            assert (one.due_at is None) == (one.state in UNTIMED)
        transaction.set_rollback(True)


UNTIMED = ("draft", "returned", "acknowledged", "closed", "declined", "withdrawn")


def _done(move: Step, one: Consultation) -> bool:
    try:
        with transaction.atomic():
            move(one)
    except DuikouError:
        return False
    return True


@pytest.mark.parametrize(
    ("ready", "first", "second"),
    [
        ("sent", "accept", "decline"),
        ("sent", "decline", "accept"),
        ("sent", "accept", "withdraw"),
        ("sent", "return", "accept"),
        ("assigned", "sign", "withdraw"),
        ("assigned", "withdraw", "sign"),
        ("assigned", "release", "sign"),
        ("submitted", "approve", "withdraw"),
    ],
)
def test_of_two_who_saw_the_same_one_wins(tele: Tele, ready: str, first: str, second: str) -> None:
    one = {
        "sent": tele.sent,
        "assigned": tele.assigned,
        "submitted": lambda: actions.submit(actor=tele.doctor, one=tele.draft()),
    }[ready]()
    seen = [Consultation.objects.get(pk=one.pk) for _who in range(2)]
    every = moves(tele)
    every[first](seen[0])
    with pytest.raises(DuikouError):
        every[second](seen[1])
    one.refresh_from_db()
    assert one.state == ALLOWED[(ready, first)]
