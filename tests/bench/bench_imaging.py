"""CPU of an authorised frame beside the same frame from the picture store alone, in one run.

The first is all that works for it: store, proxy and site. Run it on a quiet machine: `make tele`, then this.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import requests

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scripts.tele import ground, nginx, orthanc
from tests.browser.conftest import Site, open_accounts
from tests.browser.tools import free_port, own_environment, stop, wait_until_it_answers
from tests.tele.conftest import signed_in
from tests.tele.samples import ROOT
from tests.tele.test_imaging import PREPARE, forwarded

FRAMES, ROUNDS = 20, 15
MOST = 1.5
TICK = os.sysconf("SC_CLK_TCK")


def children(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [one for child in task.read_text().split() for one in children(int(child))]
    return found


def spent(*pids: int) -> float:
    """CPU seconds of processes and all below them."""
    total = 0.0
    for pid in {one for root in pids for one in children(root)}:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / TICK
    return total


def fetched(session: requests.Session, base: str, headers: dict[str, str]) -> None:
    """All frames of the series, several times over one connection."""
    study = f"{ROOT}.1"
    for _unused in range(ROUNDS):
        for number in range(1, FRAMES + 1):
            path = f"/dicom-web/studies/{study}/series/{study}.1/instances/{study}.1.{number}/frames/1"
            answer = session.get(f"{base}{path}", headers=headers, timeout=30)
            assert answer.status_code == 200, answer.status_code


def measure(home: Path, site: Site, served: int) -> float:
    """The ratio of the two, printed."""
    store, proxy = ground.running(home, "orthanc"), ground.running(home, "nginx")
    assert store is not None
    assert proxy is not None
    who = signed_in(site, "expert")
    direct = {"Authorization": orthanc.authorization(home)}
    fetched(requests.Session(), orthanc.address(home), direct)  # once for the caches of both
    before = spent(store)
    fetched(requests.Session(), orthanc.address(home), direct)
    alone = spent(store) - before
    before = spent(store, proxy, served)
    fetched(who.session, nginx.address(home), {})
    through = spent(store, proxy, served) - before
    count = FRAMES * ROUNDS
    print(f"store alone {alone / count * 1000:.2f} CPU ms a frame, authorised {through / count * 1000:.2f}")
    return through / alone


def main() -> int:
    """1 when the ratio is over the limit."""
    home = Path(tempfile.mkdtemp(prefix="duikou-bench-"))
    ports = {name: free_port() for name in ("site", "orthanc", "dicom", "viewer", "front")}
    ground.folder(home).joinpath("ports.json").write_text(json.dumps(ports))
    orthanc.start(home)
    nginx.start(home)
    environment = own_environment(home, **dict([*orthanc.settings(home), *nginx.settings(home)]))
    log = home / "serve.log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "duikou.cli", "serve", "--port", str(ports["site"])]
        process = subprocess.Popen(command, env=environment, cwd=home, stdout=output, stderr=output)
    try:
        address = f"http://127.0.0.1:{ports['site']}"
        wait_until_it_answers(f"{address}/readyz", process, log)
        site = Site(address, home, "", "", environment)
        open_accounts(site)
        site.python(PREPARE.replace("study=number,", "study=number, size=512,"))  # as large as a CT
        forwarded(site)
        ratio = measure(home, site, process.pid)
    finally:
        stop(process)
        nginx.stop(home)
        orthanc.stop(home)
    print(f"authorised frame / store alone: {ratio:.2f} (at most {MOST})")
    return 0 if ratio <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
