"""Marks page views with the permission they need."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django_htmx.middleware import HtmxDetails

from duikou.core.actions import require
from duikou.core.scope import Actor


class PageRequest(HttpRequest):
    """A request as our middleware leaves it."""

    actor: Actor
    htmx: HtmxDetails


View = Callable[..., HttpResponse]


def page(permission: str | None) -> Callable[[Callable[Concatenate[PageRequest, ...], HttpResponse]], View]:
    """A page for signed-in people who have `permission` somewhere (any signed-in person when None).

    The rows that it shows are a matter of `visible_to`; a single row outside the
    scope is answered like a missing one.
    """

    def decorate(view: Callable[Concatenate[PageRequest, ...], HttpResponse]) -> View:
        @wraps(view)
        def checked(request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if permission is not None:
                require(request.actor, permission, None)
            return view(request, *args, **kwargs)

        checked.permission = permission  # type: ignore[attr-defined]
        return checked

    return decorate
