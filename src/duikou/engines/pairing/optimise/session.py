"""What-if: lock, forbid or free a pair and have the best plan again in milliseconds, all levels proved.

An edit becomes a change of *cost*: a locked pair earns, a forbidden pair pays, more than any
exchange could gain, so that each stage starts from its last basis (a bound instead of a
cost would start cold). In the same way a later stage pays for leaving what is optimal in
the stages before, and only holds the arcs near to that. Pairs that were locked or forbidden
when the session began are built in; freeing one of those builds the network anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from duikou.engines.pairing.optimise import flow as flows
from duikou.engines.pairing.optimise.columns import Columns
from duikou.engines.pairing.optimise.edits import checked, difference_of
from duikou.engines.pairing.optimise.flow import Basis, FlowError, Network
from duikou.engines.pairing.optimise.lexicographic import (
    Clock,
    Descent,
    impossible,
    no_plan,
    plan_of,
    solve_network,
    stages_of,
)
from duikou.engines.pairing.optimise.model import (
    BadProblem,
    Flags,
    Ints,
    Plan,
    Problem,
    Status,
)
from duikou.engines.pairing.optimise.network import PairingNetwork
from duikou.engines.pairing.optimise.validate import validate

EDITS = 500
"""So many pairs can be changed before the network is built anew: each adds to what must fit into 62 bits."""


NEAR = 3
"""A later stage holds so many times the arcs that are open: the next edit opens some of the others."""

FAR = 1 << 62


class Session:
    """A problem that is edited, and its best plan at each moment."""

    def __init__(self, problem: Problem) -> None:
        validate(problem, network=True)
        self.problem = problem
        self._columns = Columns.of(problem)
        self._pairing = PairingNetwork.of(problem, self._columns)
        self._warm: _Warm | None = None
        self.plan = self._solve()
        self.difference = difference_of(self.plan, self.plan)

    def edit(self, lock: Iterable[int] = (), forbid: Iterable[int] = (), free: Iterable[int] = ()) -> Plan:
        """Lock, forbid or free candidates (by index) and return the best plan then."""
        return self.turn_to(self.problem.edited(*checked((lock, forbid, free), len(self.problem.candidates))))

    def turn_to(self, problem: Problem) -> Plan:
        """Solve the same problem with these locks and prohibitions and return the best plan."""
        before = self.plan
        self.problem = problem
        self.plan = self._solve()
        self.difference = difference_of(before, self.plan)
        return self.plan

    def _solve(self) -> Plan:
        clock = Clock()
        if impossible(self.problem, self._columns):
            return no_plan(Status.INFEASIBLE, clock, flows.Simplex.name)
        candidates = self.problem.candidates
        try:
            if self._warm is None or not self._warm.reaches(candidates.locked, candidates.forbidden):
                self._warm = _Warm(self.problem, self._pairing)
            flow = self._warm.solve(candidates.locked, candidates.forbidden)
        except (BadProblem, FlowError):
            # Costs so large that there is no room for edits among them, or an answer without proof.
            self._warm = None
            return solve_network(self.problem)
        names = [level.name for level in self.problem.levels]
        return plan_of(self.problem, self._pairing, flow, names, Status.OPTIMAL, clock, flows.Simplex.name)


class _Warm:
    """The stages of a problem, each with the basis of its last solve."""

    def __init__(self, problem: Problem, pairing: PairingNetwork) -> None:
        self._locked, self._forbidden = problem.candidates.locked, problem.candidates.forbidden
        limit = flows.Simplex().limit(len(pairing.network.supply))
        later, first = limit // (pairing.steps + 1), limit // (EDITS + 1)
        start = Descent(pairing, self._locked, self._forbidden)
        self._flow = start.flow
        self._free = start.free
        self._open = int(np.searchsorted(self._free, pairing.candidates))  # free candidates stand first
        network = start.face()
        self._stages = [
            _WarmStage(network, self._open, stage.cost[self._free], stage.span)
            for stage in stages_of(problem, pairing, later, first)
        ]

    def reaches(self, locked: Flags, forbidden: Flags) -> bool:
        """Return whether what is locked and forbidden now can be expressed as costs."""
        built_in = self._locked | self._forbidden
        same = (locked == self._locked) & (forbidden == self._forbidden)
        return bool(same[built_in].all()) and int((~same).sum()) <= EDITS

    def solve(self, locked: Flags, forbidden: Flags) -> Ints:
        """Return the flow that minimises all stages."""
        pairs = self._free[: self._open]
        pull = np.zeros(len(self._free), dtype=np.int64)
        pull[: self._open] = forbidden[pairs]
        pull[: self._open] -= locked[pairs]
        state = _State(np.zeros_like(pull), pull, np.zeros_like(pull))
        for stage in self._stages:
            state = stage.solve(state)
        flow = self._flow.copy()
        flow[self._free] = state.flow
        return flow


@dataclass(frozen=True, eq=False, slots=True)
class _State:
    """Where the stages so far lead."""

    flow: Ints
    pull: Ints  # per arc: 1 must stay empty, −1 must stay full, 0 still open
    distance: Ints  # how far an arc is from being open


class _WarmStage:
    """One stage; holds those arcs only that are open after the stages before, or nearly so."""

    def __init__(self, network: Network, pairs: int, cost: Ints, force: int) -> None:
        self._whole, self._pairs, self._cost, self._force = network, pairs, cost, force
        self._held: Flags = np.zeros(len(cost), dtype=np.bool_)
        self._began = False
        self._arcs: Ints | slice
        self._network: Network
        self._basis: Basis

    def solve(self, state: _State) -> _State:
        """Minimise this stage where the state leaves a choice."""
        if not self._began or not self._held[state.pull == 0].all():
            self._hold(state)
            self._began = True
        arcs = self._arcs
        supply = self._supply(state.flow)
        if (supply != self._network.supply).any():
            self._network = replace(self._network, supply=supply)
            self._basis.supply(supply)
        cost = self._cost[arcs] + self._force * state.pull[arcs]
        flow, potentials = self._basis.solve(cost)
        reduced = flows.reduced_costs(self._network, cost, potentials)
        if not flows.proves(self._network, flow, reduced):
            raise FlowError("flow and duals disagree")
        found, pull, distance = state.flow.copy(), state.pull.copy(), np.full_like(state.distance, FAR)
        found[arcs], distance[arcs] = flow, np.abs(reduced)
        pull[arcs] = np.where(pull[arcs], pull[arcs], np.sign(reduced))
        return _State(found, pull, distance)

    def _hold(self, state: _State) -> None:
        """Choose the arcs to hold, slack arcs always, and begin with a new basis."""
        count = min(len(state.pull), NEAR * (int((state.pull == 0).sum()) + 1))
        if count:
            self._held = state.distance <= np.partition(state.distance, count - 1)[count - 1]
        self._held[self._pairs :] = True
        self._arcs = slice(None) if self._held.all() else np.flatnonzero(self._held)
        self._network = self._whole.slice(self._arcs, self._supply(state.flow))
        self._basis = Basis(self._network, self._cost[self._arcs] - self._force)

    def _supply(self, flow: Ints) -> Ints:
        """Return what the nodes still have to send when the arcs that are not held keep their flow."""
        return self._whole.supply - self._whole.outflow(np.where(self._held, 0, flow))
