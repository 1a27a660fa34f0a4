"""Certificates: read, print, issue, revoke."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import BeforeValidator, Field

from duikou.core.rest import Answer, Because, Body, Call, Id, Limit, Line, Offset, Page, operation, page_of
from duikou.core.rest.types import from_address
from duikou.wings.credits import actions, queries
from duikou.wings.credits.api.years import KindName
from duikou.wings.credits.models import Certificate
from duikou.wings.credits.queries.certificates import own_certificate
from duikou.wings.credits.values import Difference
from duikou.wings.credits.views.single import pdf_answer

router = Router(tags=["credits"])
ONE = "/certificates/{certificate_id}"
CalendarYear = Annotated[int, Field(ge=1900, le=9999), BeforeValidator(from_address)]
BodyYear = Annotated[int, Field(ge=1900, le=9999)]
CertificateKind = Literal["posting", "training", "service"]
Language = Literal["zh", "en"]


class CertificateLine(Answer):
    """A certificate as it was issued."""

    id: int
    code: str
    kind: CertificateKind
    person_id: int
    person_name: str
    hospital_name: str
    year: int | None
    rule: str
    issuer: str
    issued_on: dt.date
    revoked_on: dt.date | None


class ValueThenAndNow(Answer):
    """Something that a certificate says and the data of today do not."""

    label: str
    issued: str
    now: str


class CertifiedStay(Answer):
    """A stay as it is printed."""

    host: str
    first: dt.date
    last: dt.date
    away: int
    verdict: Literal["passed", "failed", "none", ""]


class CertificateDetail(CertificateLine):
    """With its values, the rule as it was applied, and what has changed since."""

    person_title: str
    until: dt.date
    months: int
    days: int
    needed: int
    full_on: dt.date
    clause: str
    policy_pack: str
    rule_digest: str
    revoked_reason: str
    stays: list[CertifiedStay]
    differences: list[ValueThenAndNow]


def _detail(found: Certificate) -> dict[str, Any]:
    differing: list[Difference] = queries.differences_of([found])[found.pk]
    kept = found.values
    return {
        **{name: getattr(found, name) for name in CertificateLine.model_fields},
        "person_title": found.person_title,
        "until": found.until,
        **{name: kept[name] for name in ("months", "days", "needed", "full_on", "stays")},
        "clause": kept["cited"]["clause"],
        "policy_pack": found.policy_pack,
        "rule_digest": found.rule_digest,
        "revoked_reason": found.revoked_reason,
        "differences": differing,
    }


@operation(
    router, "GET", "/certificates", response=Page[CertificateLine], permission="credit.view",
    zh="证明列表", en="Certificates",
)  # fmt: skip
def list_certificates(
    request: Call,
    kind: CertificateKind | None = None,
    year: CalendarYear | None = None,
    code: Line = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """Of the caller's area, newest first."""
    rows = queries.certificates(request.actor, "credit.view")
    if kind:
        rows = rows.filter(kind=kind)
    if year:
        rows = rows.filter(year=year)
    if code:
        rows = rows.filter(code__icontains=code)
    return page_of(rows, limit, offset)


@operation(
    router, "GET", ONE, response=CertificateDetail, permission="credit.view",
    zh="一份证明", en="A certificate",
)  # fmt: skip
def get_certificate(request: Call, certificate_id: Id) -> Any:
    """As it was issued, with what has changed since."""
    return _detail(_find(request, certificate_id))


@operation(
    router, "GET", f"{ONE}/pdf", response=None, permission="credit.view", media="application/pdf",
    zh="证明的 PDF", en="A certificate as PDF",
)  # fmt: skip
def download_certificate(request: Call, certificate_id: Id, language: Language = "zh") -> Any:
    """The Chinese text binds; `en` gives the reading copy."""
    return pdf_answer(_find(request, certificate_id), language)


@operation(
    router, "GET", "/my-certificates/{my_certificate_id}/pdf", response=None, permission="credit.own",
    media="application/pdf", zh="我的证明的 PDF", en="My certificate as PDF",
)  # fmt: skip
def download_my_certificate(request: Call, my_certificate_id: Id, language: Language = "zh") -> Any:
    """The caller's own only."""
    return pdf_answer(own_certificate(request.actor, my_certificate_id), language)


class NewCreditCertificate(Body):
    """Which credit is recognised."""

    kind: KindName
    year: BodyYear


@operation(
    router, "POST", "/persons/{person_id}/credit-certificates", response=CertificateDetail,
    permission="credit.issue", status=201, zh="认定学分", en="Recognise a credit",
)  # fmt: skip
def issue_credit_certificate(request: Call, person_id: Id, body: NewCreditCertificate) -> Any:
    """409, with the rule and what is missing, for a credit that is not met."""
    person = queries.find_record(request.actor, person_id).person
    return _detail(actions.issue_credit(actor=request.actor, person=person, kind=body.kind, year=body.year))


class NewServiceCertificate(Body):
    """By which rule service is certified: as `rule` in the person's record."""

    rule: Line


@operation(
    router, "POST", "/persons/{person_id}/service-certificates", response=CertificateDetail,
    permission="credit.issue", status=201, zh="开具服务证明", en="Certify service",
)  # fmt: skip
def issue_service_certificate(request: Call, person_id: Id, body: NewServiceCertificate) -> Any:
    """By a rule of the own province."""
    person = queries.find_record(request.actor, person_id).person
    return _detail(actions.issue_service(actor=request.actor, person=person, rule=body.rule))


class IssuedOfYear(Answer):
    """How many were issued, and their numbers."""

    issued: int
    certificate_ids: list[int]


class YearToIssue(Body):
    """The calendar year."""

    year: BodyYear


@operation(
    router, "POST", "/credit-years", response=IssuedOfYear, permission="credit.issue", status=201,
    zh="认定一年全部达标的学分", en="Recognise all credits of a year that are met",
)  # fmt: skip
def issue_credit_year(request: Call, body: YearToIssue) -> Any:
    """In the caller's area: all or none."""
    issued = actions.issue_year(actor=request.actor, year=body.year)
    return {"issued": len(issued), "certificate_ids": [one.pk for one in issued]}


@operation(
    router, "POST", f"{ONE}/revocation", response=CertificateDetail, permission="credit.issue",
    zh="撤销证明", en="Revoke a certificate",
)  # fmt: skip
def revoke_certificate(request: Call, certificate_id: Id, body: Because) -> Any:
    """It stays on record; its code answers "revoked"."""
    found = actions.revoke(
        actor=request.actor, certificate=_find(request, certificate_id), reason=body.reason
    )
    return _detail(found)


@operation(
    router, "POST", f"{ONE}/reissue", response=CertificateDetail, permission="credit.issue", status=201,
    zh="换发证明", en="Issue a certificate anew",
)  # fmt: skip
def reissue_certificate(request: Call, certificate_id: Id, body: Because) -> Any:
    """Revokes it and issues it from the data of today, in one."""
    found = actions.reissue(
        actor=request.actor, certificate=_find(request, certificate_id), reason=body.reason
    )
    return _detail(found)


def _find(request: Call, pk: int) -> Certificate:
    rows = queries.certificates(request.actor, "credit.view")
    return queries.find_certificate(request.actor, pk, rows)
