"""The clocks of a referral: started, paused, resumed and stopped with the steps of its life.

Called inside the act of a step. One clock of a kind runs at a time; which ones run follows from the state.
"""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from duikou.wings.referrals.catalogue import RETURN, answer_time, hours, number, outcome_days
from duikou.wings.referrals.models import Clock, Referral

Kind, State = Clock.Kind, Referral.State

# What runs in which state; in `returned` the answer stands still besides.
RUNNING: dict[str, tuple[str, ...]] = {
    State.DRAFT: (),
    State.SENT: (Kind.ANSWER,),
    State.RETURNED: (Kind.COMPLETE,),
    State.ACCEPTED: (Kind.ARRIVAL,),
    State.ARRIVED: (Kind.OUTCOME,),  # of a referral down alone
    State.TREATING: (Kind.OUTCOME,),
    State.BACK: (Kind.CONFIRM,),
    State.FOLLOW_UP: (Kind.OUTCOME,),
    State.CLOSED: (),
    State.DECLINED: (),
    State.WITHDRAWN: (),
}


def start(referral: Referral, kind: str, at: dt.datetime, lasts: dt.timedelta) -> None:
    """A clock for the side that has to act."""
    receiver = kind in (Kind.ANSWER, Kind.ARRIVAL) or (
        kind == Kind.OUTCOME and referral.direction == Referral.Direction.DOWN
    )
    Clock.objects.create(
        referral=referral,
        kind=kind,
        path=referral.to_path if receiver else referral.from_path,
        started_at=at,
        due_at=at + lasts,
        demonstration=referral.demonstration,
    )


def stop(referral: Referral, at: dt.datetime, *kinds: str) -> None:
    """Stop clocks of these kinds; all that run when none is named."""
    rows = Clock.objects.filter(referral=referral, stopped_at=None)
    (rows.filter(kind__in=kinds) if kinds else rows).update(stopped_at=at)


def pause(referral: Referral, at: dt.datetime) -> None:
    """The answer stands still while the sender completes what is missing."""
    Clock.objects.filter(referral=referral, kind=Kind.ANSWER, stopped_at=None).update(paused_at=at)


def resume(referral: Referral, at: dt.datetime) -> None:
    """The answer's time goes on; the pause is added to it."""
    for clock in Clock.objects.filter(referral=referral, kind=Kind.ANSWER, stopped_at=None):
        if clock.paused_at is not None:
            Clock.objects.filter(pk=clock.pk).update(
                due_at=clock.due_at + (at - clock.paused_at), paused_at=None
            )


def sent(referral: Referral, at: dt.datetime) -> None:
    """The receiving side has to answer."""
    start(referral, Kind.ANSWER, at, answer_time(referral.urgency))


def returned(referral: Referral, at: dt.datetime) -> None:
    """The sending side has to complete."""
    pause(referral, at)
    start(referral, Kind.COMPLETE, at, hours("complete_hours"))


def completed(referral: Referral, at: dt.datetime) -> None:
    """The receiving side goes on."""
    stop(referral, at, Kind.COMPLETE)
    resume(referral, at)


def accepted(referral: Referral, at: dt.datetime) -> None:
    """The arrival is to be noted once the day of the appointment is over."""
    stop(referral, at, Kind.ANSWER)
    assert referral.appointed_on is not None
    end = timezone.make_aware(
        dt.datetime.combine(referral.appointed_on + dt.timedelta(days=1), dt.time())
    ) + hours("arrival_hours")
    start(referral, Kind.ARRIVAL, at, end - at)


def arrived(referral: Referral, at: dt.datetime) -> None:
    """Down, the outcome is asked for some days after the arrival; up, after the return."""
    stop(referral, at, Kind.ANSWER, Kind.ARRIVAL)
    if referral.direction == Referral.Direction.DOWN:
        _outcome(referral, at)


def sent_back(referral: Referral, at: dt.datetime) -> None:
    """The hospital that sent the patient confirms the return."""
    stop(referral, at)
    start(referral, Kind.CONFIRM, at, hours("confirm_hours"))


def confirmed(referral: Referral, at: dt.datetime) -> None:
    """The outcome is asked for some days after the patient was sent back."""
    stop(referral, at, Kind.CONFIRM)
    _outcome(referral, referral.back_at or at)


def _outcome(referral: Referral, at: dt.datetime) -> None:
    days = outcome_days() + number(RETURN, "outcome_grace_days")
    start(referral, Kind.OUTCOME, at, dt.timedelta(days=days))
