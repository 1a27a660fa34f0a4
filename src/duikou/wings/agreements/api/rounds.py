"""Rounds by their agreements: deadline, who signed and filed, who is late; drafts for all pairings."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from duikou.core.rest import Answer, Body, Call, Day, Flag, Limit, Offset, Page, operation, page_of
from duikou.wings.agreements.actions import opening
from duikou.wings.agreements.queries import rounds as queries
from duikou.wings.pairings.queries.rounds import round_named

router = Router(tags=["agreements"])
ROUND = "/agreement-rounds/{key}"
RoundKey = Annotated[str, Field(min_length=1, max_length=50, pattern=r"^[A-Za-z0-9_\-]+$")]
Timing = Literal["in_time", "signed_late", "late", "open"]


class CityItem(Answer):
    """The pairings of one city (empty: of all) by what has become of their agreements."""

    city: str
    pairings: int
    in_time: int
    signed_late: int
    late: int
    open: int
    filed: int
    filed_late: int
    refused: int
    without: int


class RoundProgress(Answer):
    """Where the agreements of a round stand, as far as the caller sees it."""

    round: str
    policy_pack: str
    rule: str
    clause: str
    deadline: dt.date | None
    total: CityItem
    cities: list[CityItem]


@operation(
    router,
    "GET",
    ROUND,
    response=RoundProgress,
    zh="签约总览",
    en="Agreements of a round",
    permission="agreement.view",
)
def get_round_agreements(request: Call, key: RoundKey) -> Any:
    """The deadline comes from the round's own policy pack."""
    round_ = round_named(key)
    rows = queries.standings(request.actor, round_)
    rule = queries.deadline_rule(round_)
    return {
        "round": round_.key,
        "policy_pack": round_.policy_pack,
        "rule": rule.id if rule else "",
        "clause": rule.clause if rule else "",
        "deadline": queries.deadline_of(round_),
        "total": asdict(queries.count("", rows)),
        "cities": [asdict(one) for one in queries.by_city(rows)],
    }


class StandingItem(Answer):
    """Where one pairing stands; `stage` is `none`, `refused` or the state of its agreement."""

    pairing_id: int
    agreement_id: int | None
    code: str
    supporter: str
    recipient: str
    city: str
    county: str
    kind: str
    stage: str
    timing: Timing
    signed_on: dt.date | None
    filed_on: dt.date | None
    days_late: int
    filed_late: bool


@operation(
    router,
    "GET",
    f"{ROUND}/pairings",
    response=Page[StandingItem],
    zh="签约进度",
    en="Pairings by their agreements",
    permission="agreement.view",
)
def list_round_agreements(
    request: Call,
    key: RoundKey,
    timing: Timing | None = None,
    late: Flag | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """`late`: no signature in time."""
    rows = queries.standings(request.actor, round_named(key))
    if timing:
        rows = [row for row in rows if row.timing == timing]
    if late is not None:
        rows = [row for row in rows if row.late == late]
    return page_of(rows, limit, offset)


class OpenBody(Body):
    """The day that the drafts bear; default today."""

    drafted_on: Day | None = None


class OpenedJob(Answer):
    """The job that drafts; see `/jobs/{job_id}`."""

    job_id: str


@operation(
    router,
    "POST",
    f"{ROUND}/open",
    response=OpenedJob,
    status=202,
    zh="为一轮结对起草协议",
    en="Draft for all pairings",
    permission="agreement.manage",
)
def open_round_agreements(request: Call, key: RoundKey, body: OpenBody) -> Any:
    """In the background: those of the caller's area that have no agreement."""
    job = opening.ask_to_open(actor=request.actor, round_=round_named(key), drafted_on=body.drafted_on)
    return {"job_id": str(job.pk)}
