"""Proposals: the list, one proposal with all that its page shows, its pairs, its map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.jobs.models import Job
from duikou.core.paths import contains
from duikou.core.scope import Actor, ScopedQuerySet
from duikou.core.workflow import Transition
from duikou.wings.hospitals.models import Hospital
from duikou.wings.pairings.actions.deciding import may_decide
from duikou.wings.pairings.actions.proposals import CHANGEABLE
from duikou.wings.pairings.desk import staleness
from duikou.wings.pairings.models import (
    Proposal,
    ProposalApproval,
    ProposalEdit,
    ProposalPair,
    ProposalResult,
    Round,
)
from duikou.wings.pairings.workflows import PROPOSAL

CARD_COLUMNS = (
    "change", "locked", "supporter_key", "recipient_key", "supporter_name", "recipient_name", "table",
    "group", "county",
)  # fmt: skip
"""What the board shows of a pair."""

PAIR_COLUMNS = (
    "id", "change", "locked", "pairing_id", "supporter_id", "recipient_id", "supporter_key", "recipient_key",
    "supporter_name", "recipient_name", "table", "group", "county_code", "county", "parts", "unknown",
    "reason",
)  # fmt: skip


def proposals(actor: Actor, round_: Round | None = None) -> ScopedQuerySet:
    """Proposals that the actor may see, newest first, each with round, people and result."""
    found: ScopedQuerySet = (
        Proposal.objects.visible_to(actor)
        .select_related("round__org", "created_by", "submitted_by", "opened_as", "result")
        .order_by("-round__start", "-number")
    )
    return found if round_ is None else found.filter(round=round_)


def proposal(actor: Actor, pk: int) -> Proposal:
    """One proposal with its round; result and people are read where they are shown. Raises Missing."""
    rows = Proposal.objects.visible_to(actor).select_related("round__org").filter(pk=pk)
    found = next(iter(rows.order_by()), None)
    if found is None:
        raise Missing(_("没有这个方案，或它不在您的范围内。"))
    return found


def result_of(proposal: Proposal) -> ProposalResult | None:
    """The newest result of a proposal read by `proposals`; None before the first solve."""
    return getattr(proposal, "result", None)


@dataclass(frozen=True)
class Summary:
    """A proposal as its page opens: result, freshness, edits, agreements, and what may be done now.

    `stale` says why the result is out of date (empty: it is not); `figures` are those of
    the whole plan, before and after.
    """

    proposal: Proposal
    result: ProposalResult | None
    stale: list[str]
    edits: list[ProposalEdit]
    approvals: list[ProposalApproval]
    steps: list[Transition]
    job: Job | None
    editable: bool

    @property
    def figures(self) -> Mapping[str, Any]:
        """Coverage, loads, distance, fit and changes; empty before there is a plan."""
        return self.result.figures if self.result else {}

    @property
    def current(self) -> bool:
        """Whether there is a checked plan that is up to date: it can be submitted."""
        return self.result is not None and self.result.has_plan and not self.stale


def summary(actor: Actor, pk: int) -> Summary:
    """One proposal with what its page shows; raises Missing."""
    return summary_of(actor, proposal(actor, pk))


def summary_of(actor: Actor, found: Proposal) -> Summary:
    """The same of a proposal that was read by `proposal`, and changed since by the same request."""
    result = result_of(found)
    approvals = list(found.approvals.select_related("org", "decided_by")) if found.submitted_at else []
    return Summary(
        proposal=found,
        result=result,
        stale=staleness(found, result) if result else [],
        edits=list(found.edits.select_related("by")),
        approvals=approvals,
        steps=steps(actor, found, approvals),
        job=Job.objects.filter(pk=found.job_id).first() if found.job_id else None,
        editable=found.state in CHANGEABLE and actor.may("proposal.edit", found.scope_path),
    )


def steps(actor: Actor, proposal: Proposal, approvals: Sequence[ProposalApproval]) -> list[Transition]:
    """What the actor may do with a proposal now: the buttons of its page."""
    submitter = actor.user_id is not None and actor.user_id == proposal.submitted_by_id
    places = (proposal.scope_path, *(one.authority_path for one in approvals))
    found = []
    for step in PROPOSAL.transitions.values():
        if proposal.state not in step.sources:
            continue
        if step.id == "approve":
            allowed = any(may_decide(actor, proposal, one) for one in approvals)
        elif step.id == "return":
            allowed = not submitter and actor.may_any(step.permission, places)
        elif step.id == "open":
            allowed = actor.may(step.permission, proposal.round.org.path or "")
        else:
            allowed = actor.may(step.permission, proposal.scope_path)
        if allowed:
            found.append(step)
    return found


# ---------------------------------------------------------------- pairs


def pairs(actor: Actor, proposal: Proposal) -> ScopedQuerySet:
    """The pairs of a proposal that the actor may see: lists show `PAIR_COLUMNS` of them.

    Whoever may see the whole proposal's authority sees all of them; a city sees those of its
    own table, hospitals and counties.
    """
    found: ScopedQuerySet = ProposalPair.objects.visible_to(actor).filter(proposal=proposal).order_by("pk")
    return found


def pair(actor: Actor, proposal: Proposal, supporter_key: str, recipient_key: str) -> ProposalPair:
    """One pair by the keys of its hospitals; raises Missing."""
    found = pairs(actor, proposal).filter(supporter_key=supporter_key, recipient_key=recipient_key).first()
    if found is None:
        raise Missing(_("方案中没有这一对，或它不在您的范围内。"))
    return found


def unnamed(proposal: Proposal) -> list[tuple[str, str]]:
    """Recipients of the plan that are still to be registered: key and name for now, by county."""
    rows = ProposalPair.objects.filter(proposal=proposal, recipient=None)
    rows = rows.exclude(change=ProposalPair.Change.DROPPED).order_by("county_code")
    return list(rows.values_list("recipient_key", "recipient_name").distinct())


# ---------------------------------------------------------------- map


@dataclass(frozen=True, slots=True)
class Point:
    """A hospital on the map; without coordinates it is listed but not drawn."""

    key: str
    name: str
    side: str
    lon: float | None
    lat: float | None
    county_code: str


@dataclass(frozen=True, slots=True)
class Flow:
    """A pair on the map: kept, added or dropped."""

    supporter: str
    recipient: str
    change: str
    county_code: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Hospitals and flows before (kept and dropped) and after (kept and added)."""

    points: list[Point]
    flows: list[Flow]


