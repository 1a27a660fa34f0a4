"""Proposals of a next round: read, made, changed, solved, compared."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from duikou.core.rest import (
    Answer,
    Body,
    Call,
    Id,
    Limit,
    Line,
    Offset,
    Page,
    Reason,
    Versioned,
    Yes,
    operation,
    page_of,
)
from duikou.core.rest.types import TEXT_PATTERN
from duikou.wings.pairings.actions import proposals as actions
from duikou.wings.pairings.actions.solving import solve_proposal as solve
from duikou.wings.pairings.api.proposal_answers import (
    Change,
    PlanText,
    ProposalDetail,
    ProposalItem,
    ProposalState,
    answer,
    item,
)
from duikou.wings.pairings.api.schemas import HospitalKey, RoundKey, Text500
from duikou.wings.pairings.models import Proposal
from duikou.wings.pairings.queries import comparison as comparing
from duikou.wings.pairings.queries import proposals as queries
from duikou.wings.pairings.queries.rounds import round_named
from duikou.wings.pairings.settings import SettingsShape

router = Router(tags=["proposals"])
ONE = "/proposals/{proposal_id}"
ProposalName = Annotated[str, Field(min_length=1, max_length=120, pattern=TEXT_PATTERN)]
VIEW: dict[str, Any] = {"permission": "proposal.view"}
EDIT: dict[str, Any] = {"permission": "proposal.edit"}


def read(request: Call, pk: int, version: int) -> Proposal:
    """The proposal as the caller read it: acts refuse it when it has changed since."""
    proposal = queries.proposal(request.actor, pk)
    proposal.version = version
    return proposal


@operation(
    router, "GET", "/proposals", response=Page[ProposalItem], zh="方案列表", en="List of proposals", **VIEW
)
def list_proposals(
    request: Call,
    round: RoundKey | None = None,
    state: ProposalState | None = None,
    text: Line = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """Of the caller's area, newest first; drafts are seen by the authority that proposes alone."""
    rows = queries.proposals(request.actor, round_named(round) if round else None)
    if state:
        rows = rows.filter(state=state)
    if text := text.strip():
        rows = rows.filter(name__contains=text)
    return page_of(rows, limit, offset, item)


class NewProposal(Body):
    """A proposal for the round after `round`."""

    round: RoundKey
    name: ProposalName
    note: Text500 = ""


@operation(
    router,
    "POST",
    "/proposals",
    response=ProposalDetail,
    status=201,
    zh="新建方案",
    en="Make a proposal",
    **EDIT,
)
def create_proposal(request: Call, body: NewProposal) -> Any:
    """As a draft with the usual settings, for the highest authority that the caller works for."""
    made = actions.create_proposal(actor=request.actor, round_key=body.round, name=body.name, note=body.note)
    return answer(request.actor, made.pk)


@operation(router, "GET", ONE, response=ProposalDetail, zh="一个方案", en="One proposal", **VIEW)
def get_proposal(request: Call, proposal_id: Id) -> Any:
    """With settings, edits, agreements and the newest result; pairs have their own list."""
    return answer(request.actor, proposal_id)


class ProposalNaming(Versioned):
    """Another name and note."""

    name: ProposalName
    note: Text500 = ""


@operation(router, "PATCH", ONE, response=ProposalDetail, zh="方案改名", en="Rename a proposal", **EDIT)
def rename_proposal(request: Call, proposal_id: Id, body: ProposalNaming) -> Any:
    """Its result stays."""
    proposal = read(request, proposal_id, body.version)
    actions.rename_proposal(actor=request.actor, proposal=proposal, name=body.name, note=body.note)
    return answer(request.actor, proposal_id)


class ProposalCopy(Body):
    """A name for the copy."""

    name: ProposalName


@operation(
    router,
    "POST",
    f"{ONE}/copy",
    response=ProposalDetail,
    status=201,
    zh="复制方案",
    en="Copy a proposal",
    **EDIT,
)
def copy_proposal(request: Call, proposal_id: Id, body: ProposalCopy) -> Any:
    """A draft of the caller's own authority with the same settings and edits."""
    proposal = queries.proposal(request.actor, proposal_id)
    made = actions.copy_proposal(actor=request.actor, proposal=proposal, name=body.name)
    return answer(request.actor, made.pk)


# ---------------------------------------------------------------- settings and edits


class ProposalSettings(Versioned):
    """All settings; members left out take their usual value."""

    settings: SettingsShape


@operation(
    router, "PUT", f"{ONE}/settings", response=ProposalDetail, zh="方案设置", en="Set a proposal", **EDIT
)
def set_proposal(request: Call, proposal_id: Id, body: ProposalSettings) -> Any:
    """Levels and their order, or weights; rules that do not count; limits; closed and new hospitals."""
    proposal = read(request, proposal_id, body.version)
    values = body.settings.model_dump(mode="json")
    actions.set_settings(actor=request.actor, proposal=proposal, values=values)
    return answer(request.actor, proposal_id)


