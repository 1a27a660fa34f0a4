"""Clocks that run out: told to the head, the office, the authority, once each; paused ones are not."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duikou.core.models import AuditEvent
from duikou.wings.referrals import actions
from duikou.wings.referrals.actions.escalating import level_at
from duikou.wings.referrals.jobs import escalate_referrals
from duikou.wings.referrals.models import Clock, Escalation
from duikou.wings.referrals.queries.referrals import overdue
from tests.wings.referrals.conftest import Way

HOUR = dt.timedelta(hours=1)
START = dt.datetime(2014, 3, 3, 8, tzinfo=dt.UTC)


@given(st.integers(1, 5000), st.integers(-5000, 20000), st.booleans(), st.booleans())
def test_the_level_over_time_against_plain_words(
    lasts: int, minutes: int, stopped: bool, paused: bool
) -> None:
    minute = dt.timedelta(minutes=1)
    clock = Clock(started_at=START, due_at=START + lasts * minute)
    clock.stopped_at = START if stopped else None
    clock.paused_at = START if paused else None
    late = minutes - lasts
    expected = 0
    if not stopped and not paused and late >= 0:
        expected = 1 + (2 * late >= lasts) + (2 * late >= 3 * lasts)
    assert level_at(clock, START + minutes * minute, 50, 150) == expected


@pytest.mark.django_db
def test_head_then_office_then_authority(way: Way) -> None:
    referral = way.sent()
    province = way.at(way.other.org.parent, "provincial_officer") if way.other.org.parent else None
    assert province is not None
    due = referral.clocks.get().due_at

    def told() -> list[bool]:
        people = (way.head, way.other_office, province)
        return [overdue(one, due + 500 * HOUR).exists() for one in people]

    assert actions.escalate(now=due - HOUR) == {"head": 0, "office": 0, "superior": 0}
    assert told() == [False, False, False]
    assert actions.escalate(now=due) == {"head": 1, "office": 0, "superior": 0}
    assert told() == [True, False, False]
    assert actions.escalate(now=due + HOUR) == {"head": 0, "office": 0, "superior": 0}  # once each
    assert actions.escalate(now=due + 24 * HOUR) == {"head": 0, "office": 1, "superior": 0}
    assert told() == [True, True, False]
    assert actions.escalate(now=due + 72 * HOUR) == {"head": 0, "office": 0, "superior": 1}
    assert told() == [True, True, True]
    assert actions.escalate(now=due + 900 * HOUR) == {"head": 0, "office": 0, "superior": 0}
    assert not overdue(way.third_doctor, due + 500 * HOUR).exists()
    assert not overdue(way.office, due + 500 * HOUR).exists()  # the other side need not act
    levels = Escalation.objects.order_by("level").values_list("level", flat=True)
    assert list(levels) == [1, 2, 3]
    assert AuditEvent.objects.filter(action="referral.escalate").count() == 3
    actions.decline(actor=way.expert, referral=referral, reason="无床位")
    assert told() == [False, False, False]


@pytest.mark.django_db
def test_after_a_long_night_all_levels_are_told_in_order(way: Way) -> None:
    referral = way.sent()
    due = referral.clocks.get().due_at
    assert actions.escalate(now=due + 100 * HOUR) == {"head": 1, "office": 1, "superior": 1}
    assert Clock.objects.get().level == 3


@pytest.mark.django_db
def test_a_paused_clock_is_not_told_and_the_other_side_is(way: Way) -> None:
    referral = way.sent()
    actions.give_back(actor=way.expert, referral=referral, reason="缺心电图")
    complete = referral.clocks.get(kind="complete")
    made = actions.escalate(now=complete.due_at + HOUR)
    assert made == {"head": 1, "office": 0, "superior": 0}
    assert Escalation.objects.get().clock == complete


@pytest.mark.django_db
def test_the_job_tells(way: Way) -> None:
    referral = way.sent()
    Clock.objects.filter(referral=referral).update(started_at=START, due_at=START + HOUR)
    assert escalate_referrals.func() == {"head": 1, "office": 1, "superior": 1}
