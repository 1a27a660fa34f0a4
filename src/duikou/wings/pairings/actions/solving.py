"""Solving a proposal: at once where the problem is small, in the background where it is not.

The solve itself holds no lock and no transaction. Its result is written in one, and only
if the proposal is still what was solved: a killed or overtaken solve leaves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

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
from duikou.wings.pairings.models import Proposal, ProposalPair, ProposalResult
from duikou.wings.pairings.outcome import (
    as_json,
    contradiction_of,
    figures_of,
    fingerprint,
    loads_of,
    pairs_of,
    points,
)
from duikou.wings.pairings.workflows import PROPOSAL

AT_ONCE = 20_000  # candidates up to which a person may wait for the answer
SECONDS_AT_ONCE, SECONDS_IN_BACKGROUND = 10.0, 600.0
BATCH = 500


@dataclass(frozen=True, slots=True)
class Solved:
    """What became of a request: the result, or the job that will write it."""

    result: ProposalResult | None
    job: Job | None = None


def solve_proposal(*, actor: Actor, proposal: Proposal, background: bool | None = None) -> Solved:
    """Find the best plan for a proposal as it is now set.

    `background` None: as the size of the problem demands. While a solve of the same
    proposal waits or runs in the background, that one is returned. Raises Denied, Conflict
    when the proposal may not be changed any more or was changed meanwhile, Invalid when
    its settings make no sense.
    """
    require(actor, "proposal.edit", proposal.scope_paths())
    _check_changeable(proposal)
    if not Proposal.objects.filter(pk=proposal.pk, version=proposal.version).exists():
        raise Conflict(_("方案刚被他人改动。请刷新后再求解。"))
    base, problem = problem_for(proposal)
    if background is None:
        background = len(problem.candidates) > AT_ONCE
    if background:
        return Solved(None, _request(actor, proposal))
    return Solved(_write(actor, proposal, base, problem, best_plan(base, problem)))


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
    base, problem = problem_for(proposal)
    plan = solve(problem, seconds=seconds, report=report, isolate=True)
    return _write(actor, proposal, base, problem, plan)


def note_running(proposal_id: int, job_id: str, curve: list[list[object]]) -> None:
    """Show how far a solve in the background is; nothing when another one has been asked for since."""
    Proposal.objects.filter(pk=proposal_id, job_id=job_id).update(running=curve)


# ---------------------------------------------------------------- the result


def _write(actor: Actor, proposal: Proposal, base: Base, problem: Problem, plan: Plan) -> ProposalResult:
    """Keep a plan in place of the one before: result and pairs at once, or nothing."""
    if plan.status is Status.FAILED:
        raise Conflict(_("求解器中断，没有得出结果；原有结果保持不变。请重试，或改用后台求解。"))
    rows = pairs_of(proposal, base, problem, plan) if _has_pairs(plan) else []
    with together(), act("proposal.solve", actor=actor, permission="proposal.edit", on=proposal) as event:
        current = Proposal.objects.select_for_update().filter(
            pk=proposal.pk, inputs=proposal.inputs, state__in=CHANGEABLE
        )
        if not current.exists():
            raise Conflict(_("求解期间方案被改动，这次的结果没有保存。请刷新后重新求解。"))
        result = ProposalResult.objects.filter(proposal=proposal).first() or ProposalResult(proposal=proposal)
        _fill(result, actor, proposal, base, problem, plan)
        result.save()
        _replace(proposal, rows)
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
    return result


def _has_pairs(plan: Plan) -> bool:
    return plan.status is not Status.INFEASIBLE and bool(len(plan.chosen))


def _fill(
    result: ProposalResult, actor: Actor, proposal: Proposal, base: Base, problem: Problem, plan: Plan
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
        {**figures_of(problem, plan), "supporters": loads_of(problem)} if _has_pairs(plan) else {}
    )
    result.contradiction = contradiction_of(problem) if plan.status is Status.INFEASIBLE else {}
    result.note, result.curve = as_json(plan.note), points(plan.curve)
    result.solved_by_id, result.solved_at = actor.user_id, timezone.now()


_PLACE = ("supporter_key", "recipient_key")
_COMPARED = tuple(
    field.attname
    for field in ProposalPair._meta.concrete_fields
    if field.attname not in ("id", "proposal_id", *_PLACE)
)


def _replace(proposal: Proposal, rows: list[ProposalPair]) -> None:
    """Write what differs from the rows that are there: an edit changes few of them."""
    columns = ("pk", *_PLACE, *_COMPARED)
    known = {
        (place, taker): (pk, values) for pk, place, taker, *values in proposal.pairs.values_list(*columns)
    }
    fresh, changed = [], []
    for row in rows:
        old = known.pop((row.supporter_key, row.recipient_key), None)
        if old is None:
            fresh.append(row)
        elif any(was != getattr(row, name) for name, was in zip(_COMPARED, old[1], strict=True)):
            row.pk = old[0]
            changed.append(row)
    gone = [*(pk for pk, _values in known.values()), *(row.pk for row in changed)]
    # Changed rows are put back under their numbers: one row of seventeen columns costs less to
    # insert than to update.
    ProposalPair.objects.filter(pk__in=gone).delete()
    ProposalPair.objects.bulk_create(changed, batch_size=BATCH)
    ProposalPair.objects.bulk_create(fresh, batch_size=BATCH)