class PairKeys(Body):
    """A pair by the keys of its hospitals."""

    supporter: HospitalKey
    recipient: HospitalKey


Pairs = Annotated[list[PairKeys], Field(max_length=actions.MOST_PAIRS)]


class PairEdits(Versioned):
    """Pairs to lock, to forbid, and to free of both; the first two need a reason."""

    lock: Pairs = []
    forbid: Pairs = []
    free: Pairs = []
    reason: Text500 = ""


@operation(
    router,
    "POST",
    f"{ONE}/edits",
    response=ProposalDetail,
    zh="指定与禁止结对",
    en="Lock, forbid and free pairs",
    **EDIT,
)
def edit_proposal_pairs(request: Call, proposal_id: Id, body: PairEdits) -> Any:
    """All of them or none. The result is then out of date: solve again."""
    proposal = read(request, proposal_id, body.version)
    lock, forbid, free = (
        [(pair.supporter, pair.recipient) for pair in pairs] for pairs in (body.lock, body.forbid, body.free)
    )
    actions.edit_pairs(
        actor=request.actor, proposal=proposal, lock=lock, forbid=forbid, free=free, reason=body.reason
    )
    return answer(request.actor, proposal_id)


class HospitalClosing(Versioned):
    """A hospital of the round that is to be left out, and why."""

    hospital: HospitalKey
    reason: Reason


@operation(
    router,
    "POST",
    f"{ONE}/closed",
    response=ProposalDetail,
    zh="方案关闭医院",
    en="Close a hospital in a proposal",
    **EDIT,
)
def close_in_proposal(request: Call, proposal_id: Id, body: HospitalClosing) -> Any:
    """What if it is closed? Locks and prohibitions that name it go with it."""
    proposal = read(request, proposal_id, body.version)
    actions.close_hospital(actor=request.actor, proposal=proposal, hospital=body.hospital, reason=body.reason)
    return answer(request.actor, proposal_id)


class HospitalNaming(Versioned):
    """A hospital by key; one that is still to be registered by its name."""

    hospital: Annotated[str, Field(min_length=1, max_length=120, pattern=TEXT_PATTERN)]


@operation(
    router,
    "POST",
    f"{ONE}/reopened",
    response=ProposalDetail,
    zh="方案恢复医院",
    en="Take a closed hospital back",
    **EDIT,
)
def reopen_in_proposal(request: Call, proposal_id: Id, body: HospitalNaming) -> Any:
    """Of one that was closed in the proposal."""
    proposal = read(request, proposal_id, body.version)
    actions.reopen_hospital(actor=request.actor, proposal=proposal, hospital=body.hospital)
    return answer(request.actor, proposal_id)


class NewcomerBody(Versioned):
    """A registered hospital that the round does not name; `table` of a supporter."""

    hospital: HospitalKey
    side: Literal["supporter", "recipient"]
    table: Literal["1", "2"] = "2"
    reason: Reason


@operation(
    router,
    "POST",
    f"{ONE}/newcomers",
    response=ProposalDetail,
    zh="方案新增医院",
    en="Add a hospital to a proposal",
    **EDIT,
)
def add_newcomer(request: Call, proposal_id: Id, body: NewcomerBody) -> Any:
    """It then may be paired like the others."""
    proposal = read(request, proposal_id, body.version)
    values = body.model_dump(exclude={"version"})
    actions.add_newcomer(actor=request.actor, proposal=proposal, **values)
    return answer(request.actor, proposal_id)


class NamedBody(Versioned):
    """A recipient that is still to be registered: a name in a county."""

    county_code: Annotated[str, Field(min_length=6, max_length=6, pattern=r"^[0-9]{6}$")]
    name: ProposalName
    reason: Reason


@operation(
    router,
    "POST",
    f"{ONE}/named",
    response=ProposalDetail,
    zh="方案新增待登记医院",
    en="Name a recipient that is still to be registered",
    **EDIT,
)
def name_recipient(request: Call, proposal_id: Id, body: NamedBody) -> Any:
    """It has to be registered before the proposal is opened as a round."""
    proposal = read(request, proposal_id, body.version)
    values = body.model_dump(exclude={"version"})
    actions.name_recipient(actor=request.actor, proposal=proposal, **values)
    return answer(request.actor, proposal_id)


