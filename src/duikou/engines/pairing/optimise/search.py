"""One level of the thin model: a bound that rises, a plan that improves, until they meet.

The order: prices by the volume method; at provincial size patterns as columns, then
plans out of whole patterns; then block after block; and when few enough arcs remain
that a better plan could have, the whole remaining model, which proves or improves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from duikou.engines.pairing.optimise.assignment import Assignment
from duikou.engines.pairing.optimise.blocks import Blocks
from duikou.engines.pairing.optimise.bounds import SCALE, Relaxation, Relaxed
from duikou.engines.pairing.optimise.flowbound import Flowed
from duikou.engines.pairing.optimise.model import Flags
from duikou.engines.pairing.optimise.patterns import Master, generate
from duikou.engines.pairing.optimise.recipients import Recipients
from duikou.engines.pairing.optimise.starts import filled, fitted, trimmed
from duikou.engines.pairing.optimise.submodel import Ended, Submodel
from duikou.engines.pairing.optimise.volume import Volume
from duikou.engines.pairing.optimise.work import Budget

TINY = 600
"""Arcs up to which HiGHS is asked for the whole at once."""
PATTERNS_UP_TO, LONGEST_PATTERN = 40_000, 8
"""Arcs, and items per agent, up to which patterns become columns."""
ARCS_OF_WHOLE, WORK_OF_WHOLE = 2_500, 3_000
"""Arcs left up to which all are tried at once, and for how long while blocks may still win more."""
STEPS, STEPS_AT_ONCE, LEAST_GAIN = 600, 25, 2e-5
"""Steps of the volume method, after how many a plan is tried and told, and the share of the
bound that so many must win for others to follow (at sizes where steps are dear)."""

Tell = Callable[[int, int], None]


@dataclass
class Search:
    """The best plan and the best bound so far, and how to get both further."""

    model: Assignment
    level: int
    chosen: Flags
    fewest: Flags
    budget: Budget
    tell: Tell
    relaxation: Relaxation = field(init=False)
    relaxed: Relaxed = field(init=False)
    bound: int = field(init=False)

    def __post_init__(self) -> None:
        self.values = self.model.values(self.chosen)[: self.level + 1]
        self.relaxation = Relaxation(self.model, self.values[:-1])
        self.relaxed = self.relaxation.answer(self.relaxation.neutral())
        self.bound = self.relaxed.bound

    @property
    def value(self) -> int:
        """The best plan's value at this level."""
        return self.values[-1]

    @property
    def done(self) -> bool:
        """Whether plan and bound have met, or nothing may be spent any more."""
        return self.bound >= self.value or self.budget.over

    def offer(self, chosen: Flags) -> bool:
        """Keep a plan if it is allowed and better, earlier levels first."""
        if not self.model.allows(chosen):
            return False
        values = self.model.values(chosen)[: self.level + 1]
        if values >= self.values:
            return False
        self.chosen, self.values = chosen, values
        self.tell(self.value, self.bound)
        return True

    def learn(self, relaxed: Relaxed) -> None:
        """Keep a better bound."""
        if relaxed.scaled > self.relaxed.scaled:
            self.relaxed = relaxed
        self.raise_to(relaxed.bound)

    def raise_to(self, bound: int) -> None:
        """Keep a better bound that needs no prices."""
        if bound > self.bound:
            self.bound = min(bound, self.value)
            self.tell(self.value, self.bound)

    def begin(self, flowed: Flowed) -> None:
        """Begin from the prices that the network gave."""
        self.raise_to(flowed.bound)
        self.learn(self.relaxation.answer(flowed.prices))

    def run(self) -> None:
        """Improve until plan and bound meet, nothing more is found, or the budget is used up."""
        if self.done:
            return
        if self.model.arcs <= TINY:
            self.whole()
            return
        master = self._prices()
        if master is not None and not self.done:
            self._patterns(master)
            self._tighten()
        self._blocks()

    def _prices(self) -> Master | None:
        """Raise the bound, trying the plans that the answers suggest."""
        volume = Volume(self.relaxation, self.relaxed)
        length = self.model.items / max(1, self.model.openings or self.model.agents)
        small = self.model.arcs <= PATTERNS_UP_TO and length <= LONGEST_PATTERN
        master = Master(self.relaxation, self.values[:-1], self.chosen) if small else None
        cost = max(1.0, self.model.arcs / 2000)
        last = volume.best.scaled
        for step in range(STEPS):
            if self.done:
                break
            answer = volume.step(self.value)
            if master is not None and step >= STEPS * 2 // 3:
                master.add(answer.patterns.chosen)
            if step % STEPS_AT_ONCE == 0:
                gained, last = volume.best.scaled - last, volume.best.scaled
                if step and not small and gained < LEAST_GAIN * abs(last):
                    break
                self.learn(volume.best)
                self.try_answer(answer)
                if step >= STEPS // 2:
                    self._opened(answer)
            self.budget.spend(cost)
        self.learn(volume.best)
        if master is not None and not self.done:
            self.learn(generate(master, self.relaxed, self.budget, rounds=200, target=self.value))
        return master

    def try_answer(self, answer: Relaxed) -> None:
        """Offer the plan nearest to an answer."""
        own = self.model.cost[self.level]
        plan = fitted(self.model, trimmed(self.model, answer), self.fewest, own)
        self.offer(filled(self.model, self.level, plan, answer.prices.change / SCALE))

    def _opened(self, answer: Relaxed) -> None:
        """Where few agents may be open: give everything to those that an answer opens."""
        if self.model.openings is None:
            return
        opened = self.model.counts(answer.patterns.chosen) > 0
        free = np.flatnonzero(self.model.allowed & opened[self.model.agent])
        nothing = self.model.locked.copy()
        found = Submodel(self.model, self.values[:-1], free, nothing).solve(self.budget, work=500)
        if found.chosen is not None:
            self.offer(found.chosen)

    def _patterns(self, master: Master) -> None:
        """Ask for the best plan out of known patterns."""
        found = master.whole(
            self.budget, self.relaxed, self.chosen, room=max(0, self.value - self.bound) * SCALE, work=3000
        )
        if found is not None:
            self.offer(found)

    def _tighten(self) -> None:
        """Let recipients choose whole supporters, where departments make that a better bound."""
        if self.done or not Recipients.worthwhile(self.model):
            return
        tight = Relaxation(self.model, self.values[:-1], tight=True)
        volume = Volume(tight, tight.answer(tight.neutral()))
        for step in range(STEPS):
            if self.done or not self.budget.spend(self.model.arcs / 500):
                break
            volume.step(self.value)
            if step % STEPS_AT_ONCE == 0:
                self.raise_to(volume.best.bound)
        self.raise_to(volume.best.bound)
        if volume.best.scaled > self.relaxed.scaled:
            self.relaxation, self.relaxed = tight, volume.best

    def _blocks(self) -> None:
        """Plan block after block anew; once few arcs are left, all of them at once."""
        blocks = Blocks(self.relaxation, self.relaxed, self.chosen, self.values)
        tried = 2 * self.model.arcs
        while not self.done and not blocks.finished():
            left = len(self._left())
            if left <= ARCS_OF_WHOLE and left < 0.8 * tried:
                tried = left
                self.whole(work=WORK_OF_WHOLE)
                blocks.take(self.chosen, self.values)
                continue
            if blocks.step(self.budget):
                self.offer(blocks.chosen)
        if not self.done:
            self.whole()

    def _left(self) -> np.ndarray:
        """Return the arcs that a better plan could have, and those of the best plan."""
        may = self.relaxation.forced(self.relaxed) < self.value * SCALE
        return np.flatnonzero((may & self.model.allowed) | self.chosen)

    def whole(self, *, work: float = float("inf")) -> None:
        """Ask HiGHS for the best plan out of all arcs that a better one could have."""
        free = self._left()
        if not len(free):
            self.raise_to(self.value)
            return
        answer = Submodel(self.model, self.values[:-1], free, self.chosen).solve(self.budget, work=work)
        before = self.value
        if answer.chosen is not None:
            self.offer(answer.chosen)
        if answer.ended is Ended.IMPOSSIBLE:
            return
        # A plan with another arc is not better than the one before; any other one is not below the bound.
        if answer.bound is not None:
            self.raise_to(min(answer.bound, before))
