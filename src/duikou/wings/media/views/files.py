"""Playlists, pieces, posters, subtitles: only for those who may watch, only files with the known names.

A name is one of a fixed pattern (`urls`), so no path is ever put together out of what a browser asked.
Behind the proxy of `make tele` the proxy sends the file (X-Accel-Redirect); otherwise the site does, in parts
when asked for (Range).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from duikou.core.errors import Missing
from duikou.core.pages import PageRequest, page
from duikou.wings.media import actions, queries
from duikou.wings.media.actions._common import shelf
from duikou.wings.media.models import Broadcast, Recording

KINDS = {
    ".m3u8": "application/vnd.apple.mpegurl",
    ".m4s": "video/iso.segment",
    ".mp4": "video/mp4",
    ".ts": "video/mp2t",
    ".jpg": "image/jpeg",
}
RANGE = re.compile(r"^bytes=(\d{0,15})-(\d{0,15})$")
PROXY = "X-Duikou-Accel"  # set by the proxy in front of the site; says nothing to anybody else
INSIDE = "/_video/"  # where the proxy finds the folder of videos
BLOCK = 64 * 1024

Shown = TypeVar("Shown", Recording, Broadcast)


def _watched(request: PageRequest, kind: type[Shown], number: str) -> Shown:
    """The video, if this session may watch it. Raises Missing otherwise."""
    session = getattr(request.session, "session_key", "") or ""
    return queries.watchable(request.actor, kind, number, session=session)


@require_safe
@page(None)
def file(request: PageRequest, number: str, name: str) -> HttpResponseBase:
    """A file of a recording that is ready."""
    found = _watched(request, Recording, number)
    if not found.ready:
        raise Missing(_("视频还没有处理好，或不能播放。"))
    return sent(request, shelf().playable(number) / name)


@require_safe
@page(None)
def live_file(request: PageRequest, number: str, name: str) -> HttpResponseBase:
    """A file of a broadcast that goes on; after its end the window can still be played to its end."""
    _watched(request, Broadcast, number)
    return sent(request, shelf().live_playable(number) / name)


@require_safe
@page(None)
def subtitle(request: PageRequest, number: str, language: str) -> HttpResponse:
    """Subtitles in a language."""
    found = _watched(request, Recording, number).subtitles.filter(language=language).first()
    if found is None:
        raise Missing(_("没有这种语言的字幕。"))
    return guarded(HttpResponse(found.text, content_type="text/vtt; charset=utf-8"))


@require_safe
@page("media.edit")
def original(request: PageRequest, number: str) -> HttpResponseBase:
    """The file as it came, for those who keep it; as a download, never shown by the browser."""
    found = queries.recording(request.actor, number)
    path = shelf().original(number)
    actions.note_fetched(actor=request.actor, recording=found)
    if not path.exists():
        raise Missing(_("原件不在服务器上，请联系系统管理员。"))
    name = number + (Path(found.filename).suffix.lower() or ".mkv")
    kind = "application/octet-stream"
    return guarded(FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=kind))


Answer = TypeVar("Answer", bound=HttpResponseBase)


def guarded(response: Answer) -> Answer:
    """For these eyes only, kept nowhere, taken for nothing else than it is."""
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def sent(request: PageRequest, path: Path) -> HttpResponseBase:
    """A file, or the part of it that was asked for. Raises Missing where there is none."""
    kind = KINDS[path.suffix]
    if PROXY in request.headers and path.is_file():
        response = HttpResponse(content_type=kind)
        response["X-Accel-Redirect"] = INSIDE + path.relative_to(settings.VIDEO).as_posix()
        return guarded(response)
    try:
        size = path.stat().st_size
        file = path.open("rb")
    except OSError:
        raise Missing(_("没有这一段视频。")) from None
    wanted = _wanted(request.headers.get("Range", ""), size)
    if wanted is None:
        file.close()
        return guarded(HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"}))
    start, end = wanted
    file.seek(start)
    body: Any = file if (start, end) == (0, size - 1) else _Part(file, end - start + 1)
    whole = "Range" not in request.headers or not RANGE.match(request.headers["Range"])
    answer = FileResponse(body, content_type=kind, status=200 if whole else 206)
    answer["Content-Length"] = str(end - start + 1)
    answer["Accept-Ranges"] = "bytes"
    if not whole:
        answer["Content-Range"] = f"bytes {start}-{end}/{size}"
    return guarded(answer)


def _wanted(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte that are asked for; all without a range; None for one outside."""
    found = RANGE.match(header)
    if not found or found[1] == found[2] == "" or not size:
        return 0, size - 1
    if not found[1]:
        start, end = max(0, size - int(found[2])), size - 1
        return (start, end) if int(found[2]) else None
    start = int(found[1])
    end = min(int(found[2]), size - 1) if found[2] else size - 1
    return (start, end) if start <= end else None


class _Part:
    """A file that ends after so many bytes."""

    def __init__(self, file: Any, left: int) -> None:
        self.file, self.left = file, left

    def read(self, size: int = BLOCK) -> bytes:
        content: bytes = self.file.read(min(size, self.left) if size >= 0 else self.left)
        self.left -= len(content)
        return content

    def close(self) -> None:
        self.file.close()
