"""Who calls the API: a bearer token, or the browser's session with CSRF protection."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from ninja.security import HttpBearer, SessionAuth

from duikou.core import tokens
from duikou.core.scope import Actor


class TokenAuth(HttpBearer):
    """`Authorization: Bearer dk_…`: the owner's permissions, limited to the token's."""

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """The acting person, or None for an unknown, expired or revoked token."""
        found = tokens.actor_of(token)
        if found is None:
            return None
        request.user, request.actor = found  # type: ignore[attr-defined]
        return found[1]


class BrowserAuth(SessionAuth):
    """The signed-in browser; writing needs the CSRF token."""

    def __call__(self, request: HttpRequest) -> Any:
        """The acting person of the session; without a session cookie there is nothing to protect."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        return super().__call__(request)

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        """The acting person of the session, if any."""
        if request.user.is_authenticated and not request.user.must_change_password:  # type: ignore[union-attr]
            return request.actor  # type: ignore[attr-defined]
        return None


AUTH = [TokenAuth(), BrowserAuth()]
