"""nginx: serves the viewer and lets requests for pictures through when the site says so (Debian: nginx)."""

from __future__ import annotations

import os
import urllib.error
import urllib.request
from pathlib import Path

from scripts.tele import ground, ohif, orthanc

NAME = "nginx"
ground.PORTS.setdefault("front", 8045)
DECISION_SECONDS = 10  # how long after the end of a right its last decision may still hold


def install() -> None:
    """Debian's package; its own service is not used."""
    ground.apt({"nginx": "nginx"})


def start(home: Path) -> None:
    """Start it on the ports of this home."""
    place = ground.folder(home, NAME)
    ground.folder(home, NAME, "temp")
    values = {
        "user": "user root;" if os.getuid() == 0 else "",  # of root's own home nobody else reads the files
        "workers": min(os.cpu_count() or 1, 2),
        "place": place,
        "orthanc": ground.port(home, "orthanc"),
        "site": ground.port(home, "site"),
        "viewer": ground.port(home, "viewer"),
        "front": ground.port(home, "front"),
        "janus": ground.port(home, "janus-websocket"),
        "video": home / "files" / "video",
        "host": f"127.0.0.1:{ground.port(home, 'viewer')}",
        "authorization": orthanc.authorization(home),
        "ohif": ohif.PLACE,
        "config": ground.TEMPLATES / "ohif" / "app-config.js",
        "seconds": DECISION_SECONDS,
    }
    ground.write(place / "nginx.conf", ground.fill(NAME, "nginx.conf", values))
    ground.write(place / "answer.conf", ground.fill(NAME, "answer.conf", {}))
    program = ground.program("nginx")
    if program is None:
        raise ground.Trouble("nginx is not installed: make tele")
    command = [program, "-e", str(place / "error.log"), "-c", str(place / "nginx.conf"), "-g", "daemon off;"]
    ground.launch(home, NAME, command)
    ground.answers(home, NAME, healthy)


def stop(home: Path) -> None:
    """Stop it."""
    ground.end(home, NAME)


def healthy(home: Path) -> bool:
    """Whether it serves the viewer's configuration."""
    try:
        with urllib.request.urlopen(f"{address(home)}/app-config.js", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def address(home: Path) -> str:
    """Where browsers reach the viewer."""
    return f"http://127.0.0.1:{ground.port(home, 'viewer')}"


def front(home: Path) -> str:
    """Where browsers reach the whole site through it: pages, videos, the conference server's WebSocket."""
    return f"http://127.0.0.1:{ground.port(home, 'front')}"


def settings(home: Path) -> list[tuple[str, str]]:
    """What the site has to know."""
    return [("DUIKOU_VIEWER_URL", address(home))]
