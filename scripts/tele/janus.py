"""Janus: carries sound and pictures of three and more people (Debian: janus)."""

from __future__ import annotations

import hashlib
import hmac
import json
import urllib.error
import urllib.request
from pathlib import Path

from scripts.tele import ground

NAME = "janus"
LIBRARIES = "/usr/lib/x86_64-linux-gnu/janus"
FILES = (
    "janus.jcfg",
    "janus.transport.http.jcfg",
    "janus.transport.websockets.jcfg",
    "janus.plugin.videoroom.jcfg",
)
MEDIA = 200  # ports for sound and pictures


def install() -> None:
    """Debian's package; its own service is not used."""
    ground.apt({"janus": "janus"})


def derived(home: Path, purpose: str) -> str:
    """The key of a purpose: site and server share one secret, and both derive the keys from it."""
    return hmac.new(ground.secret(home, NAME).encode(), purpose.encode(), hashlib.sha256).hexdigest()


def start(home: Path) -> None:
    """Start it on the ports of this home."""
    place = ground.folder(home, NAME)
    program = ground.program("janus")
    if program is None:
        raise ground.Trouble("Janus is not installed: make tele")
    first = ground.port(home, "media")
    values = {
        "place": place,
        "libraries": libraries(),
        "api": derived(home, "api"),
        "token": derived(home, "token"),
        "admin": derived(home, "admin"),
        "http": ground.port(home, "janus"),
        "websocket": ground.port(home, "janus-websocket"),
        "first": first,
        "last": first + MEDIA - 1,
    }
    for name in FILES:
        ground.write(place / name, ground.fill(NAME, name, values))
    # Without the folder on the command line the parts would be configured out of /etc.
    ground.launch(home, NAME, [program, "-C", str(place / "janus.jcfg"), "-F", str(place)])
    ground.answers(home, NAME, healthy)


def libraries() -> str:
    """Where Debian keeps its plugins on this kind of machine."""
    found = sorted(Path("/usr/lib").glob("*/janus"))
    return str(found[0]) if found else LIBRARIES


def stop(home: Path) -> None:
    """Stop it; calls through it end, rooms are made anew by the site."""
    ground.end(home, NAME)


def healthy(home: Path) -> bool:
    """Whether it answers a ping."""
    asked = json.dumps({"janus": "ping", "transaction": "health", "apisecret": derived(home, "api")}).encode()
    request = urllib.request.Request(address(home), asked, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=2) as answer:
            return bool(json.load(answer)["janus"] == "pong")
    except (urllib.error.URLError, OSError, ValueError):
        return False


def address(home: Path) -> str:
    """Where the site reaches it."""
    return f"http://127.0.0.1:{ground.port(home, 'janus')}/janus"


def settings(home: Path) -> list[tuple[str, str]]:
    """What the site has to know."""
    return [
        ("DUIKOU_JANUS_URL", address(home)),
        ("DUIKOU_JANUS_PUBLIC", f"ws://127.0.0.1:{ground.port(home, 'janus-websocket')}"),
        ("DUIKOU_JANUS_SECRET", ground.secret(home, NAME)),
    ]
