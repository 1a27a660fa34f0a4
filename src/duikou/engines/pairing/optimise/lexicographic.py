"""The network regime: levels strictly one after the other, each proved, ties broken by hash.

Levels that fit into 63 bits together are solved as one *stage*: their costs are the digits
of one number, each digit wide enough for whatever a simple cycle can change at its level, so
that the sum is least exactly where the levels are least one after the other. Between stages
the plans that are optimal so far are kept by fixing every arc whose reduced cost is not 0:
complementary slackness says that these arcs have the same flow in all of them, and what
is left is a smaller network.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from duikou.engines.pairing.optimise import flow as flows
from duikou.engines.pairing.optimise import ties
from duikou.engines.pairing.optimise.columns import Columns, breaches_of, values_of
from duikou.engines.pairing.optimise.flow import CODES, Code, FlowError
from duikou.engines.pairing.optimise.model import (
    BadProblem,
    Cancelled,
    Flags,
    Indexes,
    Ints,
    Level,
    LevelValue,
    Plan,
    Problem,
    Progress,
    Report,
    Status,
)
from duikou.engines.pairing.optimise.network import PairingNetwork
from duikou.engines.pairing.optimise.validate import validate
from duikou.engines.text import Text

TIES = "ties"


@dataclass(frozen=True, eq=False, slots=True)
class Stage:
    """Consecutive levels as digits of one cost."""

    names: tuple[str, ...]
    cost: Ints
    reaches: tuple[int, ...]  # per level: what a simple cycle can cost at most

    @property
    def span(self) -> int:
        """More than twice of what a simple cycle can cost."""
        return _span(self.reaches)

    def digits(self, numbers: Ints) -> list[Ints]:
        """Take sums of costs along simple paths apart into the levels."""
        found = []
        for reach in reversed(self.reaches):
            base = 2 * reach + 1
            digit = (numbers + reach) % base - reach
            numbers = (numbers - digit) // base
            found.append(digit)
        return found[::-1]


def _span(reaches: Sequence[int]) -> int:
    product = 1
    for reach in reaches:
        product *= 2 * reach + 1
    return product


def levels_of(problem: Problem) -> Iterator[Level]:
    """Yield the levels and the hidden one that breaks ties."""
    yield from problem.levels
    yield Level(TIES, Text("同分取舍", "tie-break"), Text("", ""), cost=ties.column(problem))


def stages_of(
    problem: Problem, pairing: PairingNetwork, limit: int, first: int | None = None
) -> Iterator[Stage]:
    """Yield the levels in as few stages as sums below `limit` allow; `first` limits the first one."""
    ceiling = limit if first is None else first
    names: list[str] = []
    reaches: list[int] = []
    cost: Ints | None = None
    for level in levels_of(problem):
        costs = pairing.costs(level)
        reach = pairing.reach(costs)
        if 2 * reach + 1 > min(limit, ceiling):
            raise BadProblem(_too_large(level, reach, limit))
        if cost is not None and _span([*reaches, reach]) > ceiling:
            yield Stage(tuple(names), cost, tuple(reaches))
            names, reaches, cost, ceiling = [], [], None, limit
        if cost is None:
            cost = costs
        else:
            cost *= 2 * reach + 1
            cost += costs
        names.append(level.name)
        reaches.append(reach)
    if cost is not None:
        yield Stage(tuple(names), cost, tuple(reaches))


def _too_large(level: Level, reach: int, limit: int) -> Text:
    return Text(
        f"目标层级“{level.title.zh}”的数值过大：一次调整最多可累计 {reach}，"
        f"超过可精确计算的上限 {limit // 2}。请改用更粗的单位（例如以百米计里程）。",
        f"The numbers of level “{level.title.en}” are too large: one exchange may add up to {reach}, "
        f"more than {limit // 2}, up to which sums are exact. Use a coarser unit (hundreds of metres, say).",
    )


class Descent:
    """Minimises stage after stage; after each, `flow` is a plan that is optimal so far."""

    def __init__(self, pairing: PairingNetwork, locked: Flags, forbidden: Flags) -> None:
        arcs = len(pairing.network.tail)
        self._network = pairing.network
        free = np.ones(arcs, dtype=np.bool_)
        free[: pairing.candidates] = ~(locked | forbidden)
        self.free: Ints = np.flatnonzero(free)  # arcs on which optimal plans may still differ
        self.flow: Ints = np.zeros(arcs, dtype=np.int64)
        self.flow[: pairing.candidates] = locked

    def face(self) -> flows.Network:
        """Return the network that the free arcs still form."""
        fixed = self.flow.copy()
        fixed[self.free] = 0
        return self._network.slice(self.free, self._network.supply - self._network.outflow(fixed))

    def minimise(self, stage: Stage, code: Code) -> None:
        """Solve one stage on the optimal face of the stages before."""
        if len(self.free):
            self.take(flows.solve(self.face(), stage.cost[self.free], code))

    def take(self, answer: flows.Flow) -> None:
        """Go on from an optimal flow of the free arcs."""
        self.flow[self.free] = answer.flow
        self.free = self.free[answer.reduced == 0]


def solve_network(problem: Problem, *, report: Report | None = None, codes: Sequence[Code] = CODES) -> Plan:
    """Return the best plan of a problem that is a network, each level proved.

    A code whose answer is not proved is not believed: the next one begins anew.
    """
    clock = Clock()
    validate(problem, network=True)
    columns = Columns.of(problem)
    if impossible(problem, columns):
        return no_plan(Status.INFEASIBLE, clock, codes[0].name)
    pairing = PairingNetwork.of(problem, columns)
    reasons = []
    for code in codes:
        try:
            return _descended(problem, pairing, code, clock, report)
        except FlowError as error:
            reasons.append(f"{code.name}: {error}")
    return no_plan(Status.FAILED, clock, codes[-1].name, "; ".join(reasons))


def _descended(
    problem: Problem, pairing: PairingNetwork, code: Code, clock: Clock, report: Report | None
) -> Plan:
    """Solve stage after stage with one code; a cancelled solve keeps the plan that is optimal so far."""
    descent = Descent(pairing, problem.candidates.locked, problem.candidates.forbidden)
    proved: list[str] = []
    status = Status.OPTIMAL
    try:
        for stage in stages_of(problem, pairing, code.limit(len(pairing.network.supply))):
            if report:
                report(Progress(clock.seconds, stage.names[0], None, None))
            descent.minimise(stage, code)
            proved += stage.names
    except Cancelled:
        status = Status.CANCELLED
    if not proved:
        return no_plan(status, clock, code.name)
    return plan_of(problem, pairing, descent.flow, proved, status, clock, code.name)


def impossible(problem: Problem, columns: Columns) -> bool:
    """Return whether locks contradict prohibitions or ceilings, all that can contradict in a network."""
    candidates = problem.candidates
    held = np.bincount(candidates.supporter[candidates.locked], minlength=len(problem.supporters))
    return bool((candidates.locked & candidates.forbidden).any() or (held > columns.ceiling).any())


class Clock:
    """Wall and CPU time since it was made."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), time.process_time()

    @property
    def seconds(self) -> float:
        """Wall time."""
        return time.perf_counter() - self._wall

    @property
    def cpu_seconds(self) -> float:
        """CPU time of this process."""
        return time.process_time() - self._cpu


