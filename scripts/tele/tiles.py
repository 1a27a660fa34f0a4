"""Tiles of slides: the program's own `duikou tiles`, a process beside the site."""

from __future__ import annotations

import sys
import urllib.request
from pathlib import Path

from scripts.tele import ground

NAME = "tiles"
ground.PORTS.setdefault(NAME, 8044)


def install() -> None:
    """Nothing to install: OpenSlide comes with the program."""


def start(home: Path) -> None:
    """Start it on the port of this home."""
    command = [sys.executable, "-m", "duikou.cli", "tiles", "--port", str(ground.port(home, NAME))]
    told = {"DUIKOU_HOME": str(home), "DUIKOU_TILES_URL": address(home)}
    ground.launch(home, NAME, command, told)
    ground.answers(home, NAME, healthy)


def stop(home: Path) -> None:
    """Stop it; it holds nothing."""
    ground.end(home, NAME)


def healthy(home: Path) -> bool:
    """Whether it answers."""
    try:
        with urllib.request.urlopen(f"{address(home)}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def address(home: Path) -> str:
    """Where browsers find it: the host name of the site, so that the ticket's cookie reaches it."""
    return f"http://127.0.0.1:{ground.port(home, NAME)}"


def settings(home: Path) -> list[tuple[str, str]]:
    """What the site has to know."""
    return [("DUIKOU_TILES_URL", address(home))]
