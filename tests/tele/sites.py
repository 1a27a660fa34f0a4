"""Sites for these tests: a home is set up once, each site begins with a copy of it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.conftest import Site, open_accounts
from tests.browser.tools import own_environment, stop, wait_until_it_answers
from tests.prepared import prepare


def set_up(home: Path) -> Path:
    """Tables, the recorded round and the accounts of the journeys, in a home in which nothing runs."""
    prepare(home)
    open_accounts(Site("", home, "", "", own_environment(home)))
    return home


def begin_with(ready: Path, home: Path) -> Path:
    """Give a new home what another was set up with."""
    shutil.copytree(ready, home, dirs_exist_ok=True)
    return home


def serve(environment: dict[str, str], home: Path, port: int) -> subprocess.Popen[bytes]:
    """`duikou serve`, as an operator starts it, once it answers."""
    log = home / "serve.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "duikou.cli", "serve", "--port", str(port)],
            env=environment,
            cwd=home,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until_it_answers(f"http://127.0.0.1:{port}/readyz", process, log)
    except BaseException:
        stop(process)
        raise
    return process


@contextmanager
def served(home: Path, port: int, **settings: str) -> Iterator[Site]:
    """A home that was set up, served with these settings."""
    environment = own_environment(home, **settings)
    process = serve(environment, home, port)
    try:
        yield Site(f"http://127.0.0.1:{port}", home, "", "", environment)
    finally:
        stop(process)
