"""Errors that a user or an API client is told about, each with its HTTP status.

Messages are translated strings that say what was expected, what was found and what
to do. Anything else that escapes is a defect and shows the plain error page.
"""

from __future__ import annotations

from collections.abc import Mapping


class DuikouError(Exception):
    """Base of all errors meant for the user. `message` is a (lazy) translated string."""

    status = 400
    code = "error"

    def __init__(self, message: object, *, fields: Mapping[str, list[str]] | None = None) -> None:
        super().__init__(str(message))
        self.message = message
        self.fields = dict(fields or {})


class Denied(DuikouError):
    """The actor's roles do not allow the act here."""

    status = 403
    code = "denied"


class Missing(DuikouError):
    """Not there, or not visible to the actor: the two must look alike."""

    status = 404
    code = "missing"


class Conflict(DuikouError):
    """Somebody else was faster, or the state does not allow the act any more."""

    status = 409
    code = "conflict"


class Invalid(DuikouError):
    """The input breaks a rule; `fields` maps field names to messages."""

    status = 422
    code = "invalid"


def refused(field: str, message: str) -> Invalid:
    """An objection at one field."""
    return Invalid(message, fields={field: [message]})
