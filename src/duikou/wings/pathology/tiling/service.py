"""The WSGI application behind `duikou tiles`: one address per tile, a ticket for each, nothing else.

    GET /SLIDE/LEVEL/COLUMN_ROW.jpeg     200 with a JPEG, 403 without a ticket, 404 where there is no tile
    GET /healthz                         whether it runs

It holds no state and asks nobody: what it needs is in its environment (`duikou tiles` fills it).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any

from openslide import OpenSlideError

from duikou.wings.pathology.tiling import tickets
from duikou.wings.pathology.tiling.pyramids import Pyramids

ADDRESS = re.compile(r"/([0-9a-z]{16})/(\d{1,2})/(\d{1,6})_(\d{1,6})\.jpeg", re.ASCII)
Start = Callable[[str, list[tuple[str, str]]], Any]
PLAIN = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")]
# A tile never changes. Only the browser that was let in may keep it, and asks again after an hour.
PICTURE = [
    ("Content-Type", "image/jpeg"),
    ("Cache-Control", "private, max-age=3600"),
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'"),
]


class Service:
    """Checks the ticket, cuts the tile."""

    def __init__(self, root: Path, key: bytes, session_cookie: str, prefix: str = "") -> None:
        self.pyramids = Pyramids(root)
        self.key, self.session_cookie, self.prefix = key, session_cookie, prefix

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        """Answer one request."""
        path = str(environ.get("PATH_INFO", "")).removeprefix(self.prefix)
        if path == "/healthz":
            return _say(start, "200 OK", b"ok")
        if environ.get("REQUEST_METHOD") != "GET":
            return _say(start, "405 Method Not Allowed", b"GET only")
        found = ADDRESS.fullmatch(path)
        if found is None:
            return _say(start, "404 Not Found", b"no such address")
        number = found[1]
        if not self._admitted(environ, number):
            return _say(start, "403 Forbidden", b"no ticket for this slide, or it has run out")
        try:
            tile = self.pyramids.tile(number, *map(int, found.groups()[1:]))
        except OpenSlideError:
            return _say(start, "404 Not Found", b"the file of this slide is damaged here")
        if tile is None:
            return _say(start, "404 Not Found", b"no such tile")
        start("200 OK", [*PICTURE, ("Content-Length", str(len(tile)))])
        return [tile]

    def _admitted(self, environ: dict[str, Any], number: str) -> bool:
        try:
            jar = SimpleCookie(environ.get("HTTP_COOKIE", ""))
        except CookieError:
            return False
        scheme, _space, given = str(environ.get("HTTP_AUTHORIZATION", "")).partition(" ")
        ticket = given if scheme == "Tile" else _value(jar, tickets.COOKIE)
        return tickets.admits(self.key, ticket, number, _value(jar, self.session_cookie))


def _value(jar: SimpleCookie, name: str) -> str:
    return jar[name].value if name in jar else ""


def _say(start: Start, status: str, text: bytes) -> Iterable[bytes]:
    start(status, [*PLAIN, ("Content-Length", str(len(text)))])
    return [text]


def application() -> Service:
    """The application as `duikou tiles` set it up (gunicorn: `…service:application()`)."""
    return Service(
        Path(os.environ["TILES_SLIDES"]),
        bytes.fromhex(os.environ["TILES_KEY"]),
        os.environ["TILES_SESSION"],
        os.environ.get("TILES_PREFIX", ""),
    )