@operation(
    router,
    "POST",
    f"{ONE}/newcomers/removed",
    response=ProposalDetail,
    zh="方案移除新增医院",
    en="Take a newcomer out of a proposal",
    **EDIT,
)
def remove_newcomer(request: Call, proposal_id: Id, body: HospitalNaming) -> Any:
    """With the locks and prohibitions that name it."""
    proposal = read(request, proposal_id, body.version)
    actions.remove_newcomer(actor=request.actor, proposal=proposal, hospital=body.hospital)
    return answer(request.actor, proposal_id)


# ---------------------------------------------------------------- solving


class SolveWish(Versioned):
    """`background` null: as the size of the problem demands."""

    background: Yes | None = None


@operation(
    router, "POST", f"{ONE}/solve", response=ProposalDetail, zh="求解方案", en="Solve a proposal", **EDIT
)
def solve_proposal(request: Call, proposal_id: Id, body: SolveWish) -> Any:
    """At once, or in the background (see `job_id`, `running`, and the job's own operations)."""
    proposal = read(request, proposal_id, body.version)
    solve(actor=request.actor, proposal=proposal, background=body.background)
    return answer(request.actor, proposal_id)


# ---------------------------------------------------------------- pairs, map, comparison


class ProposalPairItem(Answer):
    """A pair that is kept, added or dropped. Without an id a hospital is still to be registered.

    `parts` are score parts by name (travel in hundred metres, fit in weights, points against
    kind and city); `unknown` names those that could not be known.
    """

    id: int
    change: Change
    locked: bool
    pairing_id: int | None
    supporter_id: int | None
    supporter_key: str
    supporter_name: str
    recipient_id: int | None
    recipient_key: str
    recipient_name: str
    table: str
    group: str
    county_code: str
    county: str
    parts: dict[str, int]
    unknown: list[str]
    reason: PlanText


@operation(
    router,
    "GET",
    f"{ONE}/pairs",
    response=Page[ProposalPairItem],
    zh="方案的结对",
    en="Pairs of a proposal",
    **VIEW,
)
def list_proposal_pairs(
    request: Call,
    proposal_id: Id,
    change: Change | None = None,
    table: Literal["1", "2"] | None = None,
    county: Annotated[str, Field(max_length=6, pattern=r"^[0-9]*$")] = "",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """As far as the caller may see them: a city those of its own table, hospitals and counties."""
    rows = queries.pairs(request.actor, queries.proposal(request.actor, proposal_id))
    conditions = {"change": change, "table": table, "county_code": county}
    rows = rows.filter(**{name: value for name, value in conditions.items() if value})
    return page_of(rows.values(*queries.PAIR_COLUMNS), limit, offset)


class MapPoint(Answer):
    """A hospital; without coordinates it is listed but not drawn."""

    key: str
    name: str
    side: Literal["supporter", "recipient"]
    lon: float | None
    lat: float | None
    county_code: str


class MapFlow(Answer):
    """A pair by keys."""

    supporter: str
    recipient: str
    change: Change
    county_code: str


class ProposalMap(Answer):
    """Before: kept and dropped flows; after: kept and added ones."""

    points: list[MapPoint]
    flows: list[MapFlow]


@operation(router, "GET", f"{ONE}/map", response=ProposalMap, zh="方案地图", en="Map of a proposal", **VIEW)
def get_proposal_map(request: Call, proposal_id: Id) -> Any:
    """Hospitals and flows before and after, as far as the caller may see them."""
    return queries.chart(request.actor, queries.proposal(request.actor, proposal_id))


class ComparedPairItem(Answer):
    """A pair in both proposals; empty: neither in the plan nor in the present round."""

    supporter_key: str
    supporter: str
    recipient_key: str
    recipient: str
    table: str
    group: str
    county: str
    county_code: str
    first: Literal["", "kept", "added", "dropped"]
    second: Literal["", "kept", "added", "dropped"]
    differs: bool


class ComparedLevelItem(Answer):
    """One level in both; null where a proposal does not have it."""

    name: str
    title: PlanText
    unit: PlanText
    first: int | None
    second: int | None


class ProposalComparison(Answer):
    """Two proposals, level by level and pair by pair; differing pairs first."""

    first: ProposalItem
    second: ProposalItem
    levels: list[ComparedLevelItem]
    pairs: list[ComparedPairItem]


@operation(
    router,
    "GET",
    f"{ONE}/compared-with/{{other_id}}",
    response=ProposalComparison,
    zh="比较两个方案",
    en="Compare two proposals",
    **VIEW,
)
def compare_proposals(request: Call, proposal_id: Id, other_id: Id) -> Any:
    """Of one round, as far as the caller may see them."""
    found = comparing.comparison(request.actor, proposal_id, other_id)
    return {
        "first": item(found.first),
        "second": item(found.second),
        "levels": found.levels,
        "pairs": found.pairs,
    }
