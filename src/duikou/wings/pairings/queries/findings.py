"""The findings desk: lists, one finding with its rows, audits over time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.models import OrgUnit
from duikou.core.paths import WIDTH, contains
from duikou.core.scope import Actor, ScopedQuerySet, within
from duikou.wings.pairings.models import AuditRun, Finding, FindingScope, Pairing, Round
from duikou.wings.pairings.recorded import CLOSED_STATES, OPEN_STATES, RULE_COLUMNS, severities, standing


def findings(actor: Actor, round_: Round | None = None) -> ScopedQuerySet:
    """Findings that the actor may see, most serious first."""
    found: ScopedQuerySet = (
        Finding.objects.visible_to(actor).select_related("assignee").order_by("rank", "id")
    )
    return found if round_ is None else found.filter(round=round_)


def finding(actor: Actor, pk: int) -> Finding:
    """One finding with its people and places; raises Missing."""
    found = (
        findings(actor)
        .select_related("round__org", "assignee", "requested_by", "decided_by", "first_run", "last_run")
        .prefetch_related("scopes")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Missing(_("没有这项核查发现，或它不在您的范围内。"))
    return found


def rows_behind(actor: Actor, finding: Finding) -> list[Pairing]:
    """The pairings that prove a finding, as far as the actor may see them, in the finding's order."""
    known = (
        Pairing.objects.visible_to(actor)
        .select_related("supporter", "recipient", "recipient_division__parent")
        .in_bulk(finding.rows)
    )
    return [known[pk] for pk in finding.rows if pk in known]


def in_place(rows: ScopedQuerySet, path: str) -> ScopedQuerySet:
    """Findings that concern a place of the organisation tree or something below it."""
    inside = FindingScope.objects.filter(path__within=path).values("finding")
    found: ScopedQuerySet = rows.filter(pk__in=inside)
    return found


def possible_assignees(actor: Actor, found: Iterable[Finding]) -> list[OrgUnit]:
    """Units of the actor's area that all of some findings can be given to: places concerned, and those above.

    Findings must come with their scopes.
    """
    chains = [
        {path[:end] for path in one.scope_paths() for end in range(WIDTH, len(path) + 1, WIDTH)}
        for one in found
    ]
    shared = set.intersection(*chains) if chains else set()
    allowed = [path for path in shared if actor.may("finding.work", path)]
    return list(OrgUnit.objects.filter(path__in=allowed).exclude(kind=OrgUnit.Kind.NATION).order_by("-path"))


def authorities(actor: Actor) -> list[OrgUnit]:
    """Provinces, cities and counties of the actor's area, and the authorities above it, in tree order."""
    kinds = (OrgUnit.Kind.PROVINCE, OrgUnit.Kind.CITY, OrgUnit.Kind.COUNTY)
    paths = actor.paths("finding.view")
    above = {path[:end] for path in paths for end in range(WIDTH, len(path), WIDTH)}
    inside = within(paths, ("path",)) | Q(path__in=above)
    return list(OrgUnit.objects.filter(inside, kind__in=kinds).order_by("path"))


# ---------------------------------------------------------------- figures


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How many findings of a rule stand, and how many of those wait for somebody."""

    rule: str
    clause: str
    mark: str
    error: int
    warning: int
    note: int
    open: int

    @property
    def total(self) -> int:
        """All that stand."""
        return self.error + self.warning + self.note


def by_rule(actor: Actor, round_: Round) -> list[RuleCount]:
    """Standing findings by rule, in the order of the catalogue's ids.

    For those who see the whole province the numbers of the newest audit are taken: until
    the next one findings only change their states.
    """
    rows = _recorded_rows(actor, round_)
    if rows is None:
        rows = counted_rows(actor, round_)
    merged: dict[str, RuleCount] = {}
    for row in sorted(rows, key=lambda row: (row["rule"], row["clause"])):
        new = RuleCount(**row)
        old = merged.get(new.rule)
        merged[new.rule] = new if old is None else _sum(old, new)
    return list(merged.values())


def counted_rows(actor: Actor, round_: Round) -> list[dict[str, Any]]:
    """Standing findings by rule and severity, and how many of them are open, counted one by one."""
    visible = Finding.visibility(actor.paths("finding.view"))
    is_open = Count("pk", filter=Q(state__in=OPEN_STATES))
    return list(standing(round_, visible).annotate(**severities(), open=is_open))


def clauses_by_rule(actor: Actor, round_: Round) -> list[tuple[str, set[str]]]:
    """Rules that have standing findings, with the clauses that these name."""
    rows = _tally(actor, round_)
    found: dict[str, set[str]] = {}
    for row in counted_rows(actor, round_) if rows is None else rows:
        found.setdefault(row["rule"], set()).update(row["clause"].split("; "))
    return sorted(found.items())


def _tally(actor: Actor, round_: Round) -> list[dict[str, Any]] | None:
    """What the newest audit recorded for those who see the whole province; None for others, or without it."""
    paths = actor.paths("finding.view")
    if len(paths) != 1 or not contains(paths[0], round_.org.path or ""):
        return None
    newest = AuditRun.objects.filter(round=round_).order_by("-number").values_list("tally", flat=True).first()
    return next((tally["rules"] for tally in newest or () if tally["path"] == paths[0]), None)


def _recorded_rows(actor: Actor, round_: Round) -> list[dict[str, Any]] | None:
    """The rows of `counted_rows` from the newest audit's tally: open is what nobody has settled since."""
    rows = _tally(actor, round_)
    if rows is None:
        return None
    visible = Finding.visibility(actor.paths("finding.view"))
    closed = standing(round_, visible).filter(state__in=CLOSED_STATES).annotate(n=Count("pk"))
    settled = {tuple(row[name] for name in RULE_COLUMNS): row["n"] for row in closed}
    return [
        row
        | {
            "open": sum(row[severity] for severity in Finding.Severity.values)
            - settled.get(tuple(row[name] for name in RULE_COLUMNS), 0)
        }
        for row in rows
    ]


def _sum(one: RuleCount, other: RuleCount) -> RuleCount:
    """Two clauses of one rule (the tables' own clauses) counted together."""
    return RuleCount(
        one.rule,
        "; ".join(sorted({*one.clause.split("; "), *other.clause.split("; ")})),
        one.mark,
        one.error + other.error,
        one.warning + other.warning,
        one.note + other.note,
        one.open + other.open,
    )


def runs(round_: Round) -> QuerySet[AuditRun]:
    """Audits of a round, newest first."""
    return AuditRun.objects.filter(round=round_).select_related("by").defer("coverage", "tally")


def run_named(round_: Round, number: int) -> AuditRun:
    """One audit of a round; raises Missing."""
    found = runs(round_).filter(number=number).first()
    if found is None:
        raise Missing(_("本轮没有第 %(number)d 次核查。") % {"number": number})
    return found


def changes_of(actor: Actor, run: AuditRun) -> dict[str, list[Finding]]:
    """What an audit brought: findings new, gone and changed, as far as the actor may see them."""
    wanted = {name: run.changes.get(name, []) for name in ("new", "gone", "changed")}
    known: dict[int, Any] = findings(actor).in_bulk([pk for ids in wanted.values() for pk in ids])
    return {
        name: sorted((known[pk] for pk in ids if pk in known), key=lambda row: row.rank)
        for name, ids in wanted.items()
    }
