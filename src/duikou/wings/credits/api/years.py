"""Credits of a year, and of a person."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from ninja import Router

from duikou.core.errors import Missing
from duikou.core.rest import Answer, Call, Id, Limit, Offset, Page, Small, operation, page_of
from duikou.wings.credits import queries
from duikou.wings.credits.histories import Part
from duikou.wings.credits.queries import Line, Record
from duikou.wings.credits.reckoning import Credit
from duikou.wings.credits.values import Served

router = Router(tags=["credits"])
KindName = Literal["posting", "training"]
StateName = Literal["met", "issued", "differs", "short", "unappraised", "failed"]


class CreditLine(Answer):
    """A person's credit of the year. `counted`: days of stays whose appraisal is passed."""

    person_id: int
    name: str
    hospital: str
    kind: KindName
    days: int
    counted: int
    needed: int
    state: StateName
    certificate_id: int | None
    code: str | None


def _line(line: Line) -> dict[str, Any]:
    result = line.credit.result
    return {
        "person_id": line.person.pk,
        "name": line.person.name,
        "hospital": line.credit.last.home,
        "kind": line.credit.kind,
        "days": result.days,
        "counted": result.counted,
        "needed": result.needed,
        "state": line.state,
        "certificate_id": line.certificate.pk if line.certificate else None,
        "code": line.certificate.code if line.certificate else None,
    }


@operation(
    router, "GET", "/credits", response=Page[CreditLine], permission="credit.view",
    zh="一年的学分", en="Credits of a year",
)  # fmt: skip
def list_credits(
    request: Call,
    year: Small,
    kind: KindName | None = None,
    state: StateName | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """Everybody who was posted or in training in the year, by hospital and name, as the records stand now."""
    if year > dt.MAXYEAR:
        raise Missing(f"没有这一年 / no such year: {year}")
    lines = [
        line
        for line in queries.year_lines(request.actor, year)
        if kind in (None, line.credit.kind) and state in (None, line.state)
    ]
    return page_of(lines, limit, offset, _line)


class StayOfCredit(Answer):
    """A posting or traineeship."""

    id: int
    kind: KindName
    home: str
    host: str
    first: dt.date
    last: dt.date
    leave_days: int


class CreditOfYear(Answer):
    """A year's credit with the rule that was applied."""

    year: int
    kind: KindName
    days: int
    counted: int
    needed: int
    months: int
    full_on: dt.date | None
    standing: Literal["met", "short", "unappraised", "failed"]
    rule: str
    clause: str
    policy_pack: str


class ServiceBeforePromotion(Answer):
    """Service under one rule; `applies` is false for another province's practice."""

    rule: str
    clause: str
    mark: str
    applies: bool
    months: int
    stay_months: int
    days: int
    needed: int | None
    full_on: dt.date | None
    met: bool


class CreditRecord(Answer):
    """All of a person."""

    person_id: int
    name: str
    stays: list[StayOfCredit]
    credits: list[CreditOfYear]
    services: list[ServiceBeforePromotion]
    certificate_ids: list[int]


def shown(record: Record) -> dict[str, Any]:
    """A record as the API answers it."""
    return {
        "person_id": record.person.pk,
        "name": record.person.name,
        "stays": [_stay(part) for part in record.parts],
        "credits": [_credit(credit) for credit in record.credits],
        "services": [_service(served) for served in record.services],
        "certificate_ids": [one.pk for one, _differences in record.certificates],
    }


def _stay(part: Part) -> dict[str, Any]:
    return {
        "id": part.pk,
        "kind": part.kind,
        "home": part.home,
        "host": part.host,
        "first": part.first,
        "last": part.last,
        "leave_days": part.away,
    }


def _credit(credit: Credit) -> dict[str, Any]:
    result, cited = credit.result, credit.terms.cited
    return {
        "year": credit.year,
        "kind": credit.kind,
        "days": result.days,
        "counted": result.counted,
        "needed": result.needed,
        "months": credit.terms.rule.months,
        "full_on": result.full_on,
        "standing": result.standing.value,
        "rule": cited.id,
        "clause": cited.clause,
        "policy_pack": cited.pack,
    }


def _service(served: Served) -> dict[str, Any]:
    return {
        "rule": served.terms.key,
        "clause": served.terms.cited.clause,
        "mark": served.terms.cited.mark,
        "applies": served.terms.applies,
        "months": served.terms.rule.months,
        "stay_months": served.terms.rule.stay_months,
        "days": served.result.days,
        "needed": served.result.needed,
        "full_on": served.result.full_on,
        "met": served.result.met,
    }


@operation(
    router, "GET", "/persons/{person_id}/credits", response=CreditRecord, permission="credit.view",
    zh="一个人的学分与服务", en="A person's credits and service",
)  # fmt: skip
def person_credits(request: Call, person_id: Id) -> Any:
    """Every year, and service before promotion under each rule."""
    return shown(queries.find_record(request.actor, person_id))


@operation(
    router, "GET", "/my-credits", response=CreditRecord, permission="credit.own",
    zh="我的学分与服务", en="My credits and service",
)  # fmt: skip
def my_credits(request: Call) -> Any:
    """The caller's own record; 404 for an account that belongs to no person."""
    record = queries.own_record(request.actor)
    if record is None:
        raise Missing("账号没有对应的人员 / the account belongs to no person")
    return shown(record)
