"""Who calls the API: a bearer token, or the browser's session with CSRF protection."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from ninja.errors import HttpError
from ninja.security import HttpBearer, SessionAuth

from duikou.core import tokens
from duikou.core.actions import require
from duikou.core.scope import Actor


class TokenAuth(HttpBearer):
    """`Authorization: Bearer dk_…`: the owner's permissions, limited to the token's."""

    def __init__(self, permission: str | None = None) -> None:
        super().__init__()
        self.permission = permission

    def __call__(self, request: HttpRequest) -> Any:
        """The acting person, who must have the permission somewhere; raises Denied."""
        return _allowed(super().__call__(request), self.permission)

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """The acting person, or None for an unknown, expired or revoked token."""
        found = tokens.actor_of(token)
        if found is None:
            return None
        request.user, request.actor = found  # type: ignore[attr-defined]
        return found[1]


class BrowserAuth(SessionAuth):
    """The signed-in browser; writing needs the CSRF token."""

    def __init__(self, permission: str | None = None) -> None:
        super().__init__()
        self.permission = permission

    def __call__(self, request: HttpRequest) -> Any:
        """The acting person of the session. Only where there is one, there is something to protect."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        found = self.authenticate(request, None)
        if found is not None and not _carries_token(request):
            raise HttpError(403, "csrf")
        return _allowed(found, self.permission)

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        """The acting person of the session, if any."""
        if request.user.is_authenticated and not request.user.must_change_password:  # type: ignore[union-attr]
            return request.actor  # type: ignore[attr-defined]
        return None


class _Csrf(CsrfViewMiddleware):
    """Django's check without its page."""

    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


def _carries_token(request: HttpRequest) -> bool:
    """Whether a reading request, or a writing one with the right CSRF token."""
    request.csrf_processing_done = False  # type: ignore[attr-defined]
    check = _Csrf(lambda request: HttpResponse())
    check.process_request(request)
    return check.process_view(request, lambda request: HttpResponse(), (), {}) is None


def _allowed(actor: Actor | None, permission: str | None) -> Actor | None:
    """The actor; raises Denied without the permission. Told before anything is said about the request."""
    if actor is not None and permission is not None:
        require(actor, permission, None)
    return actor


@cache
def sign_in(permission: str | None) -> tuple[TokenAuth, BrowserAuth]:
    """The two ways to sign in, for callers who have `permission` somewhere."""
    return TokenAuth(permission), BrowserAuth(permission)
