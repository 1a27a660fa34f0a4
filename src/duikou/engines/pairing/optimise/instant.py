"""Costs of wishes at once, where the problem is a network: from duals, or from a warm session.

In the network regime every arc has a reduced cost at each stage: what one unit more (or
less) costs when everything else is valued at its price. It is never more than what
solving again would find. Where it is 0 the pair is a tie so far, and the next stage decides.
"""

from __future__ import annotations

import numpy as np

from duikou.engines.pairing.optimise import flow as flows
from duikou.engines.pairing.optimise.columns import Columns
from duikou.engines.pairing.optimise.costs import LowerBound, Solver
from duikou.engines.pairing.optimise.lexicographic import Descent, impossible, stages_of
from duikou.engines.pairing.optimise.model import Ints, Plan, Problem
from duikou.engines.pairing.optimise.network import PairingNetwork
from duikou.engines.pairing.optimise.session import Session
from duikou.engines.pairing.optimise.standing import Difference
from duikou.engines.pairing.optimise.validate import validate


def lower_bounds(problem: Problem) -> LowerBound | None:
    """Return the lower bounds of a problem that is a network; None for others and without any plan.

    Locked and forbidden pairs have none: they are no choice of the plan.
    """
    columns = Columns.of(problem)
    if problem.breaks_network or impossible(problem, columns):
        return None
    validate(problem, network=True)
    pairing = PairingNetwork.of(problem, columns)
    candidates = problem.candidates
    descent = Descent(pairing, candidates.locked, candidates.forbidden)
    digits: list[Ints] = []  # per level: of each candidate, once its reduced cost is not 0
    limit = flows.CODES[0].limit(len(pairing.network.supply))
    settled = np.zeros(pairing.candidates, dtype=np.int64)  # how many levels a candidate's bound speaks of
    for stage in stages_of(problem, pairing, limit):
        reduced = np.zeros(len(pairing.network.tail), dtype=np.int64)
        if len(descent.free):
            answer = flows.solve(descent.face(), stage.cost[descent.free])
            reduced[descent.free] = np.abs(answer.reduced)
            descent.take(answer)
        found = reduced[: pairing.candidates]
        digits += stage.digits(found)
        settled[(found > 0) & (settled == 0)] = len(digits)
    levels = len(problem.levels)  # the last digit breaks ties and costs nobody anything

    def bound(candidate: int) -> Difference | None:
        if candidates.locked[candidate] or candidates.forbidden[candidate]:
            return None
        return tuple(int(digit[candidate]) for digit in digits[: settled[candidate]])[:levels]

    return bound


def warm_solver(problem: Problem) -> Solver:
    """Return a solver of this network with other locks and prohibitions, each solve from the last basis."""
    session = Session(problem)

    def solve(edited: Problem) -> Plan:
        now, then = session.problem.candidates, edited.candidates
        held = then.locked | then.forbidden
        return session.edit(
            lock=np.flatnonzero(then.locked & ~now.locked),
            forbid=np.flatnonzero(then.forbidden & ~now.forbidden),
            free=np.flatnonzero((now.locked | now.forbidden) & ~held),
        )

    return solve
