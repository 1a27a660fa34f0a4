"""Waiting for a room's next message: told by PostgreSQL, looked up on SQLite.

SQLite cannot tell; the look-up is one range of one index (0.2 ms), often while people talk to each other
and seldom while nobody does.
"""

from __future__ import annotations

import time
from types import TracebackType
from typing import Any

from django.db import connection

from duikou.wings.rooms.actions._common import CHANNEL

QUICK, SLOW = 0.03, 0.25  # seconds between two looks
LIVELY = 5.0  # seconds after a message during which the next is expected soon
PATIENT = 5.0  # the longest wait for a notice


class Waker:
    """Waits until a room may have a new message; use it in a `with` block, one for each stream."""

    def __init__(self) -> None:
        self._tells = connection.vendor == "postgresql"
        self._last = time.monotonic()

    def __enter__(self) -> Waker:
        if self._tells:
            with connection.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._tells and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:  # the connection goes on to other requests
                cursor.execute(f"UNLISTEN {CHANNEL}")

    def note(self) -> None:
        """There was a message: the next may come soon."""
        self._last = time.monotonic()

    def wait(self, until: float) -> None:
        """Return when a message may have come, at the latest at `until` (monotonic seconds)."""
        left = max(0.0, until - time.monotonic())
        if self._tells:
            raw: Any = connection.connection
            for _notice in raw.notifies(timeout=min(left, PATIENT), stop_after=1):
                pass
            return
        lively = time.monotonic() - self._last < LIVELY
        time.sleep(min(left, QUICK if lively else SLOW))
