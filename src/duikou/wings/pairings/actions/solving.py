"""Solving a proposal: at once where the problem is small, in the background where it is not.

The solve itself holds no lock and no transaction. Its result is written in one, and only
if the proposal is still what was solved: a killed or overtaken solve leaves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import act, require, together
from duikou.core.errors import Conflict, Missing
from duikou.core.jobs.actions import request_job
from duikou.core.jobs.models import Job
from duikou.core.scope import Actor
from duikou.engines.pairing.optimise.model import Plan, Problem, Report, Status
from duikou.engines.pairing.optimise.solve import solve
from duikou.wings.pairings.actions.proposals import CHANGEABLE
from duikou.wings.pairings.desk import Base, problem_for
from duikou.wings.pairings.models import Proposal, ProposalEdit, ProposalPair, ProposalResult
from duikou.wings.pairings.outcome import (
    as_json,
    contradiction_of,
    figures_of,
    fingerprint,
    loads_of,
    points,
)
from duikou.wings.pairings.plan_rows import (
    Pair,
    PlanRows,
    Row,
    Stamp,
    no_rows,
    pair_of,
    plan_rows,
    recall,
    remember,
)
from duikou.wings.pairings.warm import QUICK
from duikou.wings.pairings.workflows import PROPOSAL

AT_ONCE = 20_000  # candidates up to which a person may wait for the answer
AT_ONCE_QUICK = (
    200_000  # the same where the rules are a network, or nearly: a country takes less than a second
)
SECONDS_AT_ONCE, SECONDS_IN_BACKGROUND = 10.0, 600.0
BATCH = 500


@dataclass(frozen=True, slots=True)
class Solved:
    """What became of a request: the result, or the job that will write it.

    `added` and `gone` are the pairs that the plan before had not, or had and has no more,
    each as both names in words.
    """

    result: ProposalResult | None
    job: Job | None = None
    added: Sequence[str] = ()
    gone: Sequence[str] = ()


def solve_proposal(*, actor: Actor, proposal: Proposal, background: bool | None = None) -> Solved:
    """Find the best plan for a proposal as it is now set.

    `background` None: as the size of the problem demands. While a solve of the same
    proposal waits or runs in the background, that one is returned. Raises Denied, Conflict
    when the proposal may not be changed any more or was changed meanwhile, Invalid when
    its settings make no sense.
    """
    require(actor, "proposal.edit", proposal.scope_paths())
    _check_changeable(proposal)
    edits = list(proposal.edits.all())
    base, problem = problem_for(proposal, edits)
    if background is None:
        quick = QUICK.issuperset(problem.breaks_network)
        background = len(problem.candidates) > (AT_ONCE_QUICK if quick else AT_ONCE)
    if background:
        return Solved(None, _request(actor, proposal))
    return _write(actor, proposal, edits, base, problem, best_plan(base, problem))


def best_plan(base: Base, problem: Problem) -> Plan:
    """The plan while a person waits: from where the last solve of this base stood, where that is quick."""
    return base.warm.solve(base.problem, problem) or solve(problem, seconds=SECONDS_AT_ONCE)


def _check_changeable(proposal: Proposal) -> None:
    if proposal.state not in CHANGEABLE:
        raise Conflict(
            _("方案目前为“%(state)s”，不能再求解。退回后可以修改。")
            % {"state": PROPOSAL.states[proposal.state].label}
        )


def _request(actor: Actor, proposal: Proposal) -> Job:
    from duikou.wings.pairings.jobs import solve_in_background

    with act("proposal.solve_later", actor=actor, permission="proposal.edit", on=proposal) as event:
        job = request_job(
            solve_in_background,
            proposal.pk,
            actor=actor,
            scope_path=proposal.scope_path,
            subject=proposal.name,
            dedupe=f"proposal-{proposal.pk}",
        )
        Proposal.objects.filter(pk=proposal.pk).update(job_id=job.pk, running=[])
        event.note(after={"job": job.pk})
    return job


def solve_as_job(*, actor: Actor, proposal_id: int, report: Report, seconds: float) -> ProposalResult:
    """The same inside a worker: solved in a process of its own, so that limits and cancelling hold.

    Raises Missing, Conflict when the proposal was changed while it was being solved.
    """
    proposal = Proposal.objects.select_related("round__org").filter(pk=proposal_id).first()
    if proposal is None:
        raise Missing(_("没有这个方案。"))
    _check_changeable(proposal)
    edits = list(proposal.edits.all())
    base, problem = problem_for(proposal, edits)
    plan = solve(problem, seconds=seconds, report=report, isolate=True)
    result = _write(actor, proposal, edits, base, problem, plan).result
    assert result is not None
    return result


def note_running(proposal_id: int, job_id: str, curve: list[list[object]]) -> None:
    """Show how far a solve in the background is; nothing when another one has been asked for since."""
    Proposal.objects.filter(pk=proposal_id, job_id=job_id).update(running=curve)


# ---------------------------------------------------------------- the result


def _write(
    actor: Actor,
    proposal: Proposal,
    edits: Sequence[ProposalEdit],
    base: Base,
    problem: Problem,
    plan: Plan,
) -> Solved:
    """Keep a plan in place of the one before: result and pairs at once, or nothing."""
    if plan.status is Status.FAILED:
        raise Conflict(_("求解器中断，没有得出结果；原有结果保持不变。请重试，或改用后台求解。"))
    stamp, former = recall(proposal.pk)
    rows = plan_rows(edits, base, problem, plan, former) if _has_pairs(plan) else no_rows(problem)
    with together(), act("proposal.solve", actor=actor, permission="proposal.edit", on=proposal) as event:
        current = Proposal.objects.select_for_update().filter(
            pk=proposal.pk, inputs=proposal.inputs, state__in=CHANGEABLE
        )
        if not current.exists():
            raise Conflict(_("求解期间方案被改动，这次的结果没有保存。请刷新后重新求解。"))
        if (found := _stamp(proposal)) != stamp:  # written by another process, or forgotten
            stamp, former = found, None
            rows = plan_rows(edits, base, problem, plan) if _has_pairs(plan) else rows
        result = ProposalResult(pk=stamp[0] if stamp else None, proposal=proposal)
        _fill(result, actor, proposal, base, problem, plan, rows.figures_before)
        result.save(force_update=stamp is not None)
        added, gone = _replace(proposal, former, rows)
        transaction.on_commit(lambda: remember(result, rows))
        event.note(
            after={
                "status": result.status,
                "verified": result.verified,
                "solver": result.solver,
                "levels": {level["name"]: [level["value"], level["bound"]] for level in result.levels},
                "changes": result.figures.get("changes"),
            }
        )
    proposal.result = result
    return Solved(result, added=added, gone=gone)


def _has_pairs(plan: Plan) -> bool:
    return plan.status is not Status.INFEASIBLE and bool(len(plan.chosen))


def _stamp(proposal: Proposal) -> Stamp | None:
    """Which result there is; None before the first."""
    return ProposalResult.objects.filter(proposal=proposal).values_list("pk", "solved_at").first()


def _fill(
    result: ProposalResult,
    actor: Actor,
    proposal: Proposal,
    base: Base,
    problem: Problem,
    plan: Plan,
    before: Mapping[str, Any],
) -> None:
    proved = plan.status is Status.OPTIMAL and plan.verified
    titles = {level.name: level for level in problem.levels}
    result.revision, result.inputs, result.facts = proposal.round.revision, proposal.inputs, base.facts
    result.digest = fingerprint(base, problem)
    # What does not stand up to the independent check is never called optimal.
    result.status = plan.status if proved or plan.status is not Status.OPTIMAL else Status.FEASIBLE
    result.verified = plan.verified
    result.regime, result.solver = plan.regime, plan.solver[:80]
    result.seconds, result.cpu_seconds = plan.seconds, plan.cpu_seconds
    result.levels = [
        {
            "name": value.name,
            "title": as_json(titles[value.name].title),
            "unit": as_json(titles[value.name].unit),
            "value": value.value,
            "bound": value.bound,
        }
        for value in plan.values
        if value.name in titles
    ]
    result.breaches = [
        {
            "rule": one.rule,
            "subject": one.subject,
            "name": one.name,
            "amount": one.amount,
            "found": one.found,
            "least": one.least,
            "most": one.most,
        }
        for one in plan.breaches
    ]
    result.figures = (
        {**figures_of(problem, plan, before), "supporters": loads_of(problem)} if _has_pairs(plan) else {}
    )
    result.contradiction = contradiction_of(problem) if plan.status is Status.INFEASIBLE else {}
    result.note, result.curve = as_json(plan.note), points(plan.curve)
    result.solved_by_id, result.solved_at = actor.user_id, timezone.now()


_COLUMNS = tuple(
    field.attname
    for field in ProposalPair._meta.concrete_fields
    if field.attname not in ("id", "proposal_id")
)


def _replace(proposal: Proposal, former: PlanRows | None, now: PlanRows) -> tuple[list[str], list[str]]:
    """Write what differs from the rows that are there: an edit changes few of them.

    Returns the pairs that came into the plan and those that left it, in words.
    """
    after, stored = now.rows, proposal.pairs.all()
    if former is None:
        read = (dict(zip(_COLUMNS, row, strict=True)) for row in stored.values_list(*_COLUMNS))
        before: Mapping[Pair, Row] = {pair_of(row): row for row in read}
    else:
        before = former.rows
    if now.concerned is None:
        concerned: Set[Pair] = before.keys() | after.keys()
    else:
        concerned = now.concerned
        stored = stored.filter(supporter_key__in={supporter for supporter, _recipient in concerned})
    keys = {
        (supporter, recipient): pk
        for pk, supporter, recipient in stored.values_list("pk", "supporter_key", "recipient_key")
    }
    differing = sorted(pair for pair in concerned if before.get(pair) != after.get(pair))
    ProposalPair.objects.filter(pk__in=[keys[pair] for pair in differing if pair in keys]).delete()
    # Changed rows are put back under their numbers: one row of seventeen columns costs less to
    # insert than to update.
    changed = sorted((keys[pair], pair) for pair in differing if pair in keys and pair in after)
    fresh = [pair for pair in after if pair in concerned and pair not in keys]
    for rows in (
        [ProposalPair(pk=pk, proposal=proposal, **after[pair]) for pk, pair in changed],
        [ProposalPair(proposal=proposal, **after[pair]) for pair in fresh],
    ):
        ProposalPair.objects.bulk_create(rows, batch_size=BATCH)
    was = {pair: words for pair in differing if (words := _planned(before.get(pair)))}
    planned = {pair: words for pair in differing if (words := _planned(after.get(pair)))}
    return [planned[pair] for pair in planned if pair not in was], [
        was[pair] for pair in was if pair not in planned
    ]


def _planned(row: Row | None) -> str:
    """Both names of a pair of the plan in words; empty when the plan drops it."""
    if row is None or row["change"] == ProposalPair.Change.DROPPED.value:
        return ""
    return f"{row['supporter_name']} → {row['recipient_name']}"
