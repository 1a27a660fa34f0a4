"""Credentials for the relay (coturn): a name that says until when, and its keyed digest."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from typing import Any

from django.conf import settings

LIFE = 2 * 3600  # seconds; a longer session asks anew when it restarts its link


def is_on() -> bool:
    """Whether a relay is set up."""
    return bool(settings.TURN_URL and settings.TURN_SECRET)


def addresses() -> list[str]:
    """Where browsers try it: UDP first, and TCP, which more firewalls let through."""
    if "?" in settings.TURN_URL:
        return [settings.TURN_URL]
    ways = ("tcp",) if settings.TURN_URL.startswith("turns:") else ("udp", "tcp")
    return [f"{settings.TURN_URL}?transport={way}" for way in ways]


def servers(user_id: int, now: float | None = None) -> list[dict[str, Any]]:
    """What a browser needs to reach the relay; nothing without one: then links work on one network only."""
    if not is_on():
        return []
    name = f"{int(now if now is not None else time.time()) + LIFE}:{user_id}"
    digest = hmac.new(settings.TURN_SECRET.encode(), name.encode(), hashlib.sha1).digest()
    return [{"urls": addresses(), "username": name, "credential": base64.b64encode(digest).decode()}]
