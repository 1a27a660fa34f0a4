"""Rounds, their figures and coverage, and their audits."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.urls import reverse
from ninja import Router
from pydantic import Field

from duikou.core import orgs
from duikou.core.rest import (
    Answer,
    Body,
    Call,
    Day,
    Limit,
    Offset,
    Page,
    Ref,
    Small,
    Versioned,
    operation,
    page_of,
)
from duikou.core.rest.types import TEXT_PATTERN
from duikou.wings.pairings.actions.audits import audit_round
from duikou.wings.pairings.actions.rounds import create_round, edit_round
from duikou.wings.pairings.api.schemas import (
    Counts,
    Coverage,
    RoundFigures,
    RoundItem,
    RoundKey,
    Severity,
    UnitCoverage,
    figures_answer,
    round_item,
)
from duikou.wings.pairings.models import AuditRun, Round
from duikou.wings.pairings.queries import findings as finding_queries
from duikou.wings.pairings.queries import pairings as pairing_queries
from duikou.wings.pairings.queries.report import latest_audit_report
from duikou.wings.pairings.queries.rounds import check_day, figures_for, round_named, rounds
from duikou.wings.pairings.translate import recipients_per_unit
from duikou.wings.places.models import Division
from duikou.wings.places.queries import units_on

router = Router(tags=["rounds"])
ONE = "/rounds/{key}"
Name = Annotated[str, Field(min_length=1, max_length=120, pattern=TEXT_PATTERN)]
NameEn = Annotated[str, Field(max_length=160, pattern=TEXT_PATTERN)]
PackId = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[a-z0-9\-]+$")]


@operation(
    router,
    "GET",
    "/rounds",
    response=Page[RoundItem],
    permission="pairing.view",
    zh="轮次列表",
    en="List of rounds",
)
def list_rounds(request: Call, limit: Limit = 50, offset: Offset = 0) -> Any:
    """Newest first. That a round exists is public; its pairings are scoped."""
    return page_of(rounds(), limit, offset, round_item)


@operation(router, "GET", ONE, response=RoundItem, permission="pairing.view", zh="一个轮次", en="One round")
def get_round(request: Call, key: RoundKey) -> Any:
    """Dates, pack and state."""
    return round_item(round_named(key))


class NewRound(Body):
    """A round to open as a draft; `org_id` is the province, `previous` the key of the round before."""

    key: RoundKey
    name: Name
    name_en: NameEn = ""
    org_id: Ref
    policy_pack: PackId
    start: Day
    end: Day
    divisions_on: Day | None = None
    previous: RoundKey | None = None


@operation(
    router,
    "POST",
    "/rounds",
    response=RoundItem,
    permission="round.manage",
    status=201,
    zh="新建轮次",
    en="Open a round",
)
def create_new_round(request: Call, body: NewRound) -> Any:
    """As a draft; without `divisions_on` the divisions of its first day hold."""
    org = orgs.unit(request.actor, body.org_id, "round.manage")
    round_ = create_round(actor=request.actor, org=org, **body.model_dump(exclude={"org_id"}))
    return round_item(round_named(round_.key))


class RoundChange(Versioned):
    """What is to change; members left out stay as they are."""

    name: Name | None = None
    name_en: NameEn | None = None
    policy_pack: PackId | None = None
    start: Day | None = None
    end: Day | None = None
    divisions_on: Day | None = None
    previous: RoundKey | None = None
    state: Literal["draft", "active", "closed"] | None = None


@operation(
    router, "PATCH", ONE, response=RoundItem, permission="round.manage", zh="修改轮次", en="Change a round"
)
def edit_one_round(request: Call, key: RoundKey, body: RoundChange) -> Any:
    """Only `previous` may be null: no round before. The dates must still hold all pairings."""
    given = body.model_dump(exclude={"version"}, exclude_unset=True)
    changes = {name: value for name, value in given.items() if value is not None or name == "previous"}
    edit_round(actor=request.actor, round_key=key, version=body.version, changes=changes)
    return round_item(round_named(key))


# ---------------------------------------------------------------- figures


@operation(
    router,
    "GET",
    f"{ONE}/figures",
    response=RoundFigures,
    permission="pairing.view",
    zh="轮次指标",
    en="Figures of a round",
)
def get_round_figures(request: Call, key: RoundKey, as_of: Day | None = None) -> Any:
    """Supporters, pairings, recipients and coverage, of that part of the round that the caller may see.

    Without a day the tables as they stand. `rows` are the addresses of the rows behind each number.
    """
    round_ = round_named(key)
    figures = figures_for(request.actor, round_, as_of)
    day = f"?as_of={as_of}" if as_of else ""
    rows = {
        "supporters": reverse("api:list_supporters", args=[key]) + day,
        "recipients": reverse("api:list_recipients", args=[key]) + day,
        "pairings": f"{reverse('api:list_pairings')}?round={key}" + (f"&on={as_of}" if as_of else ""),
        "coverage": reverse("api:list_round_coverage", args=[key]) + day,
    }
    return figures_answer(round_, figures, as_of, rows)


@operation(
    router,
    "GET",
    f"{ONE}/coverage",
    response=list[UnitCoverage],
    permission="pairing.view",
    zh="各县覆盖情况",
    en="Coverage by county",
)
def list_round_coverage(request: Call, key: RoundKey, as_of: Day | None = None) -> Any:
    """Every county-level unit of the day with the number of its recipients: a public fact."""
    round_ = round_named(key)
    check_day(round_, as_of)
    return unit_coverage(round_, as_of)


def unit_coverage(round_: Round, as_of: dt.date | None) -> list[dict[str, Any]]:
    """The same for every face."""
    recipients = recipients_per_unit(round_, as_of)
    return [
        {
            "code": unit.code,
            "name": unit.name,
            "kind": unit.kind.value,
            "city_code": unit.city_code,
            "city": unit.city,
            "recipients": recipients.get(unit.code, 0),
            "covered": recipients.get(unit.code, 0) > 0,
            "counted": unit.kind.value in Division.COUNTY_KINDS,
        }
        for unit in units_on(as_of or round_.divisions_on)
    ]


class PartyItem(Answer):
    """A hospital of a round with the number and the printed names of its partners."""

    id: int
    key: str
    name: str
    kind: str
    printed: str
    table: str
    group: str
    city: str
    county: str
    county_code: str
    partners: int
    names: str


@operation(
    router,
    "GET",
    f"{ONE}/supporters",
    response=Page[PartyItem],
    permission="pairing.view",
    zh="支援医院",
    en="Supporters",
)
def list_supporters(
    request: Call, key: RoundKey, as_of: Day | None = None, limit: Limit = 50, offset: Offset = 0
) -> Any:
    """With their recipients, in order of printing."""
    round_ = round_named(key)
    check_day(round_, as_of)
    return page_of(pairing_queries.supporters(request.actor, round_, as_of), limit, offset)


@operation(
    router,
    "GET",
    f"{ONE}/recipients",
    response=Page[PartyItem],
    permission="pairing.view",
    zh="受援医院",
    en="Recipients",
)
def list_recipients(
    request: Call, key: RoundKey, as_of: Day | None = None, limit: Limit = 50, offset: Offset = 0
) -> Any:
    """With their supporters, in order of printing."""
    round_ = round_named(key)
    check_day(round_, as_of)
    return page_of(pairing_queries.recipients(request.actor, round_, as_of), limit, offset)


# ---------------------------------------------------------------- audits


class ReportRow(Answer):
    """A row that proves a finding, as printed."""

    id: int
    table: str
    position: int
    supporter: str
    recipient: str


class ReportFinding(Answer):
    """A deviation from the policy; the texts in Chinese, those ending in `_en` in English."""

    key: str
    rule: str
    clause: str
    mark: str
    severity: Severity
    state: str
    subjects: list[str]
    rows: list[ReportRow]
    message: str
    expected: str
    found: str
    suggestion: str
    message_en: str
    expected_en: str
    found_en: str
    suggestion_en: str


class RoundName(Answer):
    """In both languages."""

    zh: str
    en: str


class AuditReport(Answer):
    """The audit of a round as one document: the same as `duikou pairing audit --json` prints."""

    round: str
    round_name: RoundName
    as_of: dt.date
    policy_pack: str
    counts: Counts
    coverage: Coverage
    by_rule: dict[str, int]
    by_severity: dict[str, int]
    findings: list[ReportFinding]


@operation(
    router,
    "GET",
    f"{ONE}/audit",
    response=AuditReport,
    permission="finding.view",
    zh="核查报告",
    en="Audit report",
)
def get_audit_report(request: Call, key: RoundKey, as_of: Day | None = None) -> Any:
    """What an audit finds, limited to what the caller may see; with `as_of` audited anew for that day."""
    return latest_audit_report(request.actor, key, as_of)


class RunItem(Answer):
    """One recorded audit and what changed since the one before; figures are those of the whole round."""

    number: int
    at: dt.datetime
    as_of: dt.date
    revision: int
    by: str | None
    counts: dict[str, int]
    by_rule: dict[str, int]
    by_severity: dict[str, int]
    added: int
    gone: int
    unchanged: int


def _run(run: AuditRun) -> dict[str, Any]:
    columns = (
        "number", "at", "as_of", "revision", "counts", "by_rule", "by_severity", "added", "gone", "unchanged",
    )  # fmt: skip
    return {**{name: getattr(run, name) for name in columns}, "by": str(run.by) if run.by else None}


@operation(
    router,
    "GET",
    f"{ONE}/audit-runs",
    response=Page[RunItem],
    permission="finding.view",
    zh="历次核查",
    en="Audits so far",
)
def list_audit_runs(request: Call, key: RoundKey, limit: Limit = 50, offset: Offset = 0) -> Any:
    """Newest first."""
    return page_of(finding_queries.runs(round_named(key)), limit, offset, _run)


class ChangedFinding(Answer):
    """A finding that an audit brought, lost or changed."""

    id: int
    rule: str
    severity: Severity
    subjects: list[str]
    state: str


class RunDetail(RunItem):
    """With the findings that are new, gone or changed, as far as the caller may see them."""

    new_findings: list[ChangedFinding]
    gone_findings: list[ChangedFinding]
    changed_findings: list[ChangedFinding]


@operation(
    router,
    "GET",
    f"{ONE}/audit-runs/{{number}}",
    response=RunDetail,
    permission="finding.view",
    zh="一次核查",
    en="One audit",
)
def get_audit_run(request: Call, key: RoundKey, number: Small) -> Any:
    """What was counted, and what changed."""
    run = finding_queries.run_named(round_named(key), number)
    changes = finding_queries.changes_of(request.actor, run)
    return {**_run(run), **{f"{name}_findings": found for name, found in changes.items()}}


@operation(
    router,
    "POST",
    f"{ONE}/audit",
    response=RunItem,
    permission="finding.work",
    status=201,
    zh="重新核查",
    en="Audit again",
)
def run_audit(request: Call, key: RoundKey) -> Any:
    """Audits now and records what is new, gone and changed."""
    return _run(audit_round(actor=request.actor, round_key=key))
