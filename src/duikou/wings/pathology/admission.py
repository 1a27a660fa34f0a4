"""How the site lets a browser or a program to the tiles of a slide: with a ticket, good for minutes."""

from __future__ import annotations

import datetime as dt
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from duikou.core.scope import Actor
from duikou.wings.pathology.models import Slide
from duikou.wings.pathology.tiling import tickets
from duikou.wings.patients.actions import look
from duikou.wings.patients.models import Access

LATELY = dt.timedelta(hours=8)  # as long as a session


def address(slide: Slide) -> str:
    """Where the tiles of a slide are; empty without the service."""
    return f"{settings.TILES_URL}/{slide.number}" if settings.TILES_URL else ""


def ticket_for(request: HttpRequest, slide: Slide) -> str:
    """A ticket for the session that asks, or for the program that came with a token."""
    by_token = "Authorization" in request.headers
    session = "" if by_token else (request.session.session_key or "")
    return tickets.issue(_key(settings.SECRET_KEY), slide.number, session)


def admit(request: HttpRequest, response: HttpResponse, slide: Slide) -> None:
    """Give the browser its ticket: a cookie that goes to the tiles of this slide alone."""
    response.set_cookie(
        tickets.COOKIE,
        ticket_for(request, slide),
        max_age=tickets.SECONDS,
        path=f"{urlsplit(address(slide)).path}/",
        secure=settings.HTTPS,
        httponly=True,
        samesite="Strict",
    )


def ensure_look(actor: Actor, slide: Slide) -> None:
    """A look by the actor is on record for this sitting; a ticket that is renewed is no new one."""
    patient = slide.study.patient
    assert patient is not None  # a ready study has one
    since = timezone.now() - LATELY
    if not Access.objects.filter(patient=patient, user=actor.user_id, at__gte=since).exists():
        look(actor=actor, number=patient.number, where=Access.Where.API)


@cache
def _key(secret: str) -> bytes:
    return tickets.key_from(secret)
