"""What the components share: packages, ports, secrets, configuration files, processes."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import string
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "tele"
CACHE = ROOT / ".cache" / "tele"  # what was fetched and unpacked; the same for all homes
PATIENCE = 30.0  # seconds until a component has to answer, or to be gone

PORTS = {
    "site": 8000, "orthanc": 8042, "dicom": 4242, "viewer": 8043, "turn": 3478, "relayed": 49200,
    "janus": 8088, "janus-websocket": 8188, "media": 49300,
}  # fmt: skip
"""Ports unless `<home>/tele/ports.json` says otherwise; components add theirs."""


class Trouble(Exception):
    """Something that the operator has to put right, in words."""


def folder(home: Path, *parts: str) -> Path:
    """A folder below `<home>/tele` that only its owner reads; made when absent."""
    path = home / "tele"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    for part in parts:  # `parents` would give the folders between the usual mode
        path /= part
        path.mkdir(mode=0o700, exist_ok=True)
    return path


def port(home: Path, name: str) -> int:
    """The port of a name in this home."""
    path = home / "tele" / "ports.json"
    chosen = json.loads(path.read_text()) if path.exists() else {}
    return int(chosen.get(name, PORTS[name]))


def secret(home: Path, name: str) -> str:
    """A secret of this home, made at the first call."""
    path = folder(home, "secrets") / name
    if not path.exists():
        write(path, secrets.token_hex(32))
    return path.read_text()


def write(path: Path, text: str) -> None:
    """Write a file that only its owner reads."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def fill(component: str, name: str, values: Mapping[str, object]) -> str:
    """A configuration template with its `@{name}` filled in; a missing value is an error."""

    class Template(string.Template):
        delimiter = "@"

    text = (TEMPLATES / component / name).read_text("utf-8")
    return Template(text).substitute({key: str(value) for key, value in values.items()})


def apt(programs: Mapping[str, str]) -> None:
    """Install Debian packages whose program or file is absent: {path or program: package}."""
    absent = [package for found, package in programs.items() if not _there(found)]
    if not absent:
        return
    if os.getuid() != 0 or shutil.which("apt-get") is None:
        raise Trouble(
            f"not installed: {' '.join(absent)}. As root on Debian: apt-get install {' '.join(absent)}"
        )
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}  # starts no service
    command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *absent]
    if subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode:
        raise Trouble(f"apt-get could not install {' '.join(absent)}")


def _there(found: str) -> bool:
    return Path(found).exists() if found.startswith("/") else program(found) is not None


def program(name: str) -> str | None:
    """Where a program lies; Debian keeps servers in /usr/sbin, which is not on everybody's path."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")


def absent(programs: Iterable[str]) -> str:
    """Which programs are not installed, in words; empty when all are."""
    missing = [name for name in programs if program(name) is None]
    return f"not installed: {', '.join(missing)} (make tele)" if missing else ""


def launch(home: Path, name: str, command: list[str], environment: Mapping[str, str] | None = None) -> None:
    """Start a component in the background, with a log and a note of its process number."""
    if running(home, name):
        return
    place = folder(home, name)
    with (place / "log").open("ab") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=place,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )
    write(place / "process.json", json.dumps({"pid": process.pid, "started": _started(process.pid)}))


def running(home: Path, name: str) -> int | None:
    """The process of a component that was started here, if it still runs.

    The time of its start tells it from a stranger that was given the same number since.
    """
    path = home / "tele" / name / "process.json"
    if not path.exists():
        return None
    noted = json.loads(path.read_text())
    return int(noted["pid"]) if noted["started"] and _started(noted["pid"]) == noted["started"] else None


def _started(pid: int) -> str:
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)  # our own child: collected, so that a dead one is not taken for alive
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]


def end(home: Path, name: str) -> None:
    """Stop a component that was started here: asked first, killed when it does not go."""
    for wish in (signal.SIGTERM, signal.SIGKILL):
        pid = running(home, name)
        if pid is None:
            return
        os.kill(pid, wish)
        if wait(lambda: running(home, name) is None, seconds=PATIENCE / 2):
            return
    raise Trouble(f"{name} does not stop (process {running(home, name)})")


def wait(ready: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Whether something comes true in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if ready():
            return True
        time.sleep(0.1)
    return ready()


def answers(home: Path, name: str, healthy: Callable[[Path], bool]) -> None:
    """Wait until a component answers. Raises Trouble with the end of its log when it does not."""
    wait(lambda: healthy(home) or running(home, name) is None)
    if not healthy(home):
        log = (home / "tele" / name / "log").read_text("utf-8", "replace").splitlines()[-12:]
        raise Trouble("\n".join([f"{name} does not answer; its log ends:", *log]))


def environment_file(home: Path, lines: Iterable[tuple[str, str]]) -> Path:
    """What the site has to know of the components; `make run` reads it."""
    path = folder(home) / "site.env"
    write(path, "".join(f"{name}={value}\n" for name, value in lines))
    return path
