"""A prepared installation, made once for each state of the program and copied from then on.

The first start takes a processor a minute; the browser, telemedicine and kill tests start several sites.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.browser.tools import free_port, own_environment, serve, stop

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".cache" / "prepared"
PRINTED = "printed.txt"


def prepare(home: Path) -> tuple[str, str]:
    """Fill an empty folder with an installation on SQLite; the administrator's name and first password."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with _alone():
        kept = KEPT / _state()
        if not kept.exists():
            for older in KEPT.iterdir():
                if older.is_dir():
                    shutil.rmtree(older)
            _make(kept)
        shutil.copytree(kept, home, dirs_exist_ok=True)
    printed = (home / PRINTED).read_text("utf-8")
    first = re.search(r"/ administrator:\s*(\S+)\s.*/ one-time password:\s*(\S+)", printed, re.DOTALL)
    assert first, f"the preparation prints the administrator's name and password: {printed}"
    return first.group(1), first.group(2)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One test process after the other."""
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _state() -> str:
    """What the preparation depends on: the program with its data, and the libraries."""
    digest = hashlib.sha256(sys.version.encode())
    files = [ROOT / "requirements.lock", *sorted((ROOT / "src").rglob("*"))]
    for path in files:
        if path.is_file() and path.suffix != ".pyc" and "egg-info" not in str(path):
            digest.update(f"{path.relative_to(ROOT)}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:32]


def _make(kept: Path) -> None:
    """`duikou serve` on a fresh home, the way a newcomer starts it, until it answers."""
    with tempfile.TemporaryDirectory(dir=KEPT) as folder:
        home = Path(folder, "home")
        home.mkdir()
        stop(serve(own_environment(home), home, free_port(), PRINTED))
        home.rename(kept)
