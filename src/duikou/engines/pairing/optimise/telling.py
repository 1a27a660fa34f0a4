"""What a long solve tells while it goes on, and how it learns that it shall stop."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Protocol, TypeVar, runtime_checkable

from duikou.engines.pairing.optimise.model import Cancelled, Indexes, Progress, Report

_News = TypeVar("_News")

PULSE = 0.2
"""Seconds after which a report is due although nothing changed, so that a wish to stop is heard."""


@runtime_checkable
class Keeper(Protocol):
    """A report that also wants each better plan at once, since the solver may die (see `process`)."""

    def __call__(self, progress: Progress) -> None:
        """Take one point of the curve; may raise `Cancelled`."""
        ...

    def keep(self, chosen: Indexes) -> None:
        """Take the best plan so far."""
        ...


class Telling:
    """Passes progress on. An exception of the report is held back until the solver has stopped."""

    def __init__(self, report: Report | None) -> None:
        self._report = report
        self._started = perf_counter()
        self._last = self._started
        self.curve: list[Progress] = []
        self.cancelled = False
        self._error: BaseException | None = None

    @property
    def stopped(self) -> bool:
        """Whether the solve shall end now."""
        return self.cancelled or self._error is not None

    @property
    def seconds(self) -> float:
        """Wall time since the start."""
        return perf_counter() - self._started

    def tell(self, level: str, incumbent: int | None, bound: int | None) -> bool:
        """Report where the solve stands, if that is news or the pulse is due; return whether to stop."""
        point = Progress(self.seconds, level, incumbent, bound)
        news = not self.curve or self.curve[-1][1:] != point[1:]
        if news:
            self.curve.append(point)
        if self._report is not None and not self.stopped and (news or perf_counter() - self._last > PULSE):
            self._last = perf_counter()
            self._guarded(self._report, point)
        return self.stopped

    def keep(self, chosen: Indexes) -> None:
        """Hand a better plan to a report that keeps plans."""
        keeper = self._report
        if isinstance(keeper, Keeper) and not self.stopped:
            self._guarded(keeper.keep, chosen)

    def settle(self) -> None:
        """Raise what the report raised, unless it was the wish to stop."""
        if self._error is not None:
            raise self._error

    def _guarded(self, call: Callable[[_News], None], news: _News) -> None:
        # The solver calls from foreign code, through which no exception may pass.
        try:
            call(news)
        except Cancelled:
            self.cancelled = True
        except BaseException as error:
            self._error = error
