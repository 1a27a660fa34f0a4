"""The side of a solve in its own process (see `process`) that runs in that process."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from enum import StrEnum
from importlib import import_module
from inspect import signature
from multiprocessing.connection import Connection
from typing import Any

from duikou.engines.pairing.optimise.model import BadProblem, Cancelled, Indexes, Plan, Problem, Progress

try:
    import resource
except ImportError:  # not on every system; there the memory is not limited
    resource = None  # type: ignore[assignment]

_ROOM = "duikou.engines.pairing.optimise"

FUNCTIONS = {
    "solve_exact": f"{_ROOM}.exact",
    "solve_large": f"{_ROOM}.decompose",
    "solve_network": f"{_ROOM}.lexicographic",
}
"""Where each solve function stands; loaded by the worker only."""


class Sent(StrEnum):
    """What a message of the worker is."""

    STARTED = "started"
    PROGRESS = "progress"
    BETTER = "better"
    PLAN = "plan"
    BAD_PROBLEM = "bad_problem"
    NO_MEMORY = "no_memory"
    FAULT = "fault"


Message = tuple[Sent, Any]


class PipedReport:
    """Sends progress and better plans; raises `Cancelled` when asked to stop, or when nobody listens."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def __call__(self, progress: Progress) -> None:
        """Send one point of the curve."""
        self._send(Sent.PROGRESS, progress)
        if self._pipe.poll():  # a wish to stop, or the end of the other side
            raise Cancelled

    def keep(self, chosen: Indexes) -> None:
        """Send a better plan."""
        self._send(Sent.BETTER, chosen)

    def _send(self, kind: Sent, content: object) -> None:
        try:
            self._pipe.send((kind, content))
        except OSError:
            raise Cancelled from None


def work(function_name: str, problem: Problem, seconds: float, megabytes: int, pipe: Connection) -> None:
    """Solve and send the plan, or what went wrong."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the caller decides what a key press means
    solve = _function(function_name)
    _limit_memory(megabytes)
    pipe.send((Sent.STARTED, os.getpid()))
    message: Message
    try:
        message = (Sent.PLAN, _call(solve, problem, seconds, PipedReport(pipe)))
    except BadProblem as problem_fault:
        message = (Sent.BAD_PROBLEM, problem_fault.message)
    except MemoryError:
        message = (Sent.NO_MEMORY, megabytes)
    except Exception as fault:
        message = (Sent.FAULT, f"{type(fault).__name__}: {fault}")
    try:
        pipe.send(message)
    except OSError:
        return  # nobody listens any more


def _function(name: str) -> Callable[..., Plan]:
    module, _, function = name.partition(":") if ":" in name else (FUNCTIONS[name], "", name)
    return getattr(import_module(module), function)


def _call(solve: Callable[..., Plan], problem: Problem, seconds: float, report: PipedReport) -> Plan:
    if "seconds" in signature(solve).parameters:
        return solve(problem, seconds=seconds, report=report)
    return solve(problem, report=report)


def _limit_memory(megabytes: int) -> None:
    """Let the process take so much more memory than its programs have taken already."""
    if resource is None:
        return
    try:
        with open("/proc/self/status") as status:
            taken = next(int(line.split()[1]) for line in status if line.startswith("VmData"))
    except (OSError, StopIteration):
        return
    limit = (taken << 10) + (megabytes << 20)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
