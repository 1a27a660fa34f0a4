"""A limit of calls per caller, counted in each server process by itself.

It protects the site from a runaway script; it is no accounting. With N server
processes a caller may reach N times the rate.
"""

from __future__ import annotations

import os
import threading
import time

from django.http import HttpRequest
from ninja.throttling import BaseThrottle

RATE = float(os.environ.get("DUIKOU_API_RATE", "50"))  # calls a second; 0 = no limit
BURST = 4 * RATE
KEPT = 10_000  # callers remembered


class PerActor(BaseThrottle):
    """Token bucket per account (per address for unknown callers)."""

    def __init__(self) -> None:
        self._buckets: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()
        self._wait = 0.0

    def allow_request(self, request: HttpRequest) -> bool:
        """Whether the caller still has a call left."""
        if not RATE:
            return True
        user = getattr(request, "user", None)
        caller = str(user.pk) if user is not None and user.pk else request.META.get("REMOTE_ADDR", "")
        now = time.monotonic()
        with self._lock:
            left, then = self._buckets.pop(caller, (BURST, now))
            left = min(BURST, left + (now - then) * RATE)
            allowed = left >= 1
            self._buckets[caller] = (left - 1 if allowed else left, now)
            if len(self._buckets) > KEPT:
                self._buckets.pop(next(iter(self._buckets)))
        self._wait = 0.0 if allowed else (1 - left) / RATE
        return allowed

    def wait(self) -> float | None:
        """Seconds until the next call is allowed."""
        return self._wait
