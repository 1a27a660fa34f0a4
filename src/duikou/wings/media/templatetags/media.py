"""What `<c-video>` needs to know."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context
from django.utils.translation import gettext as _

from duikou.wings.media import queries
from duikou.wings.media.catalogue import fault_words
from duikou.wings.media.models import Broadcast, Recording
from duikou.wings.media.player import MARK

register = template.Library()


@register.simple_tag(takes_context=True)
def video_facts(context: Context, recording: Recording | None, broadcast: Broadcast | None) -> dict[str, Any]:
    """Addresses and words of a player; marks the page as one that plays video."""
    if isinstance(broadcast, Broadcast):
        words = "" if broadcast.live else _("直播已经结束。")
        return _played(context, broadcast, queries.live_address(broadcast), words, live=True)
    if not isinstance(recording, Recording):
        return {"src": "", "words": _("没有录像。"), "number": ""}
    words = ""
    if not recording.ready:
        words = fault_words(recording.fault) or _("视频正在处理，完成后即可播放。")
    facts = _played(context, recording, queries.playlist_address(recording), words, live=False)
    if recording.ready:
        facts |= {"poster": queries.poster_address(recording), "tracks": queries.subtitle_tracks(recording)}
    return facts


def _played(
    context: Context, shown: Recording | Broadcast, src: str, words: str, *, live: bool
) -> dict[str, Any]:
    if src and (request := context.get("request")) is not None:
        setattr(request, MARK, True)
    return {"src": src, "words": words, "number": shown.number, "title": shown.title, "live": live}
