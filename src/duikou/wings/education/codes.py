"""Codes of sign-in (签到码): shown by the speaker, changing by the minute, kept nowhere."""

from __future__ import annotations

import hashlib
import hmac

from django.conf import settings

from duikou.wings.education.parameters import CODE_STEP


def code_at(lesson: int, at: int) -> str:
    """The six figures of a lesson at a second of the server's clock."""
    step = at // CODE_STEP
    key = settings.SECRET_KEY.encode()
    digest = hmac.new(key, f"education sign-in {lesson} {step}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 1_000_000:06d}"


def matches(lesson: int, at: int, typed: str) -> bool:
    """Whether a code is the one shown now, or the one before it."""
    given = "".join(typed.split()).encode()
    return any(
        hmac.compare_digest(code_at(lesson, moment).encode(), given) for moment in (at, at - CODE_STEP)
    )


def seconds_left(at: int) -> int:
    """How long the code of a moment is still shown."""
    return CODE_STEP - at % CODE_STEP
