"""Numbers of referrals, and clocks that ran out: no patient is named."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from duikou.core.rest import Answer, Call, Limit, Offset, Page, operation, page_of
from duikou.wings.referrals.api._shapes import DirectionName, UrgencyName, router
from duikou.wings.referrals.models import Clock
from duikou.wings.referrals.queries import counts as numbers
from duikou.wings.referrals.queries import referrals as queries


class ReferralNumbers(Answer):
    """Referrals of one month by pair of hospitals, of departments or of doctors."""

    month: str
    direction: DirectionName
    sender: str
    sender_part: str
    receiver: str
    receiver_part: str
    paired: bool
    sent: int
    emergencies: int
    accepted: int
    declined: int
    withdrawn: int
    arrived: int
    returned: int
    confirmed: int
    closed: int
    late: int


@operation(
    router, "GET", "/referral-counts", response=Page[ReferralNumbers], permission="referral.count",
    zh="转诊数量", en="Numbers of referrals",
)  # fmt: skip
def list_referral_counts(
    request: Call,
    by: Literal["pair", "department", "doctor"] = "pair",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """Of the caller's area, on either side, the latest month first."""
    return page_of(numbers.counts(request.actor, by), limit, offset)


class OverdueItem(Answer):
    """A clock that ran out; `level`: 1 the head of the department, 2 the office, 3 the authority above."""

    referral_id: int
    kind: str
    hospital: str
    urgency: UrgencyName
    due_at: dt.datetime
    level: int


def _overdue(clock: Clock) -> dict[str, Any]:
    referral = clock.referral
    side = referral.to_hospital if clock.path == referral.to_path else referral.from_hospital
    return {
        "referral_id": referral.pk,
        "kind": clock.kind,
        "hospital": side.name,
        "urgency": referral.urgency,
        "due_at": clock.due_at,
        "level": clock.level,
    }


@operation(
    router, "GET", "/referral-overdue", response=Page[OverdueItem], permission="referral.count",
    zh="转诊超时", en="Clocks that ran out",
)  # fmt: skip
def list_referral_overdue(request: Call, limit: Limit = 50, offset: Offset = 0) -> Any:
    """Those that were told at the caller's level."""
    return page_of(queries.overdue(request.actor).order_by("due_at", "pk"), limit, offset, _overdue)
