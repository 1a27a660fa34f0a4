"""Middleware: who acts, forced password change, and errors meant for the user."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from duikou.core.errors import DuikouError
from duikou.core.scope import NOBODY, Actor, actor_for

GetResponse = Callable[[HttpRequest], HttpResponse]


class ActorMiddleware:
    """Puts the acting person on the request as `request.actor`, and their language in force."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: self._actor(request))  # type: ignore[attr-defined]
        return self.get_response(request)

    @staticmethod
    def _actor(request: HttpRequest) -> Actor:
        if not request.user.is_authenticated:
            return NOBODY
        actor = actor_for(request.user)  # type: ignore[arg-type]
        structlog.contextvars.bind_contextvars(actor=actor.user_id)
        return actor


class PasswordChangeMiddleware:
    """Leads an account with a one-time password to the change form, whatever it asked for."""

    ALLOWED = ("account_change_password", "account_logout", "set_language")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        waiting = user.is_authenticated and user.must_change_password  # type: ignore[union-attr]
        if waiting and request.path not in {reverse(name) for name in self.ALLOWED}:
            return redirect("account_change_password")
        return self.get_response(request)


class ErrorMiddleware:
    """Turns a DuikouError raised by a page into a page that says what to do."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Render the error page for a DuikouError; leave others to Django."""
        if not isinstance(exception, DuikouError):
            return None
        context = {"error": exception, "language": translation.get_language()}
        return render(request, "error.html", context, status=exception.status)
