"""A solve at the terminal: progress while it runs, Ctrl-C keeps the best plan found."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from duikou.cli.output import say
from duikou.engines.pairing.optimise.model import Cancelled, Plan, Problem, Progress
from duikou.engines.pairing.optimise.solve import solve

EVERY = 5.0  # seconds between two lines where there is no terminal


def watched(problem: Problem, seconds: float) -> Plan:
    """Solve, showing level, best value and bound; the first Ctrl-C stops with the best plan so far."""
    with _stopping() as stop, _display(len(problem.candidates)) as show:

        def report(point: Progress) -> None:
            if stop:
                raise Cancelled
            show(point)

        return solve(problem, seconds=seconds, report=report)


@contextmanager
def _stopping() -> Iterator[list[bool]]:
    """A list that is no longer empty once somebody pressed Ctrl-C; a second time ends at once."""
    asked: list[bool] = []

    def ask(_number: int, _frame: FrameType | None) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(True)
        say("正在停止，保留已得的最好方案 / stopping with the best plan so far")

    former = signal.signal(signal.SIGINT, ask)
    try:
        yield asked
    finally:
        signal.signal(signal.SIGINT, former)


@contextmanager
def _display(candidates: int) -> Iterator[Any]:
    """Show progress: a line that changes on a terminal, one now and then elsewhere."""
    head = f"求解 solving · {candidates:,} 个候选 candidates"
    if sys.stderr.isatty():
        from rich.console import Console

        with Console(stderr=True).status(head) as status:
            yield lambda point: status.update(f"{head} · {line(point)}")
        return
    last = time.monotonic()

    def now_and_then(point: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= EVERY:
            last = time.monotonic()
            say(f"… {line(point)}")

    yield now_and_then


def line(point: Progress) -> str:
    """One point of the solve in words."""
    parts = [f"{point.seconds:.0f} s", point.level]
    if point.incumbent is not None:
        parts.append(f"已得 best {point.incumbent:,}")
    if point.bound is not None:
        parts.append(f"界 bound {point.bound:,}")
    return " · ".join(part for part in parts if part)
