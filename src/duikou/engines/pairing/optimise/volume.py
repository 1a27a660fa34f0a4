"""Good prices by small steps: the volume method.

A step goes from the best prices so far along the disagreement (what rows want minus
what agents take), smoothed over the past. The smoothed answers also approach the
linear program's own choice, which makes them good guesses of plans.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from duikou.engines.pairing.optimise.bounds import SCALE, Prices, Relaxation, Relaxed

Floats = npt.NDArray[np.float64]

FIRST_PACE, MOST_PACE, LEAST_PACE = 0.1, 2.0, 1e-4
FIRST_MIXING, LEAST_MIXING = 0.1, 0.01
MOST_AHEAD = 0.1
"""A target farther off than this share of the bound says little: first plans may be very poor."""
PATIENCE = 10
"""Steps without a better bound after which paces shrink."""


@dataclass
class Volume:
    """The best prices, not yet rounded, and the smoothed disagreement, each as one vector.

    Its parts are the rows, the arcs (where recipients choose whole supporters), the
    changes and the earlier levels; the last two are never below nought.
    """

    relaxation: Relaxation
    best: Relaxed
    centre: Floats = field(init=False)
    mean: Floats = field(init=False)
    pace: float = FIRST_PACE
    mixing: float = FIRST_MIXING
    stalled: int = 0

    def __post_init__(self) -> None:
        prices, model = self.best.prices, self.relaxation.model
        self._arcs = model.arcs if self.best.asked is not None else 0
        cost = model.cost[len(self.relaxation.kept)]
        self._typical = float(np.abs(cost).mean()) * model.items * SCALE if model.arcs else 0.0
        arc = np.zeros(self._arcs) if prices.arc is None else prices.arc
        self.centre = np.concatenate((prices.row, arc, [prices.change], prices.level)).astype(np.float64)
        self.mean = self._disagreement(self.best)

    def _disagreement(self, answer: Relaxed) -> Floats:
        by_arc = () if answer.asked is None else answer.asked.astype(np.int64) - answer.patterns.chosen
        return np.concatenate((answer.disagreement, by_arc, self.relaxation.excess(answer))).astype(
            np.float64
        )

    def _prices(self, vector: Floats) -> Prices:
        rows = len(self.relaxation.model.least)
        whole = np.rint(vector).astype(np.int64)
        arc = whole[rows : rows + self._arcs] if self._arcs else None
        change, *level = whole[rows + self._arcs :].tolist()
        return Prices(whole[:rows], change, tuple(level), arc)

    def step(self, target: int) -> Relaxed:
        """Move the prices towards agreement; `target` is a value that some plan reaches."""
        far = max(abs(self.best.scaled), self._typical)
        ahead = min(max(target * SCALE - self.best.scaled, SCALE), int(far * MOST_AHEAD) + SCALE)
        stride = self.pace * ahead / max(float(self.mean @ self.mean), 1e-9)
        vector = self.centre + stride * self.mean
        signed = len(self.relaxation.model.least) + self._arcs
        vector[signed:] = np.maximum(vector[signed:], 0)
        found = self.relaxation.answer(self._prices(vector))
        disagreement = self._disagreement(found)
        agrees = float(self.mean @ disagreement) > 0
        self.mean += self.mixing * (disagreement - self.mean)
        if found.scaled > self.best.scaled:
            if agrees:
                self.pace = min(self.pace * 1.1, MOST_PACE)
            self.best, self.centre, self.stalled = found, vector, 0
        else:
            self.stalled += 1
            if self.stalled % PATIENCE == 0:
                self.pace = max(self.pace * 0.66, LEAST_PACE)
                self.mixing = max(self.mixing * 0.9, LEAST_MIXING)
        return found
