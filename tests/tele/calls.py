"""A site with the real relay and conference server, in a home of its own, for tests of calls."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.tele import coturn, ground, janus
from tests.browser.conftest import Site, open_accounts
from tests.browser.tools import free_port, own_environment, stop, wait_until_it_answers


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


@contextmanager
def site_beside(home: Path) -> Iterator[Site]:
    """`duikou serve` that knows of them, with the accounts of the journeys."""
    told = dict([*coturn.settings(home), *janus.settings(home)])
    environment = own_environment(home, **told)
    port = ground.port(home, "site")
    log = home / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "duikou.cli", "serve", "--port", str(port)],
            env=environment,
            cwd=home,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_it_answers(f"{address}/readyz", process, log)
        site = Site(address, home, "", "", environment)
        open_accounts(site)
        yield site
    finally:
        stop(process)
