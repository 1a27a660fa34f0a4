"""Accounts with a token."""

from __future__ import annotations

from dataclasses import dataclass

from duikou.core import tokens
from duikou.core.models import User
from duikou.core.scope import actor_for


@dataclass(frozen=True, slots=True)
class Caller:
    """An account with a token for everything that it may do."""

    user: User
    token: str

    @property
    def headers(self) -> dict[str, str]:
        """For a client of Django's tests."""
        return {"Authorization": f"Bearer {self.token}"}


def caller_of(user: User) -> Caller:
    """A token with all permissions of the account."""
    actor = actor_for(user)
    _row, token = tokens.create(actor=actor, name="test", scopes=actor.permissions, days=1)
    return Caller(user, token)
