"""How long a long solve may go on: seconds, or units of work that are the same on every machine.

With a limit in work and none in seconds, equal input gives the same plan everywhere:
no decision then depends on a clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Budget:
    """What may be spent; one unit of work is about a millisecond of a 2020s processor."""

    seconds: float = float("inf")
    work: float = float("inf")
    clock: Callable[[], float] = time.monotonic
    spent: float = 0.0
    pulse: Callable[[], None] | None = None  # called with every spending; may raise `Cancelled`
    started: float = field(init=False)

    def __post_init__(self) -> None:
        self.started = self.clock()

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return self.clock() - self.started

    @property
    def over(self) -> bool:
        """Whether nothing is left."""
        return self.spent >= self.work or (self.seconds < float("inf") and self.elapsed >= self.seconds)

    def spend(self, units: float) -> bool:
        """Book work; return whether more may follow."""
        self.spent += units
        if self.pulse is not None:
            self.pulse()
        return not self.over

    def part(self, share: float) -> Budget:
        """Return a budget of a share of what is left; what it spends must be booked here too."""
        return Budget(
            (self.seconds - self.elapsed) * share,
            (self.work - self.spent) * share,
            self.clock,
            pulse=self.pulse,
        )
