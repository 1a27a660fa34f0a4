"""Pages for errors that no view handles."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request itself cannot be read."""
    return render(request, "error.html", {"status": 400}, status=400)


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: not allowed."""
    return render(request, "error.html", {"status": 403}, status=403)


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: not there, or not visible."""
    return render(request, "error.html", {"status": 404}, status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token is missing or out of date (usually a page left open over a sign-in)."""
    return render(request, "error.html", {"status": 403, "stale_form": True}, status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """500: our own fault. Rendered without request, so that a dead database cannot break it again."""
    return HttpResponse(render_to_string("web/broken.html"), status=500)
