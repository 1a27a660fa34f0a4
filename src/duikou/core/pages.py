"""Marks page views with the permission they need."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_http_methods
from django_htmx.middleware import HtmxDetails

from duikou.core.actions import require
from duikou.core.scope import Actor


class PageRequest(HttpRequest):
    """A request as our middleware leaves it."""

    actor: Actor
    htmx: HtmxDetails


both = require_http_methods(["GET", "POST"])
"""A form's page: shown by GET, carried out by POST."""

View = Callable[..., HttpResponseBase]
PageView = Callable[Concatenate[PageRequest, ...], HttpResponseBase]


def page(permission: str | None) -> Callable[[PageView], View]:
    """A page for signed-in people who have `permission` somewhere (any signed-in person when None).

    The rows that it shows are a matter of `visible_to`; a single row outside the
    scope is answered like a missing one.
    """

    def decorate(view: PageView) -> View:
        @wraps(view)
        def checked(request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if permission is not None:
                require(request.actor, permission, None)
            return view(request, *args, **kwargs)

        checked.permission = permission  # type: ignore[attr-defined]
        return checked

    return decorate


def typed(request: HttpRequest, name: str = "q", most: int = 60) -> str:
    """What somebody has typed into a search box: no control characters, at most `most` characters."""
    return "".join(filter(str.isprintable, request.GET.get(name, ""))).strip()[:most]
