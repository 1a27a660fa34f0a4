"""A solve in a process of its own, with limits: whatever happens there, an answer comes back.

The worker is spawned (nothing of the caller's state leaks into it) and speaks through one
pipe: progress and better plans come out, a wish to stop goes in. It is asked to stop first;
if it does not hear, it is ended, and the best plan that it sent is kept. A worker that
dies (no memory, killed by the system, a fault in the solver) yields a plan with status
`FAILED` whose note says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from multiprocessing import connection, get_context
from multiprocessing.connection import Connection
from time import perf_counter
from typing import Any

import numpy as np

from duikou.engines.pairing.optimise import texts_exact as texts
from duikou.engines.pairing.optimise.columns import Columns, breaches_of, values_of
from duikou.engines.pairing.optimise.model import (
    BadProblem,
    Cancelled,
    Indexes,
    Level,
    LevelValue,
    Plan,
    Problem,
    Progress,
    Report,
    Status,
)
from duikou.engines.pairing.optimise.worker import Message, Sent, work
from duikou.engines.text import Text

GRACE = 5.0
"""Seconds that a worker has for answering a wish to stop, or for answering at all after its time."""

_PULSE = 0.25
_LOADING = 60.0  # seconds that a worker may take to load its solver on a busy machine


def isolated(
    function_name: str,
    problem: Problem,
    *,
    seconds: float = 60,
    megabytes: int = 4096,
    report: Report | None = None,
    grace: float = GRACE,
) -> Plan:
    """Solve in a worker process by a function of `worker.FUNCTIONS` (or "module:function")."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    worker = context.Process(
        target=work, args=(function_name, problem, seconds, megabytes, theirs), daemon=True
    )
    watch = _Watch(problem, report)
    worker.start()
    theirs.close()
    try:
        plan = watch.until_done(worker, ours, seconds, grace)
    finally:
        if worker.is_alive():
            worker.kill()
        worker.join()
        ours.close()
    return plan or watch.rescued(worker.exitcode)


@dataclass
class _Watch:
    """What the caller's side knows of a worker: its progress, its best plan, whether it was asked to stop."""

    problem: Problem
    report: Report | None
    started: float = field(default_factory=perf_counter)
    solving: float | None = None  # when the worker had loaded its solver and began
    curve: list[Progress] = field(default_factory=list)
    best: Indexes | None = None
    cancelled: bool = False
    late: bool = False
    fault: Text | None = None

    def until_done(self, worker: Any, pipe: Connection, seconds: float, grace: float) -> Plan | None:
        """Listen until the plan comes; None where none came."""
        asked: float | None = None
        while True:
            connection.wait([pipe, worker.sentinel], timeout=_PULSE)
            if pipe.poll():
                try:
                    plan = self._take(pipe.recv())
                except (EOFError, OSError):
                    return None
                if plan is not None or self.fault is not None:
                    return plan
            elif not worker.is_alive():
                return None
            else:
                self._tell(Progress(self.seconds, *(self.curve[-1][1:] if self.curve else ("", None, None))))
            begun = self.started + _LOADING if self.solving is None else self.solving
            self.late = self.late or perf_counter() - begun > seconds + grace
            if asked is None and (self.cancelled or self.late):
                asked = perf_counter()
                _ask_to_stop(pipe)
            if asked is not None and perf_counter() - asked > grace:
                return None

    def rescued(self, exit_code: int | None) -> Plan:
        """Return what is known of a solve that gave no plan itself."""
        if self.cancelled:
            status, note = Status.CANCELLED, texts.ENDED_ON_WISH
        elif self.late:
            status = Status.FAILED if self.best is None else Status.FEASIBLE
            note = texts.ENDED_LATE
        else:
            status, note = Status.FAILED, self.fault or texts.died(exit_code)
        chosen = np.zeros(0, dtype=np.int32) if self.best is None else self.best
        return Plan(
            status=status,
            chosen=chosen,
            values=() if self.best is None else self._values(chosen, status is not Status.FAILED),
            breaches=() if self.best is None else breaches_of(self.problem, Columns.of(self.problem), chosen),
            regime="",
            solver="",
            seconds=self.seconds,
            cpu_seconds=0.0,  # a process that was ended cannot tell
            note=note,
            curve=tuple(self.curve),
        )

    @property
    def seconds(self) -> float:
        """Wall time since the start."""
        return perf_counter() - self.started

    def _take(self, message: Message) -> Plan | None:
        kind, content = message
        match kind:
            case Sent.STARTED:
                self.solving = perf_counter()
            case Sent.PROGRESS:
                self.curve.append(content)
                self._tell(content)
            case Sent.BETTER:
                self.best = content
            case Sent.BAD_PROBLEM:
                raise BadProblem(content)
            case Sent.NO_MEMORY:
                self.fault = texts.no_memory(content)
            case Sent.FAULT:
                self.fault = texts.fault(content)
            case Sent.PLAN:
                return content
        return None

    def _tell(self, progress: Progress) -> None:
        if self.report is None or self.cancelled:
            return
        try:
            self.report(progress)
        except Cancelled:
            self.cancelled = True

    def _values(self, chosen: Indexes, trusting: bool) -> tuple[LevelValue, ...]:
        """Return the values of the best plan with what the worker had proved, if that is to be trusted."""
        bounds: dict[str, int] = {}
        for point in self.curve:
            if point.bound is not None:
                bounds[point.level] = max(point.bound, bounds.get(point.level, point.bound))
        values = []
        kept = trusting  # every level so far is proved; a bound of a later level means nothing otherwise
        reached = values_of(self.problem, Columns.of(self.problem), chosen)
        for level, value in zip(self.problem.levels, reached, strict=True):
            least = _least(self.problem, level)
            bound = min(value, max(least, bounds.get(level.name, least)) if kept else least)
            values.append(LevelValue(level.name, value, bound))
            kept = kept and bound == value
        return tuple(values)


def _ask_to_stop(pipe: Connection) -> None:
    try:
        pipe.send(None)
    except OSError:
        return  # it has ended: that is noticed next


def _least(problem: Problem, level: Level) -> int:
    """Return below what a level cannot go whatever is chosen: breaches cost, they never pay."""
    least = level.constant
    if level.cost is not None:
        candidates = problem.candidates
        least += int(np.where(candidates.locked, level.cost, np.minimum(level.cost, 0)).sum())
    needs = sum(sum(recipient.needs.values()) for recipient in problem.recipients)
    return least - level.coverage * needs
