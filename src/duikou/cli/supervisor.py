"""Keeps the parts of an embedded installation running and stops them together."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

from duikou.cli.output import fail, say

LOOK = 0.2  # seconds between two looks at the parts
GRACE = 20.0  # seconds for a part to end by itself
READY_WITHIN = 60.0  # seconds for the site to answer
STEADY = 30.0  # seconds of life after which a restart counts as the first again
LONGEST_PAUSE = 30.0  # seconds between two restarts at most

_PR_SET_PDEATHSIG = 1


def _die_with_parent() -> None:
    """On Linux: a killed supervisor takes its parts along, so that the port becomes free."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Part:
    """One process. An essential one ends everything when it ends; others are started again."""

    name: str
    command: Sequence[str]
    essential: bool = False
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    restarts: int = 0
    next_start: float = field(default=0.0)

    def start(self) -> None:
        """Start the process in a session of its own: Ctrl-C reaches the supervisor alone."""
        self.process = subprocess.Popen(  # noqa: S603  (our own command)
            list(self.command),
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )
        self.started = time.monotonic()

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Runs parts until a signal comes or an essential part ends."""

    def __init__(
        self, parts: Sequence[Part], *, ready_url: str = "", announce: Callable[[str], None] = say
    ) -> None:
        self.parts = parts
        self.ready_url = ready_url
        self.announce = announce
        self.stopping = False

    def run(self) -> int:
        """Run; returns 0 after a signal, 1 when an essential part ended by itself."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._stop)
        for part in self.parts:
            part.start()
        waiting = time.monotonic() + READY_WITHIN if self.ready_url else 0.0
        try:
            while not self.stopping:
                if (ended := self._look_after()) is not None:
                    fail(
                        f"{ended.name}: 意外退出，已全部停止，原因见上 / ended, so all was stopped; see above"
                    )
                    return 1
                if waiting and (answered := self._answers() or time.monotonic() > waiting):
                    waiting = 0.0
                    self._announce_ready(answered)
                time.sleep(LOOK)
        finally:
            self._end_all()
        return 0

    def _stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _look_after(self) -> Part | None:
        """Start again what has ended; returns an essential part that has ended."""
        now = time.monotonic()
        for part in self.parts:
            if part.alive:
                continue
            if part.essential:
                return part
            if part.next_start == 0.0:
                part.restarts = 0 if now - part.started > STEADY else part.restarts + 1
                part.next_start = now + min(2.0**part.restarts - 1, LONGEST_PAUSE)
                self.announce(f"{part.name} 已退出，将重新启动 / {part.name} ended and will be started again")
            elif now >= part.next_start:
                part.next_start = 0.0
                part.start()
        return None

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.ready_url}/healthz", timeout=2) as response:  # noqa: S310
                return bool(response.status == 200)
        except urllib.error.HTTPError:
            return True  # it answers; a strict list of host names may refuse this one
        except OSError:
            return False

    def _announce_ready(self, answered: bool) -> None:
        if answered:
            self.announce(
                f"已启动：{self.ready_url} 按 Ctrl-C 停止 / running at {self.ready_url}, stop with Ctrl-C"
            )
        else:
            self.announce("网站尚未应答，请查看上面的日志 / the site does not answer yet, see the log above")

    def _end_all(self) -> None:
        for part in self.parts:
            if part.alive and part.process is not None:
                part.process.terminate()
        deadline = time.monotonic() + GRACE
        for part in self.parts:
            if part.process is None:
                continue
            try:
                part.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                part.process.kill()
                part.process.wait()
