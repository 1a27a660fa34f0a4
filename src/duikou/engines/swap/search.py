"""From the relaxation to a whole plan, with proof.

The relaxation is nearly exact and every cost is a multiple of one step, so the relaxation's value,
rounded up to a step, is mostly the cost of the best plan already; what is missing is a whole plan of
that cost. The search asks for one: is there a plan that costs no more than the target? It follows the
relaxation, branches on empty posts first (a month that is empty or is not moves the value most), and
drops whatever is dearer than the target. Where nothing is left, the cheapest of all that was dropped is a
proved bound, and the next target. A block that needs too many steps of this goes to HiGHS's own search,
with the bound that is proved so far.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace

import numpy as np

from duikou.engines.swap.columns import Ints
from duikou.engines.swap.highs import WHOLE, Found, Model, Sheet
from duikou.engines.swap.rows import FAR, Floats

_NODES = 30  # relaxations before HiGHS's own search takes over
_FIRST = 3  # steps beyond the relaxation up to which stays take part at first
_WIDER = 8
_NEAR = 0.01  # of a step: what a relaxation may be off by, and more


def cheapest(sheet: Sheet, seconds: float, step: int) -> Found:
    """Make the cost as small as possible. Costs are multiples of `step`."""
    ends = time.process_time() + seconds
    model = Model(sheet)
    relaxed = model.relax(seconds, presolve=True)
    if relaxed is None:
        return Found(None, FAR, -FAR, 0)
    values = model.values()[: sheet.stays]
    if _is_whole(values):
        return Found(np.flatnonzero(values > 0.5), relaxed, relaxed, 0)
    search = _Search(model, relaxed, step, ends)
    found = search.by_targets()
    return found if found.chosen is not None else search.by_branching(found)


def _is_whole(values: Floats) -> bool:
    return bool(np.all(np.abs(values - np.round(values)) < WHOLE))


@dataclass(eq=False, slots=True)
class _Branch:
    """A column with the bounds that it had, those still to be tried, and where its relaxation ended."""

    column: int
    had: tuple[float, float]
    other: tuple[float, float] | None
    basis: object


class _Search:
    """One block. A stay left out makes every plan that has it at least its reduced cost dearer."""

    def __init__(self, model: Model, relaxed: float, step: int, ends: float) -> None:
        self._model = model
        self._relaxed = relaxed
        self._dearer = model.dearer()
        self._step = step
        self._ends = ends
        self._nodes = 0

    def by_targets(self) -> Found:
        """Raise the target until a plan is found, or the nodes are used up; the bound is proved."""
        bound = self._relaxed
        within = 0.0
        while True:
            target = self._up(bound)
            within = max(_WIDER * within / 2, target - self._relaxed)
            chosen, least = self._reach(target, within)
            if chosen is not None:
                return Found(chosen, target, target, max(1, self._nodes))
            if least is None:
                return Found(None, FAR, bound, self._nodes)
            bound = least

    def by_branching(self, proved: Found) -> Found:
        """HiGHS's search: cheap stays alone first, whose best plan says which others may take part."""
        step = self._step
        found, nodes = proved, proved.nodes
        within = max(_FIRST * step, proved.bound - self._relaxed + step)
        while True:
            stays, left_out = self._among(within)
            left = self._ends - time.process_time()
            branched = self._model_of(stays).branch(max(left, 0.1), step)
            nodes += branched.nodes
            finished = branched.bound > branched.cost - step + WHOLE
            if branched.cost < found.cost and branched.chosen is not None:
                found = replace(branched, chosen=stays[branched.chosen])
            # What was left out costs more than `within` beyond the relaxation.
            bound = max(min(branched.bound, left_out), proved.bound)
            if bound > found.cost - step + WHOLE or left_out == FAR or left <= 0:
                break
            if branched.chosen is not None and not finished:
                break  # the time is over
            within = found.cost - self._relaxed if found.chosen is not None else within * _WIDER
        return Found(found.chosen, found.cost, bound, nodes)

    def _up(self, value: float) -> float:
        """The least cost that a plan can have when it costs at least `value`."""
        return float(self._step * math.ceil(value / self._step - _NEAR))

    def _among(self, within: float) -> tuple[Ints, float]:
        """Stays that cost no more than that beyond the relaxation, and what every other costs at least."""
        sheet = self._model.sheet
        out = (self._dearer > within + WHOLE) & (sheet.lower[: sheet.stays] == 0)
        least = self._relaxed + float(self._dearer[out].min()) if out.any() else FAR
        return np.flatnonzero(~out), least

    def _model_of(self, stays: Ints) -> Model:
        sheet = self._model.sheet
        keep = np.ones(len(sheet.cost), np.bool_)
        keep[: sheet.stays] = False
        keep[stays] = True
        return self._model.only(keep)

    def _reach(self, target: float, within: float) -> tuple[Ints | None, float | None]:
        """A plan of at most the target; or what every plan costs at least; or neither: out of nodes."""
        stays, least = self._among(within)
        model = self._model_of(stays)
        lower, upper = model.sheet.lower.copy(), model.sheet.upper.copy()
        most = target + self._step / 4
        stack: list[_Branch] = []

        def keep(column: int, bounds: tuple[float, float]) -> None:
            lower[column], upper[column] = bounds
            model.bound(column, bounds)

        while self._nodes < _NODES:
            self._nodes += 1
            value = model.relax(max(0.1, self._ends - time.process_time()))
            if value is None and not model.infeasible:
                break  # the time is over
            if value is not None and value <= most:
                values = model.values()
                column = _torn(model.sheet, values)
                if column is None:
                    return stays[np.flatnonzero(values[: len(stays)] > 0.5)], target
                under = math.floor(values[column])
                had = (float(lower[column]), float(upper[column]))
                low, high = (had[0], float(under)), (under + 1.0, had[1])
                # An empty post goes to the nearer side; a stay is taken first, and only then ruled out.
                near = column >= len(stays) and values[column] - under < 0.5
                first, other = (low, high) if near else (high, low)
                stack.append(_Branch(column, had, other, model.basis()))
                keep(column, first)
                continue
            if value is not None:
                least = min(least, value)
            while stack and stack[-1].other is None:
                done = stack.pop()
                keep(done.column, done.had)
            if not stack:
                return None, least
            last = stack[-1]
            if last.other is not None:
                keep(last.column, last.other)
            last.other = None
            model.start_from(last.basis)
        return None, None


def _torn(sheet: Sheet, values: Floats) -> int | None:
    """The column to branch on: the most torn count, or the largest torn stay."""
    stays = values[: sheet.stays]
    torn = np.abs(stays - np.round(stays)) >= WHOLE
    if not torn.any():
        return None
    if len(sheet.counts):
        away = np.abs(values[sheet.counts] - np.round(values[sheet.counts]))
        at = int(np.argmax(away))
        if away[at] >= WHOLE:
            return int(sheet.counts[at])
    return int(np.argmax(np.where(torn, stays, -1.0)))
