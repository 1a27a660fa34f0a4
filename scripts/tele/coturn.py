"""coturn: relays sound and pictures where firewalls let no direct link through (Debian: coturn)."""

from __future__ import annotations

import socket
from pathlib import Path

from scripts.tele import ground

NAME = "coturn"
RELAYED = 40  # ports lent to links at the same time


def install() -> None:
    """Debian's package; its own service is not used."""
    ground.apt({"turnserver": "coturn"})


def start(home: Path) -> None:
    """Start it on the ports of this home."""
    place = ground.folder(home, NAME)
    first = ground.port(home, "relayed")
    values = {
        "place": place,
        "port": ground.port(home, "turn"),
        "first": first,
        "last": first + RELAYED - 1,
        "secret": ground.secret(home, NAME),
    }
    ground.write(place / "turnserver.conf", ground.fill(NAME, "turnserver.conf", values))
    program = ground.program("turnserver")
    if program is None:
        raise ground.Trouble("coturn is not installed: make tele")
    ground.launch(home, NAME, [program, "-c", str(place / "turnserver.conf")])
    ground.answers(home, NAME, healthy)


def stop(home: Path) -> None:
    """Stop it."""
    ground.end(home, NAME)


def healthy(home: Path) -> bool:
    """Whether it answers a binding request of STUN, as browsers begin with."""
    asked = b"\x00\x01\x00\x00\x21\x12\xa4\x42" + b"duikouhealth"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.settimeout(1)
        try:
            probe.sendto(asked, ("127.0.0.1", ground.port(home, "turn")))
            return probe.recv(512)[:2] == b"\x01\x01"
        except OSError:
            return False


def settings(home: Path) -> list[tuple[str, str]]:
    """What the site has to know."""
    return [
        ("DUIKOU_TURN_URL", f"turn:127.0.0.1:{ground.port(home, 'turn')}"),
        ("DUIKOU_TURN_SECRET", ground.secret(home, NAME)),
    ]