def no_plan(status: Status, clock: Clock, solver: str, reason: str = "") -> Plan:
    """Return the answer when there is nothing to show; `reason`: what went wrong in the solvers."""
    nothing: Indexes = np.zeros(0, dtype=np.int32)
    note = (
        Text(f"求解器未给出可证明的结果：{reason}", f"No solver gave a proved answer: {reason}")
        if reason
        else None
    )
    return Plan(status, nothing, (), (), "network", solver, clock.seconds, clock.cpu_seconds, note=note)


def plan_of(
    problem: Problem,
    pairing: PairingNetwork,
    flow: Ints,
    proved: Sequence[str],
    status: Status,
    clock: Clock,
    solver: str,
) -> Plan:
    """Read the plan off a flow; its cost, which is proved least, must equal the value that the pairs have."""
    chosen = np.flatnonzero(flow[: pairing.candidates]).astype(np.int32)
    values = []
    for level, value, nothing in zip(
        problem.levels,
        values_of(problem, pairing.columns, chosen),
        pairing.nothing,
        strict=True,
    ):
        if level.name in proved:
            least = pairing.value(level, flow, chosen)
        else:
            least = int(np.minimum(pairing.costs(level), 0) @ pairing.network.capacity)
        values.append(LevelValue(level.name, value, nothing + least))
    if status is Status.OPTIMAL and not all(level.proved for level in values):
        status = Status.FEASIBLE
    breaches = breaches_of(problem, pairing.columns, chosen)
    return Plan(status, chosen, tuple(values), breaches, "network", solver, clock.seconds, clock.cpu_seconds)
