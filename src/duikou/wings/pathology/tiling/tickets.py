"""Tickets: the site's word, good for minutes, that this session may see this slide."""

from __future__ import annotations

import hashlib
import hmac
import time

SECONDS = 600
COOKIE = "duikou-tiles"


def key_from(secret: str) -> bytes:
    """The key of tickets: of its own, so that no other signature of the site passes for one."""
    return hmac.new(secret.encode(), b"duikou.tiles", hashlib.sha256).digest()


def issue(key: bytes, number: str, session: str, *, now: float | None = None) -> str:
    """A ticket for one slide. It counts only beside the session it was issued to.

    `session` is empty for a program that came with a token: it holds the ticket itself.
    """
    until = int((time.time() if now is None else now) + SECONDS)
    bound = _digest(key, session) if session else "-"
    text = f"{number}.{until}.{bound}"
    return f"{text}.{_digest(key, text)}"


def admits(key: bytes, ticket: str, number: str, session: str, *, now: float | None = None) -> bool:
    """Whether a ticket lets this session see this slide now."""
    text, _dot, seal = ticket.rpartition(".")
    parts = text.split(".")
    if len(parts) != 3 or not ticket.isascii() or not hmac.compare_digest(seal, _digest(key, text)):
        return False
    slide, until, bound = parts
    if slide != number or int(until) < (time.time() if now is None else now):
        return False
    return bound == "-" or (bool(session) and hmac.compare_digest(bound, _digest(key, session)))


def _digest(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:40]
