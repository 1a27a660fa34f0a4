"""Upload a slide of 5 GB that is cut off at 80 %: it goes on at the acknowledged byte and ends equal.

    make bench-tele                                       # or: tests/bench/bench_upload.py --gigabytes 1

The site is killed (kill -9) in the middle of a piece and started again. The peer in the same run does what
nobody can do without: it reads the same file, digests it and writes it to the same disk. Printed are the
seconds of both and their ratio; the exit code tells whether the digests agree.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import http.client
import os
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tests.browser.conftest import Site  # noqa: E402  (found by the line above)
from tests.browser.tools import free_port, own_environment, serve, stop  # noqa: E402
from tests.prepared import prepare  # noqa: E402
from tests.tele.videos import kill  # noqa: E402

MEGABYTE = 1024 * 1024
PIECE = 4 * MEGABYTE  # as the browser sends
CUT = 0.8
TOKEN = """
import datetime as dt
from duikou.core.models import OrgUnit, RoleGrant, User
from duikou.core.scope import actor_for
from duikou.core.tokens import create
user = User.objects.create_user('sender', password=None)
RoleGrant.objects.create(user=user, role='clinician', valid_from=dt.date(2014, 1, 1),
    org=OrgUnit.objects.get(name='安吉县人民医院', kind='hospital'))
print(create(actor=actor_for(user), name='bench', scopes=['study.edit'], days=1)[1])
"""


def invented(path: Path, gigabytes: float) -> str:
    """Write a file that does not compress; its digest."""
    digest, left = hashlib.sha256(), int(gigabytes * 1024)
    with path.open("wb") as target:
        for _ in range(left):
            block = os.urandom(MEGABYTE)
            digest.update(block)
            target.write(block)
    return digest.hexdigest()


def plain(source: Path, target: Path) -> float:
    """Seconds of reading, digesting and writing it, piece by piece, flushed to the disk as the site does."""
    begun, digest = time.monotonic(), hashlib.sha256()
    with source.open("rb") as read, target.open("wb") as write:
        while piece := read.read(PIECE):
            digest.update(piece)
            write.write(piece)
            write.flush()
            os.fsync(write.fileno())
    return time.monotonic() - begun


class Line:
    """The protocol of resumable uploads, as a program speaks it."""

    def __init__(self, address: str, token: str) -> None:
        self.host = urlsplit(address).netloc
        self.signed = {"Authorization": f"Bearer {token}", "Tus-Resumable": "1.0.0"}
        self.connection = http.client.HTTPConnection(self.host, timeout=120)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> http.client.HTTPResponse:
        """One answer; a broken line is made anew for the next question."""
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            self.connection.request(method, path, body or None, self.signed | told)
            answer = self.connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = http.client.HTTPConnection(self.host, timeout=120)
            raise
        return answer


def upload(site: Site, source: Path, digest: str, port: int) -> tuple[float, int, str]:
    """Upload, with a kill at 80 %: seconds less those of the new start, the byte it went on at, its key."""
    process = serve(site.environment, site.home, port)
    line, size = Line(site.address, site.python(TOKEN).split()[-1]), source.stat().st_size
    told = {"filename": "slide.svs", "purpose": "slide", "sha256": digest}
    listed = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())
    begun, paused, acknowledged, resumed = time.monotonic(), 0.0, 0, 0
    answer = line.ask("POST", "/api/v1/uploads", Upload_Length=str(size), Upload_Metadata=listed)
    assert answer.status == 201, answer.status
    address, doomed = answer.headers["Location"], False
    with source.open("rb") as read:
        while acknowledged < size:
            if not doomed and acknowledged >= CUT * size:
                doomed = True
                threading.Timer(0.005, kill, (site.home,)).start()
            read.seek(acknowledged)
            try:
                answer = line.ask(
                    "PATCH", address, read.read(PIECE), Upload_Offset=str(acknowledged),
                    Content_Type="application/offset+octet-stream",
                )  # fmt: skip
                assert answer.status == 204, answer.status
            except (OSError, http.client.HTTPException):
                since = time.monotonic()
                stop(process)
                process = serve(site.environment, site.home, port)
                paused += time.monotonic() - since
                answer = line.ask("HEAD", address)
                resumed = int(answer.headers["Upload-Offset"])
                assert resumed >= acknowledged, "what was acknowledged is there"
            acknowledged = int(answer.headers["Upload-Offset"])
    seconds = time.monotonic() - begun - paused
    stop(process)
    assert resumed, "the kill came too late"
    return seconds, resumed, address.rpartition("/")[2]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--gigabytes", type=float, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home, source = Path(folder, "home"), Path(folder, "slide.svs")
        home.mkdir()
        prepare(home)
        port = free_port()
        site = Site(f"http://127.0.0.1:{port}", home, "", "", own_environment(home))
        digest = invented(source, arguments.gigabytes)
        peer = plain(source, Path(folder, "copy"))
        Path(folder, "copy").unlink()
        seconds, resumed, key = upload(site, source, digest, port)
        with next((home / "files" / "uploads").glob(f"*/{key}")).open("rb") as kept:
            equal = hashlib.file_digest(kept, "sha256").hexdigest() == digest
    size = arguments.gigabytes * 1024
    print(f"{arguments.gigabytes:g} GB, killed at {CUT:.0%}, went on at byte {resumed:,}")
    print(f"upload {seconds:.1f} s ({size / seconds:.0f} MB/s); read, digest, write {peer:.1f} s")
    print(f"ratio {seconds / peer:.2f}; SHA-256 {'equal' if equal else 'DIFFERENT'}")
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
