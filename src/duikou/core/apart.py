"""Long computations in a process of their own, so that a limit and cancelling hold whatever they do."""

from __future__ import annotations

import os
from collections.abc import Callable
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from threading import Thread
from time import monotonic
from typing import TypeVar

T = TypeVar("T")

GRACE = 30.0  # seconds beyond its limit that the work has for loading and answering
PULSE = 0.5
Report = Callable[[float], None]


class Died(Exception):
    """The process ended without an answer, or went on far beyond its limit."""


def apart(work: Callable[[], T], seconds: float, report: Report) -> T:
    """What `work` (which can be pickled, as its answer) gives in a process of its own.

    `report` hears the seconds gone by and may raise to stop. Raises Died.
    """
    context = get_context("spawn")  # nothing of the site's state leaks into it
    ours, theirs = context.Pipe(duplex=False)
    worker = context.Process(target=_work, args=(work, theirs), daemon=True)
    worker.start()
    theirs.close()
    began = monotonic()
    try:
        while not ours.poll(PULSE):
            passed = monotonic() - began
            report(passed)
            if passed > seconds + GRACE or (not worker.is_alive() and not ours.poll()):
                raise Died
        try:
            answer: T = ours.recv()
        except EOFError:
            raise Died from None
    finally:
        if worker.is_alive():
            worker.join(PULSE)
            worker.kill()
        worker.join()
        ours.close()
    return answer


def _work(work: Callable[[], object], pipe: Connection) -> None:
    Thread(target=_end_with_worker, daemon=True).start()
    try:
        pipe.send(work())
    finally:
        pipe.close()


def _end_with_worker() -> None:
    """Nobody waits for the answer once the worker is dead: do not go on working for a minute."""
    worker = parent_process()
    if worker is not None:
        worker.join()
        os._exit(1)
