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
KEPT = 10_000  # callers remembered


class PerActor(BaseThrottle):
    """Token bucket per account (per address for unknown callers); four seconds' worth may come at once."""

    def __init__(self, rate: float | None = None) -> None:
        self.rate = RATE if rate is None else rate
        self._buckets: dict[str, tuple[float, float]] = {}
        self._lock = threading.Lock()
        self._told = threading.local()  # the wait belongs to the call of this thread

    def allow_request(self, request: HttpRequest) -> bool:
        """Whether the caller still has a call left."""
        if not self.rate:
            return True
        user = getattr(request, "user", None)
        caller = str(user.pk) if user is not None and user.pk else request.META.get("REMOTE_ADDR", "")
        now, burst = time.monotonic(), 4 * self.rate
        with self._lock:
            left, then = self._buckets.pop(caller, (burst, now))
            left = min(burst, left + (now - then) * self.rate)
            allowed = left >= 1
            self._buckets[caller] = (left - 1 if allowed else left, now)
            if len(self._buckets) > KEPT:
                self._buckets.pop(next(iter(self._buckets)))
        self._told.wait = 0.0 if allowed else (1 - left) / self.rate
        return allowed

    def wait(self) -> float | None:
        """Seconds until the next call is allowed."""
        wait: float = getattr(self._told, "wait", 0.0)
        return wait

    def forget(self) -> None:
        """Let every caller start anew (for tests)."""
        with self._lock:
            self._buckets.clear()
