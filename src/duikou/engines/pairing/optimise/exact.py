"""The exact regime: the whole model, level by level, with HiGHS; every side rule; proved in integers.

A linear relaxation with *several* levels in one cost, weighted so that an earlier level
usually wins, gives a basis that is as a rule best for each of the levels alone. That is
a guess: from the basis each level gets prices of its own, and `proof` shows in whole
numbers whether the plan is best at that level; then all that a best plan cannot use is
taken away, and the next level is looked at. Where the guess proves nothing the level is
relaxed alone, and where that leaves a gap, branched.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from time import thread_time

import numpy as np

from duikou.engines.pairing.optimise import texts_exact as texts
from duikou.engines.pairing.optimise import ties
from duikou.engines.pairing.optimise.columns import Columns, breaches_of
from duikou.engines.pairing.optimise.edits import checked, difference_of
from duikou.engines.pairing.optimise.first import first_plan
from duikou.engines.pairing.optimise.highs import VERSION, Floats, Relaxation, branch
from duikou.engines.pairing.optimise.model import (
    Indexes,
    Ints,
    LevelValue,
    Plan,
    Problem,
    Report,
    Status,
)
from duikou.engines.pairing.optimise.proof import Box, Proof, exact, prove, tightened
from duikou.engines.pairing.optimise.rows import Rows, rows_of
from duikou.engines.pairing.optimise.sheet import FAR
from duikou.engines.pairing.optimise.telling import Telling
from duikou.engines.pairing.optimise.validate import validate

TIES = "ties"
"""Name of the hidden last level in progress reports."""

_GROUP_BITS = 48  # largest cost of several levels in one, so that floating point still tells them apart
_HEADROOM = 3  # bits by which a level outweighs the next one's largest cost
_NEAR = 1e-6


def solve_exact(problem: Problem, *, seconds: float = 60, report: Report | None = None) -> Plan:
    """Return the best plan with its proof, or the best found within the time and a bound."""
    return ExactSession(problem, seconds=seconds, report=report).plan


@dataclass(frozen=True, eq=False, slots=True)
class _Best:
    """The best plan so far: its candidates, all columns, and what it reaches at every level."""

    chosen: Indexes
    columns: Ints
    values: tuple[int, ...]


class ExactSession:
    """A problem kept loaded: after an edit of locks and prohibitions it is solved from where it stood."""

    def __init__(self, problem: Problem, *, seconds: float = 60, report: Report | None = None) -> None:
        validate(problem)
        self.problem = problem
        self._seconds = seconds
        self._telling = Telling(report)
        self._columns = Columns.of(problem)
        self._rows = rows_of(problem)
        hidden = np.zeros(self._rows.columns, dtype=np.int64)
        hidden[: self._rows.candidates] = ties.column(problem)
        self._base = replace(
            self._rows, costs=(*self._rows.costs, hidden), constants=(*self._rows.constants, 0)
        )
        self._names = (*(level.name for level in problem.levels), TIES)
        self._relaxation = Relaxation(self._base)
        self._best: _Best | None = None
        self.plan = self._solve()
        self.difference = difference_of(self.plan, self.plan)

    def edit(
        self,
        lock: Iterable[int] = (),
        forbid: Iterable[int] = (),
        free: Iterable[int] = (),
        *,
        report: Report | None = None,
    ) -> Plan:
        """Lock, forbid or free candidates (by index); return the new best plan."""
        edited = self.problem.edited(*checked((lock, forbid, free), len(self.problem.candidates)))
        return self.turn_to(edited, report=report)

    def turn_to(self, problem: Problem, *, report: Report | None = None) -> Plan:
        """Solve the same problem with these locks and prohibitions and return the best plan."""
        before = self.plan
        self.problem = problem
        self._telling = Telling(report)
        self._relaxation.restart()
        self.plan = self._solve()
        self.difference = difference_of(before, self.plan)
        return self.plan

    def _solve(self) -> Plan:
        started = thread_time()
        self._rows = self._base
        before, self._best = self._best, None
        first = first_plan(self.problem)
        proved: list[int] = []
        rest: list[int] = []
        if first is not None:
            self._box = _box(self._base, self.problem)
            self._offer(first)
            if before is not None:
                self._offer(before.chosen)
            proved = self._levels()
            rest = [self._floor(level) for level in range(len(proved), len(self._names) - 1)]
        self._telling.settle()
        return self._plan(proved, rest, thread_time() - started)

    def _levels(self) -> list[int]:
        """Prove level by level; return the bounds of the levels that were looked at."""
        bounds: list[int] = []
        alone = -1  # the level that a guess proved nothing of
        while len(bounds) < len(self._names):
            level = len(bounds)
            self._level = level
            if self._over() or self._tell(level, None):
                break
            group = [level] if alone == level else self._group(level)
            self._relaxation.bound(self._box)
            columns = self._relaxation.minimise(self._guess(group), self._left(), self._heard)
            if columns is not None:
                self._offer_if_whole(columns)
            elif self._over():
                break
            elif len(group) > 1:
                alone = level
                continue
            for level in group:
                proof = self._proof(level, columns)
                if not exact(proof, self._cost(level)):
                    break
                self._box = tightened(self._box, proof, self._cost(level))
                bounds.append(self._value(level))
                self._tell(level, bounds[-1])
            else:
                continue
            if len(group) > 1:
                alone = level
                continue
            bound = self._branch(level, proof)
            bounds.append(bound)
            self._tell(level, bound)
            if bound < self._value(level):
                break
        return bounds

    def _branch(self, level: int, proof: Proof) -> int:
        """Close the gap that the relaxation of a level leaves; return the bound."""
        cost = self._base.costs[level]
        constant = self._base.constants[level]
        bound = proof.bound
        if bound < self._cost(level):
            assert self._best is not None
            result = branch(
                self._rows,
                tightened(self._box, proof, self._cost(level)),
                cost,
                self._best.columns,
                bound,
                self._left(),
                self._heard,
            )
            if result.columns is not None:
                self._offer_if_whole(result.columns)
            if result.finished:
                bound = self._cost(level)
            elif np.isfinite(result.bound):
                below = int(np.ceil(result.bound - _NEAR * max(1.0, abs(result.bound))))
                bound = min(max(bound, below), self._cost(level))
        if bound == self._cost(level):
            self._box = tightened(self._box, proof, bound)
            self._keep(cost, bound)
        return bound + constant

    def _keep(self, cost: Ints, most: int) -> None:
        """Hold a level at what it reached by a row, since its prices do not hold it."""
        self._rows = self._rows.kept(cost, most)
        box = self._box
        self._box = replace(
            box, row_lower=np.append(box.row_lower, -FAR), row_upper=np.append(box.row_upper, most)
        )
        self._relaxation.keep(cost, most)

    # --- what is looked at together

    def _group(self, level: int) -> list[int]:
        """Return this level and those behind it that fit into one cost."""
        group: list[int] = []
        bits = 0
        for one in range(level, len(self._names)):
            bits += _bits(self._base.costs[one]) + (_HEADROOM if group else 0)
            if group and bits > _GROUP_BITS:
                break
            group.append(one)
        return group

    def _guess(self, group: list[int]) -> Ints:
        """Return the costs of a group of levels in one, an earlier one far heavier than the next."""
        total = np.zeros_like(self._base.costs[0])
        shift = 0
        for level in reversed(group):
            total += self._base.costs[level] << shift
            shift += _bits(self._base.costs[level]) + _HEADROOM
        return total

    def _proof(self, level: int, columns: Floats | None) -> Proof:
        cost = self._base.costs[level]
        prices = None if columns is None else self._relaxation.prices(cost)
        return prove(self._rows, self._box, cost, prices)

    # --- the best plan so far

    def _offer_if_whole(self, columns: Floats) -> None:
        chosen = columns[: self._base.candidates]
        if np.abs(chosen - np.rint(chosen)).max(initial=0.0) < _NEAR:
            self._offer(np.flatnonzero(chosen > 0.5).astype(np.int32))

    def _offer(self, chosen: Indexes) -> None:
        """Take a plan if it keeps the hard rules and is better than the best so far, level by level."""
        columns = self._base.complete(chosen)
        candidates = self.problem.candidates
        fits = columns[: len(candidates)]
        if fits[candidates.forbidden].any() or not fits[candidates.locked].all():
            return
        if not self._base.allow(columns):
            return
        values = tuple(self._base.value(level, columns) for level in range(len(self._names)))
        if self._best is None or values < self._best.values:
            self._best = _Best(chosen, columns, values)
            self._telling.keep(chosen)

    def _value(self, level: int) -> int:
        assert self._best is not None
        return self._best.values[level]

    def _cost(self, level: int) -> int:
        return self._value(level) - self._base.constants[level]

    def _floor(self, level: int) -> int:
        """Return a bound that holds without solving anything."""
        bound = prove(self._rows, self._box, self._base.costs[level], None).bound
        return min(bound + self._base.constants[level], self._value(level))

    # --- time and telling

    def _left(self) -> float:
        return self._seconds - self._telling.seconds

    def _over(self) -> bool:
        return self._left() <= 0 or self._telling.stopped

    def _tell(self, level: int, bound: int | None) -> bool:
        return self._telling.tell(self._names[level], self._value(level), bound)

    def _heard(self, cost: float | None, bound: float | None, columns: Floats | None) -> bool:
        """Take what HiGHS says in the midst of a solve; return whether it shall stop."""
        if columns is not None:
            self._offer_if_whole(columns)
        whole: int | None = None
        if bound is not None and np.isfinite(bound):
            constant = self._base.constants[self._level]
            whole = constant + int(np.ceil(bound - _NEAR * max(1.0, abs(bound))))
            whole = min(whole, self._value(self._level))
        return self._tell(self._level, whole)

    def _plan(self, proved: list[int], rest: list[int], cpu_seconds: float) -> Plan:
        named = len(self._names) - 1
        bounds = [*proved[:named], *rest]
        if self._best is None:
            return self._finished(Status.INFEASIBLE, (), cpu_seconds)
        values = tuple(
            LevelValue(name, value, bound)
            for name, value, bound in zip(self._names[:named], self._best.values, bounds, strict=False)
        )
        if all(value.proved for value in values):
            status = Status.OPTIMAL
        else:
            status = Status.CANCELLED if self._telling.cancelled else Status.FEASIBLE
        plan = self._finished(status, values, cpu_seconds)
        ties_closed = len(proved) > named and proved[named] == self._best.values[named]
        return plan if ties_closed or status != Status.OPTIMAL else replace(plan, note=texts.TIES_OPEN)

    def _finished(self, status: Status, values: tuple[LevelValue, ...], cpu_seconds: float) -> Plan:
        chosen = np.zeros(0, dtype=np.int32) if self._best is None else self._best.chosen
        return Plan(
            status=status,
            chosen=chosen,
            values=values,
            breaches=() if self._best is None else breaches_of(self.problem, self._columns, chosen),
            regime="exact",
            solver=VERSION,
            seconds=self._telling.seconds,
            cpu_seconds=cpu_seconds,
            note=texts.CONTRADICTION if status is Status.INFEASIBLE else None,
            curve=tuple(self._telling.curve),
        )


def _box(rows: Rows, problem: Problem) -> Box:
    """Return the bounds with which a problem's locks and prohibitions start."""
    lower, upper = rows.lower.copy(), rows.upper.copy()
    lower[: rows.candidates][problem.candidates.locked] = 1
    upper[: rows.candidates][problem.candidates.forbidden] = 0
    return Box(lower, upper, rows.row_lower, rows.row_upper)


def _bits(cost: Ints) -> int:
    return int(np.abs(cost).max(initial=0)).bit_length()
