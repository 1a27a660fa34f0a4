"""Why a proposal's plan is as it is: one pair, a pair that is not in it, its rules, its counties."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext as _

from duikou.core.errors import Conflict, Missing
from duikou.engines.pairing.optimise.counties import CountyCard, county_cards
from duikou.engines.pairing.optimise.explain import PairCard, WhyNot, pair_cards, why_not
from duikou.engines.pairing.optimise.model import Breach, LevelValue, Plan, Problem, Progress, Status
from duikou.engines.pairing.optimise.prices import Blocking, RulePrice, blocking_pairs, rule_prices
from duikou.engines.pairing.optimise.solve import solve
from duikou.engines.pairing.optimise.verify import check
from duikou.wings.pairings.desk import index_of, problem_for
from duikou.wings.pairings.models import Proposal, ProposalPair, ProposalResult
from duikou.wings.pairings.outcome import fingerprint
from duikou.wings.pairings.queries.proposals import result_of

SECONDS = 3.0  # for each solve that an explanation needs


@dataclass(frozen=True)
class Explanation:
    """One pair, in the plan (`card`) or not (`other`)."""

    card: PairCard | None
    other: WhyNot | None


def plan_again(proposal: Proposal, result: ProposalResult) -> tuple[Problem, Plan]:
    """The problem and the plan of a result, put together anew and checked.

    Raises Conflict without a plan, or when what it was computed from has changed.
    """
    base, problem = problem_for(proposal)
    if not result.has_plan or fingerprint(base, problem) != result.digest:
        raise Conflict(_("结果已不是最新的，或还没有结果。请重新求解后再试。"))
    at = index_of(problem)
    rows = ProposalPair.objects.filter(proposal=proposal).exclude(change=ProposalPair.Change.DROPPED)
    chosen = sorted(at[pair] for pair in rows.values_list("supporter_key", "recipient_key"))
    plan = Plan(
        status=Status(result.status),
        chosen=np.array(chosen, dtype=np.int32),
        values=tuple(LevelValue(one["name"], one["value"], one["bound"]) for one in result.levels),
        breaches=tuple(Breach(**one) for one in result.breaches),
        regime=result.regime,
        solver=result.solver,
        seconds=result.seconds,
        cpu_seconds=result.cpu_seconds,
        curve=tuple(Progress(*point) for point in result.curve),
    )
    return problem, check(problem, plan)


def _solved(proposal: Proposal) -> tuple[Problem, Plan]:
    """The proposal's problem and its plan as it was kept; raises Conflict without one that still fits."""
    result = result_of(proposal)
    if result is None:
        raise Conflict(_("方案还没有可以说明的结果。请先求解。"))
    return plan_again(proposal, result)


def _solver(problem: Problem) -> Plan:
    return solve(problem, seconds=SECONDS)


def explanation(proposal: Proposal, supporter_key: str, recipient_key: str) -> Explanation:
    """Explain one pair; what removing or forcing it costs is found by solving again.

    Raises Missing for a pair that cannot be made at all, Conflict without a current result.
    """
    problem, plan = _solved(proposal)
    at = index_of(problem).get((supporter_key, recipient_key))
    if at is None:
        raise Missing(_("这两家医院在本方案中不能结对：不在同一市，或超过最远路程，或有一家没有参加。"))
    if at in plan.chosen:
        return Explanation(pair_cards(problem, plan, [at], solver=_solver)[0], None)
    return Explanation(None, why_not(problem, plan, at, solver=_solver))


@dataclass(frozen=True)
class Whole:
    """The plan as a whole: the price of each rule, each county's best, pairs that both sides prefer."""

    prices: tuple[RulePrice, ...]
    counties: tuple[CountyCard, ...]
    blocking: tuple[Blocking, ...]


def whole(proposal: Proposal) -> Whole:
    """Explain the plan: solves once without each rule. Raises Conflict without a current result."""
    problem, plan = _solved(proposal)
    return Whole(
        rule_prices(problem, plan, _solver), county_cards(problem, plan), blocking_pairs(problem, plan)
    )
