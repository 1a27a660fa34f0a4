"""The life cycle against an obvious table, over random steps of both sides; clocks that fit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duikou.core.errors import Conflict, Denied, Invalid
from duikou.wings.patients.models import Share
from duikou.wings.referrals import actions
from duikou.wings.referrals.models import Clock, Referral
from duikou.wings.referrals.workflows import REFERRAL
from tests.wings.referrals.conftest import Way

# By state: the steps that lead on, and where to. Written from the rules, not read from workflow.toml.
UP = {
    "draft": {"send": "sent", "withdraw": "withdrawn"},
    "sent": {
        "give_back": "returned", "accept": "accepted", "decline": "declined", "withdraw": "withdrawn",
    },
    "returned": {"complete": "sent", "withdraw": "withdrawn"},
    "accepted": {"arrive": "arrived", "withdraw": "withdrawn"},
    "arrived": {"treat": "treating", "refer_back": "back", "settle": "closed"},
    "treating": {"refer_back": "back", "settle": "closed"},
    "back": {"confirm": "follow_up"},
    "follow_up": {"close": "closed"},
    "closed": {}, "declined": {}, "withdrawn": {},
}  # fmt: skip
EMERGENCY = {**UP, "sent": {**UP["sent"], "receive": "arrived"}}
# Who must act in a state: a clock of the receiver's or the sender's side; `returned` has two, one standing.
CLOCKS = {
    "draft": set(), "sent": {"answer"}, "returned": {"answer", "complete"}, "accepted": {"arrival"},
    "arrived": set(), "treating": set(), "back": {"confirm"}, "follow_up": {"outcome"}, "closed": set(),
    "declined": set(), "withdrawn": set(),
}  # fmt: skip
SENDER = {"send", "complete", "withdraw", "confirm", "close"}
STEPS = (
    "send", "complete", "withdraw", "give_back", "accept", "decline", "receive", "arrive", "treat",
    "refer_back", "confirm", "close", "settle",
)  # fmt: skip


def does(way: Way, name: str, referral: Referral, who: Any) -> Any:
    today = timezone.localdate()
    end = {"outcome": "died", "on": today, "note": "抢救无效"}
    more: dict[str, Callable[[], dict[str, Any]]] = {
        "withdraw": lambda: {"reason": "患者未来"},
        "give_back": lambda: {"reason": "缺心电图"},
        "decline": lambda: {"reason": "无床位"},
        "accept": lambda: {"appointment": way.appointed()},
        "refer_back": lambda: {"plan": way.plan()},
        "close": lambda: end,
        "settle": lambda: end,
    }
    return getattr(actions, name)(actor=who, referral=referral, **more.get(name, dict)())


def test_the_table_here_and_the_life_cycle_say_the_same() -> None:
    renamed = {"return": "give_back"}
    told: dict[str, dict[str, str]] = {state: {} for state in REFERRAL.states}
    for step in REFERRAL.transitions.values():
        for source in step.sources:
            told[source][renamed.get(step.id, step.id)] = step.target
    assert told == EMERGENCY


@pytest.mark.parametrize("urgency", ["routine", "emergency"])
def test_no_illegal_step_and_clocks_that_fit(way: Way, urgency: str) -> None:
    patient = way.agreed()
    escort = {"escort": "护士甲", "escort_phone": "13800000002"}
    table = EMERGENCY if urgency == "emergency" else UP

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from(["doctor", "expert"])), max_size=14))
    def walk(steps: list[tuple[str, str]]) -> None:
        with transaction.atomic():
            referral = way.draft(patient, urgency=urgency, **(escort if urgency == "emergency" else {}))
            for name, who in [("send", "doctor"), *steps]:
                before = referral.state
                own = (name in SENDER) == (who == "doctor")
                legal = own and name in table[before]
                copy = Referral.objects.get(pk=referral.pk)
                if legal:
                    does(way, name, copy, getattr(way, who))
                else:
                    with pytest.raises((Conflict, Denied, Invalid)):
                        does(way, name, copy, getattr(way, who))
                referral = Referral.objects.get(pk=referral.pk)
                assert referral.state == (table[before][name] if legal else before)
                running = Clock.objects.filter(referral=referral, stopped_at=None)
                assert {clock.kind for clock in running} == CLOCKS[referral.state]
                for clock in running:
                    standing = referral.state == "returned" and clock.kind == "answer"
                    assert (clock.paused_at is not None) == standing
                    receiver = clock.kind in ("answer", "arrival")
                    assert clock.path == (referral.to_path if receiver else referral.from_path)
                shared = Share.objects.live().filter(reference=referral.reference).exists()
                assert shared == (referral.state in Referral.SHARED)
            transaction.set_rollback(True)

    walk()
