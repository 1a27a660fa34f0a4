"""A site beside all the real components, whose processes can be killed and started again one by one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from scripts.tele import coturn, ground, janus, nginx, orthanc, tiles
from tests.browser.calls import until
from tests.browser.conftest import Site
from tests.browser.tools import free_port, own_environment, serve, stop
from tests.tele import absences

PARTS = (orthanc, nginx, tiles, coturn, janus)


def absent() -> str:
    """What is lacking of all this, in words; empty when nothing."""
    return absences.pictures() or absences.calls()


class Whole:
    """The site with its web server and worker, and the components, all in one home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        names = ("site", "orthanc", "dicom", "viewer", "front", "tiles", "turn", "janus", "janus-websocket")
        ports = {name: free_port() for name in names} | {"relayed": 42_200, "media": 42_300}
        ground.folder(home).joinpath("ports.json").write_text(json.dumps(ports))
        told = dict(pair for part in PARTS for pair in part.settings(home))
        self.environment = own_environment(
            home, **told, DUIKOU_API_RATE="0", DUIKOU_JOB_LEASE="2", DUIKOU_LOG_JSON="1"
        )
        self.port = ports["site"]
        self.site = Site(f"http://127.0.0.1:{self.port}", home, "", "", self.environment)
        self.serving: subprocess.Popen[bytes] | None = None

    @property
    def beside(self) -> tuple[str, ...]:
        """The addresses that browsers ask besides the site's own."""
        return (nginx.address(self.home), tiles.address(self.home))

    def start(self) -> None:
        """Start the components, then the site."""
        for part in PARTS:
            part.start(self.home)
        self.serve()

    def serve(self) -> None:
        """`duikou serve`, as an operator starts it (again)."""
        self.serving = serve(self.environment, self.home, self.port)

    def kill_site(self) -> None:
        """kill -9 of everything that belongs to the site: supervisor, web server with its workers, worker."""
        assert self.serving is not None
        doomed = [self.serving.pid, *descendants(self.serving.pid)]
        for pid in doomed:
            kill(pid)
        self.serving.wait(20)
        until(lambda: not any(alive(pid) for pid in doomed), 20, "the end of the site")

    def worker(self) -> int:
        """The process of the site that works off its jobs, once it is there; videos have one of their own."""
        assert self.serving is not None
        parent, found = self.serving.pid, list[int]()

        def there() -> bool:
            found[:] = [pid for pid in children(parent) if "worker --queue default" in words(pid)]
            return len(found) == 1

        until(there, 30, "the worker")
        return found[0]

    def kill(self, name: str) -> None:
        """kill -9 of a component, with what it has started: workers would go on answering."""
        pid = ground.running(self.home, name)
        assert pid is not None
        for one in [pid, *descendants(pid)]:
            kill(one)
        until(lambda: ground.running(self.home, name) is None, 10, f"the end of {name}")

    def stop(self) -> None:
        """Stop everything."""
        if self.serving is not None:
            stop(self.serving)
        for part in reversed(PARTS):
            part.stop(self.home)


@contextmanager
def everything(home: Path) -> Iterator[Whole]:
    """All of it running, in a home that was set up."""
    whole = Whole(home)
    try:
        whole.start()
        yield whole
    finally:
        whole.stop()


def kill(pid: int) -> None:
    """kill -9 of one process, if it is still there."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def children(pid: int) -> list[int]:
    """The processes that a process has started."""
    try:
        listed = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return []
    return [int(word) for text in listed for word in text.split()]


def descendants(pid: int) -> list[int]:
    """Those, and all that they have started."""
    found = children(pid)
    return [*found, *(deeper for one in found for deeper in descendants(one))]


def words(pid: int) -> str:
    """The command line of a process."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return ""


def alive(pid: int) -> bool:
    """Whether a process runs."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"