def chart(actor: Actor, proposal: Proposal) -> Chart:
    """What the map shows, as far as the actor may see: two queries."""
    rows = list(
        pairs(actor, proposal).values(
            "supporter_id", "recipient_id", "supporter_key", "recipient_key", "supporter_name",
            "recipient_name", "change", "county_code",
        )
    )  # fmt: skip
    ids = {row[f"{side}_id"] for row in rows for side in ("supporter", "recipient")} - {None}
    places = {
        pk: (lon, lat, code)
        for pk, lon, lat, code in Hospital.objects.filter(pk__in=ids).values_list(
            "pk", "lon", "lat", "division__code"
        )
    }
    points: dict[str, Point] = {}
    for row in rows:
        for side in ("supporter", "recipient"):
            lon, lat, code = places.get(row[f"{side}_id"], (None, None, ""))
            code = row["county_code"] if side == "recipient" else code
            key = row[f"{side}_key"]
            points.setdefault(key, Point(key, row[f"{side}_name"], side, lon, lat, code))
    return Chart(
        list(points.values()),
        [Flow(row["supporter_key"], row["recipient_key"], row["change"], row["county_code"]) for row in rows],
    )


def sees_all(actor: Actor, proposal: Proposal) -> bool:
    """Whether the actor sees every pair of a proposal."""
    return any(contains(path, proposal.scope_path) for path in actor.paths("proposal.view"))
