"""What a page may do that shows a video: play what its script has put together, and nothing more."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

ALLOWED = {"media-src": ["'self'", "blob:"]}
MARK = "shows_video"


class VideoPolicyMiddleware:
    """Widens the content policy of pages on which `<c-video>` stands, of no others."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if getattr(request, MARK, False):
            known = getattr(response, "_csp_update", None) or {}
            response._csp_update = {**known, **ALLOWED}  # type: ignore[attr-defined]
        return response
