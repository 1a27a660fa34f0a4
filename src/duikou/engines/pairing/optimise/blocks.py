"""Fix and optimise: some forty supporters are planned anew and exactly, all others stay.

The distance between the plan and the bound is a sum over supporters and recipients
(`Relaxation.slack`), so the next block grows around the supporter where most can still
be won, along shared recipients. A supporter whose block gave nothing rests until
something near it changes. Arcs that no better plan can have, by the bound, are left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from duikou.engines.pairing.optimise.bounds import SCALE, Relaxation, Relaxed
from duikou.engines.pairing.optimise.model import Flags, Ints
from duikou.engines.pairing.optimise.submodel import Ended, Submodel
from duikou.engines.pairing.optimise.work import Budget

FIRST_SIZE = 40
LEAST_SIZE, GROWTH, SHRINKING = 6, 1.5, 0.7
ARCS_PER_AGENT, SHARES_PER_AGENT = 30, 4
"""The most promising arcs of an agent: so many, or so many times its even share of the items."""
WORK_PER_BLOCK = 4000.0


@dataclass
class Blocks:
    """The state of a search over neighbourhoods."""

    relaxation: Relaxation
    relaxed: Relaxed
    chosen: Flags
    values: tuple[int, ...]
    size: int = field(init=False)
    resting: Flags = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    near: sp.csr_array = field(init=False)
    promising: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.resting = np.zeros(self.relaxation.model.agents, dtype=np.bool_)
        agents = self.relaxation.model.agents
        self.size = min(agents, FIRST_SIZE, max(LEAST_SIZE, agents // 3))
        self.rebase(self.relaxed)

    def rebase(self, relaxed: Relaxed) -> None:
        """Take a better bound: it says which arcs may still matter and who is near whom."""
        self.relaxed = relaxed
        model = self.relaxation.model
        arcs = np.flatnonzero(model.allowed)
        loss = self.relaxation.forced(relaxed)[arcs] - relaxed.scaled
        order = arcs[np.lexsort((loss, model.agent[arcs]))]
        agent = model.agent[order]
        begin = np.flatnonzero(np.concatenate(([True], np.diff(agent) != 0)))
        rank = np.arange(len(order)) - np.repeat(begin, np.diff(np.append(begin, len(order))))
        self.loss = self.relaxation.forced(relaxed)
        most = max(ARCS_PER_AGENT, SHARES_PER_AGENT * model.items // max(1, model.agents))
        self.promising = np.sort(order[rank < most])
        keep = self.promising
        self.near = sp.csr_array(
            (np.ones(len(keep)), (model.agent[keep], model.item[keep])), shape=(model.agents, model.items)
        )

    @property
    def value(self) -> int:
        """The value at the level that is improved."""
        return self.values[-1]

    def finished(self) -> bool:
        """Whether every supporter rests at the largest size."""
        return bool(self.resting.all()) and self.size >= self.relaxation.model.agents

    def take(self, chosen: Flags, values: tuple[int, ...]) -> None:
        """Go on from another plan."""
        if values < self.values:
            self.resting[np.unique(self.relaxation.model.agent[chosen != self.chosen])] = False
            self.chosen, self.values = chosen, values

    def step(self, budget: Budget) -> bool:
        """Plan one block anew; return whether the plan became better."""
        model = self.relaxation.model
        if self.resting.all():
            self.size = min(model.agents, int(self.size * GROWTH) + 1)
            self.resting[:] = False
        block = self._block()
        free = self._free(block)
        answer = Submodel(model, self.values[:-1], free, self.chosen).solve(budget, work=WORK_PER_BLOCK)
        better = answer.chosen is not None and self._improves(answer.chosen)
        if answer.ended is Ended.PROVED:
            self.resting[block if not better else block[:1]] = True
        else:
            self.size = max(LEAST_SIZE, int(self.size * SHRINKING))
            self.resting[block[:1]] = True
        return better

    def _improves(self, chosen: Flags) -> bool:
        """Take a plan if it is better, and wake the supporters around what changed."""
        model = self.relaxation.model
        if not model.allows(chosen):
            return False
        values = model.values(chosen)[: len(self.values)]
        if values >= self.values:
            return False
        changed = np.unique(model.agent[chosen != self.chosen])
        self.chosen, self.values = chosen, values
        self.resting[self._around(changed)] = False
        return True

    def _around(self, agents: Ints) -> Ints:
        """Return the supporters that share a recipient with these."""
        shared = self.near.T @ np.bincount(agents, minlength=self.near.shape[0]).astype(np.float64)
        return np.flatnonzero(self.near @ shared)

    def _block(self) -> Ints:
        """Return supporters around the one where most can be won, the seed first."""
        model = self.relaxation.model
        slack = self.relaxation.slack(self.relaxed, self.chosen)
        seed = int(np.where(self.resting, -1, slack).argmax())
        inside = np.zeros(model.agents, dtype=np.bool_)
        inside[seed] = True
        block = [seed]
        shared = np.zeros(model.items)
        last = seed
        weight = 1.0 + slack / max(1.0, float(slack.mean()))
        while len(block) < min(self.size, model.agents):
            shared += self.near[[last]].toarray()[0]
            closeness = (self.near @ (shared > 0)) * weight
            closeness[inside] = -1
            last = int(closeness.argmax())
            inside[last] = True
            block.append(last)
        return np.array(block)

    def _free(self, block: Ints) -> Ints:
        """Return the arcs that the block may use."""
        model = self.relaxation.model
        inside = np.zeros(model.agents, dtype=np.bool_)
        inside[block] = True
        may = np.zeros(model.arcs, dtype=np.bool_)
        may[self.promising] = True
        limit = (self.value) * SCALE
        may &= self.loss < limit
        may |= self.chosen
        return np.flatnonzero(may & inside[model.agent])
