"""Recordings and broadcasts as an actor may see them, and where browsers find what they play."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.jobs.models import Job
from duikou.core.scope import Actor
from duikou.wings.media import rights
from duikou.wings.media.models import Broadcast, Recording

Shown = TypeVar("Shown", Recording, Broadcast)


def recordings(actor: Actor) -> QuerySet[Recording]:
    """Recordings that the actor keeps: of its own hospital. Other wings choose among these."""
    return Recording.objects.visible_to(actor).select_related("added_by").annotate(shown=Count("uses"))


def broadcasts(actor: Actor) -> QuerySet[Broadcast]:
    """Broadcasts of the actor's own hospital."""
    return Broadcast.objects.visible_to(actor).select_related("started_by", "recording")


def recording(actor: Actor, number: str) -> Recording:
    """One that the actor keeps. Raises Missing for another's."""
    return _one(recordings(actor), number)


def broadcast(actor: Actor, number: str) -> Broadcast:
    """One of the own hospital. Raises Missing for another's."""
    return _one(broadcasts(actor), number)


def _one(rows: QuerySet[Shown], number: str) -> Shown:
    found = rows.filter(number=number).first()
    if found is None:
        raise Missing(_("没有这份录像或这场直播，或不在您的查看范围内。"))
    return found


def watchable(actor: Actor, kind: type[Shown], number: str, *, session: str = "") -> Shown:
    """A video that the actor may watch now; with a session, as decided for it within the last seconds.

    Raises Missing for all others: the two look alike.
    """
    found = _one(kind.objects.select_related("started_by" if kind is Broadcast else "added_by"), number)
    if not rights.may_watch_lately(actor, session, found):
        raise Missing(_("没有这份录像或这场直播，或不在您的查看范围内。"))
    return found


def playlist_address(recording: Recording) -> str:
    """Where browsers find the playlist of a recording (a path of this site); empty unless it is ready."""
    return reverse("media:file", args=[recording.number, "master.m3u8"]) if recording.ready else ""


def poster_address(recording: Recording) -> str:
    """Where its still picture is; empty unless it is ready."""
    return reverse("media:file", args=[recording.number, "poster.jpg"]) if recording.ready else ""


def live_address(broadcast: Broadcast) -> str:
    """Where browsers find the playlist of a broadcast; empty once it has ended."""
    return reverse("media:live_file", args=[broadcast.number, "index.m3u8"]) if broadcast.live else ""


def subtitle_tracks(recording: Recording) -> list[dict[str, Any]]:
    """Subtitles of a recording, for its player."""
    return [
        {
            "language": one.language,
            "label": one.get_language_display(),
            "src": reverse("media:subtitle", args=[recording.number, one.language]),
        }
        for one in recording.subtitles.all()
    ]


def progress_of(recording: Recording) -> Job | None:
    """The job that makes a recording playable, the newest; None before it was asked for."""
    return Job.objects.filter(subject=recording.number).order_by("-enqueued_at").first()
