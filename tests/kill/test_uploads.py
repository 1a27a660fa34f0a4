"""A site killed at random moments of an upload: nothing acknowledged is lost, and the end is equal."""

from __future__ import annotations

import base64
import hashlib
import http.client
import random
import subprocess
import threading
import time

import pytest

from tests.browser.tools import free_port
from tests.kill.nursery import Child
from tests.kill.site import Site, kill, wait_for

pytestmark = pytest.mark.slow

SIZE, PIECE, KILLS = 24 * 1024 * 1024, 512 * 1024, 6
TUS = {"Tus-Resumable": "1.0.0"}


class Server:
    """A web server of the installation that can be killed and started again on the same port."""

    def __init__(self, site: Site) -> None:
        self.site, self.port = site, free_port()
        self.process = self.start()

    def start(self) -> Child:
        process = self.site.start(
            [
                "-m", "gunicorn", "tests.kill.upload_site:application",
                "--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread", "--threads", "4",
                "--no-control-socket", "--log-level", "warning",
            ]
        )  # fmt: skip
        wait_for(self.answers, seconds=120, every=0.1)
        return process

    def answers(self) -> bool:
        try:
            return self.ask("GET", "/healthz")[0] == 200
        except OSError:
            return False

    def kill(self) -> None:
        """kill -9 of master and worker alike, at whatever they are doing."""
        workers = subprocess.run(
            ["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True, check=False
        ).stdout.split()
        kill(self.process)
        for pid in workers:
            subprocess.run(["kill", "-9", pid], check=False, capture_output=True)

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body or None, headers or {})
            answer = connection.getresponse()
            answer.read()
            return answer.status, dict(answer.getheaders())
        finally:
            connection.close()


def token_of(site: Site) -> str:
    """A token of a fresh account."""
    return site.python(
        "import datetime as dt\n"
        "from duikou.core.models import OrgUnit, RoleGrant, User\n"
        "from duikou.core.scope import actor_for\n"
        "from duikou.core.tokens import create\n"
        "user = User.objects.create_user('sender', password=None)\n"
        "RoleGrant.objects.create(user=user, role='clinician', valid_from=dt.date(2014, 1, 1),\n"
        "    org=OrgUnit.objects.get(name='安吉县人民医院', kind='hospital'))\n"
        "print(create(actor=actor_for(user), name='t', scopes=['token.manage'], days=1)[1])"
    ).splitlines()[-1]


def test_killed_at_random_moments_an_upload_goes_on_and_ends_equal(site: Site) -> None:
    chance = random.Random(20141226)
    content = chance.randbytes(SIZE)
    digest = hashlib.sha256(content).hexdigest()
    server = Server(site)
    signed = {"Authorization": f"Bearer {token_of(site)}", **TUS}
    told = {"filename": "slide.svs", "purpose": "trial", "sha256": digest}
    listed = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())
    begin = {**signed, "Upload-Length": str(SIZE), "Upload-Metadata": listed}
    status, headers = server.ask("POST", "/api/v1/uploads", headers=begin)
    assert status == 201
    address = headers["Location"]
    acknowledged = kills = interrupted = 0
    deadline = threading.Timer(0, lambda: None)
    while acknowledged < SIZE:
        if kills < KILLS and not deadline.is_alive():
            kills += 1
            deadline = threading.Timer(chance.uniform(0.005, 0.15), server.kill)
            deadline.start()
        try:
            status, headers = server.ask(
                "PATCH",
                address,
                content[acknowledged : acknowledged + PIECE],
                {
                    **signed,
                    "Upload-Offset": str(acknowledged),
                    "Content-Type": "application/offset+octet-stream",
                },
            )
            assert status == 204
            acknowledged = int(headers["Upload-Offset"])
        except (OSError, http.client.HTTPException):
            interrupted += 1
            deadline.join()
            server.process = server.start()
            status, headers = server.ask("HEAD", address, headers=signed)
            assert status == 200
            assert int(headers["Upload-Offset"]) >= acknowledged  # what was acknowledged is there
            acknowledged = int(headers["Upload-Offset"])
        time.sleep(0.01)
    deadline.cancel()
    assert interrupted >= 2
    if not server.answers():
        server.process = server.start()
    status, _headers = server.ask("HEAD", address, headers=signed)
    assert status == 200
    key = address.rpartition("/")[2]
    assert site.value(f"SELECT state FROM core_upload WHERE key = '{key}'") == "whole"
    kept = next((site.home / "files" / "uploads").glob(f"*/{key}"))
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == digest
    site.finish("audit", "verify")
    kill(server.process)
