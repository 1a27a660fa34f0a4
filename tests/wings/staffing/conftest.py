"""Postings and traineeships of two real pairings in 2014, and people who look at them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from duikou.core.models import RoleGrant, User
from duikou.wings.hospitals.models import Hospital
from duikou.wings.pairings.models import Pairing
from duikou.wings.postings.models import Leave, Posting
from duikou.wings.training.models import Absence, Traineeship
from tests.wings.posted import a_pairing, posting_of, traineeship_of

SINCE = dt.date(2014, 1, 1)
State = Posting.State


@dataclass
class Invented:
    """Two pairings with what was sent and taught."""

    anji: Pairing
    other: Pairing
    first: Posting
    second: Posting
    head: Posting
    late: Posting
    trainee: Traineeship


@pytest.fixture
def invented(db: None) -> Invented:
    """Anji: a batch from March to August with leave, one that follows in September, a head of department;
    elsewhere: one whose arrival was planned in May and who came in June."""
    anji = a_pairing()
    other = (
        Pairing.objects.select_related("supporter__org", "recipient__org")
        .exclude(recipient_division=anji.recipient_division)
        .exclude(supporter=anji.supporter)
        .order_by("pk")[0]
    )
    first = posting_of(anji, "甲")
    Leave.objects.create(
        posting=first, home_path=first.home_path, host_path=first.host_path, reason="婚假",
        first_day=dt.date(2014, 6, 1), last_day=dt.date(2014, 6, 15),
    )  # fmt: skip
    Leave.objects.create(
        posting=first, home_path=first.home_path, host_path=first.host_path, reason="误登",
        first_day=dt.date(2014, 6, 20), last_day=dt.date(2014, 6, 25),
        withdrawn_at=dt.datetime(2014, 6, 21, tzinfo=dt.UTC), withdrawn_reason="误登",
    )  # fmt: skip
    autumn = {"planned_from": dt.date(2014, 9, 11), "planned_to": dt.date(2014, 12, 31)}
    second = posting_of(anji, "乙", **autumn, arrived_on=dt.date(2014, 9, 11))
    head = posting_of(
        anji, "丙", specialty="icu", office="head", title="主任医师",
        planned_from=dt.date(2014, 6, 1), planned_to=dt.date(2014, 6, 30),
        arrived_on=dt.date(2014, 6, 1), left_on=dt.date(2014, 6, 20), state=State.ENDED,
    )  # fmt: skip
    late = posting_of(
        other, "丁", planned_from=dt.date(2014, 5, 16), planned_to=dt.date(2014, 7, 31),
        arrived_on=dt.date(2014, 6, 11),
    )  # fmt: skip
    posting_of(other, "戊", arrived_on=None, state=State.REFUSED)
    trainee = traineeship_of(anji, "己")
    Absence.objects.create(
        traineeship=trainee, home_path=trainee.home_path, host_path=trainee.host_path, reason="病假",
        first_day=dt.date(2014, 6, 1), last_day=dt.date(2014, 6, 3),
    )  # fmt: skip
    return Invented(anji, other, first, second, head, late, trainee)


@pytest.fixture
def user_at(db: None) -> Callable[[Hospital, str], User]:
    """An account with a role at a hospital."""

    def make(hospital: Hospital, role: str) -> User:
        user = User.objects.create(username=f"{role}-{hospital.pk}", display_name=role)
        RoleGrant.objects.create(user=user, role=role, org=hospital.org, valid_from=SINCE)
        return user

    return make
