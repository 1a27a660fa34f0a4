"""Middleware: who acts, forced password change, and errors meant for the user."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import MiddlewareNotUsed
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from duikou.core.errors import Conflict, DuikouError, Invalid
from duikou.core.scope import NOBODY, Actor, actor_for

GetResponse = Callable[[HttpRequest], HttpResponse]
EVERYBODY = "all"
PROGRAMS = "/api/"  # below it, refusals are JSON and the API's own
FACTORS = ("totp", "webauthn")  # recovery codes alone are no second factor


class ActorMiddleware:
    """Puts the acting person on the request as `request.actor`, and their language in force."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = SimpleLazyObject(lambda: self._actor(request))  # type: ignore[attr-defined]
        self._speak(request)
        return self.get_response(request)

    @staticmethod
    def _speak(request: HttpRequest) -> None:
        """A browser without a choice of language speaks the one of the account."""
        if settings.LANGUAGE_COOKIE_NAME in request.COOKIES or not request.user.is_authenticated:
            return
        language = request.user.language
        if language in dict(settings.LANGUAGES):
            translation.activate(language)
            request.LANGUAGE_CODE = language

    @staticmethod
    def _actor(request: HttpRequest) -> Actor:
        if not request.user.is_authenticated:
            return NOBODY
        actor = actor_for(request.user)  # type: ignore[arg-type]
        structlog.contextvars.bind_contextvars(actor=actor.user_id)
        return actor


class PasswordChangeMiddleware:
    """Leads an account with a one-time password to the change form, whatever it asked for."""

    ALLOWED = ("account_change_password", "account_set_password", "account_logout", "set_language")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        waiting = user.is_authenticated and user.must_change_password  # type: ignore[union-attr]
        if waiting and not self._passes(request.path):
            return redirect("account_change_password")
        return self.get_response(request)

    def _passes(self, path: str) -> bool:
        """The pages of the change itself; the API tells such an account that it is not signed in."""
        return path.startswith(PROGRAMS) or path in {reverse(name) for name in self.ALLOWED}


class MfaMiddleware:
    """Leads accounts whose role demands a second factor to its set-up, whatever they asked for.

    `settings.REQUIRE_MFA` holds role ids, or "all". Whoever has a factor is asked for it
    when signing in; API tokens are made behind that door and pass.
    """

    ALLOWED = (*PasswordChangeMiddleware.ALLOWED, "account_reauthenticate")

    def __init__(self, get_response: GetResponse) -> None:
        if not settings.REQUIRE_MFA:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._missing(request) and not self._is_set_up(request.path):
            messages.warning(request, _("您的角色要求两步验证。请先完成设置，然后继续。"))
            return redirect("mfa_index")
        return self.get_response(request)

    @staticmethod
    def _missing(request: HttpRequest) -> bool:
        if not request.user.is_authenticated:
            return False
        actor: Actor = request.actor  # type: ignore[attr-defined]
        held = {grant.role for grant in actor.grants}
        demanded = EVERYBODY in settings.REQUIRE_MFA or held & settings.REQUIRE_MFA
        return bool(demanded) and not is_mfa_enabled(request.user, types=FACTORS)

    def _is_set_up(self, path: str) -> bool:
        return path.startswith(reverse("mfa_index")) or path in {reverse(name) for name in self.ALLOWED}


class ErrorMiddleware:
    """Turns a DuikouError raised by a page into a page that says what to do."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        strange = "%00" in request.META.get("QUERY_STRING", "") or "\0" in request.path
        if strange and not request.path.startswith(PROGRAMS):
            # No column can hold it and nobody types it: refused once, before any view.
            return self._page(request, Invalid(_("地址中含有无法识别的字符，请重新输入。")), 400)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Render the error page for a DuikouError; leave others to Django."""
        if isinstance(exception, IntegrityError):
            exception = Conflict(_("与已有数据冲突：同样的记录已存在，或被引用的记录已变动。请刷新后再试。"))
        if not isinstance(exception, DuikouError):
            return None
        return self._page(request, exception, exception.status)

    @staticmethod
    def _page(request: HttpRequest, error: DuikouError, status: int) -> HttpResponse:
        context = {"error": error, "language": translation.get_language(), "back": _asked_from(request)}
        return render(request, "error.html", context, status=status)


def _asked_from(request: HttpRequest) -> str:
    """The page of ours with the form that was posted; empty when that is not known."""
    address = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if request.method == "POST" and ours else ""
