"""The real relay and conference server in a home of their own, for tests of calls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.tele import coturn, ground, janus
from tests.browser.tools import free_port


@contextmanager
def servers(home: Path) -> Iterator[Path]:
    """Both servers on free ports."""
    ports = {name: free_port() for name in ("site", "turn", "janus", "janus-websocket")}
    ports |= {"relayed": 41_000, "media": 41_100}
    ground.folder(home).joinpath("ports.json").write_text(json.dumps(ports))
    try:
        coturn.start(home)
        janus.start(home)
        yield home
    finally:
        janus.stop(home)
        coturn.stop(home)


def settings_beside(home: Path) -> dict[str, str]:
    """What a site has to know of them."""
    return dict([*coturn.settings(home), *janus.settings(home)])
