"""What every template may use."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from duikou import __version__
from duikou.core.scope import NOBODY
from duikou.web.navigation import sections


def frame_of(request: HttpRequest) -> str:
    """The frame that a shared page stands in: a fragment for htmx, else the signed-in or the public one."""
    if getattr(request, "htmx", False) and not request.htmx.boosted:  # type: ignore[attr-defined]
        return "web/fragment.html"
    if getattr(request, "user", None) is not None and request.user.is_authenticated:
        return "web/base.html"
    return "web/public.html"


def site(request: HttpRequest) -> dict[str, Any]:
    """The acting person, the frame of shared pages, the navigation and the product's version."""
    actor = getattr(request, "actor", NOBODY)
    return {
        "actor": actor,
        "frame": frame_of(request),
        "navigation": SimpleLazyObject(lambda: sections(actor, request.path)),
        "version": __version__,
        # A page that answered a form is left by GET when the language changes.
        "here": request.get_full_path() if request.method == "GET" else "/",
    }
