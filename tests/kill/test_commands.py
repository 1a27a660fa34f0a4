"""The commands that change a whole installation, as real processes: setup, backup, restore, serve."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import tarfile
import time
import urllib.request
from pathlib import Path

import pytest

from tests.kill.site import Site, wait_for

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def backup(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the site, with one uploaded file."""
    (site.home / "files" / "2014").mkdir(parents=True, exist_ok=True)
    (site.home / "files" / "2014" / "附件.txt").write_text("原文", "utf-8")
    path = tmp_path_factory.mktemp("backup") / "site.tar.gz"
    site.run("backup", str(path))
    return path


def test_setup_again_changes_nothing(site: Site) -> None:
    before = site.value("SELECT max(number) FROM core_auditevent")
    done = site.run("setup")
    assert "password" not in done.stdout
    assert site.value("SELECT max(number) FROM core_auditevent") == before


def test_a_backup_is_for_its_owner_and_holds_what_is_needed(backup: Path) -> None:
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    with tarfile.open(backup) as tar:
        names = set(tar.getnames())
    assert {
        "manifest.json",
        "database",
        "keys/audit_key.key",
        "keys/secret_key.key",
        "files/2014/附件.txt",
    } <= names


def test_a_backup_is_not_overwritten_by_accident(site: Site, backup: Path) -> None:
    assert site.run("backup", str(backup), check=False).returncode == 1
    site.run("backup", str(backup), "--force")


def test_restore_brings_everything_back_with_its_chain(site: Site, backup: Path, tmp_path: Path) -> None:
    other = Site(tmp_path / "other")
    try:
        done = other.run("restore", str(backup))
        assert "intact" in done.stdout
        for table in ("core_auditevent", "pairings_pairing", "pairings_finding", "core_user"):
            count = f"SELECT count(*) FROM {table}"
            assert other.value(count) == site.value(count) > 0
        assert (other.home / "files/2014/附件.txt").read_text("utf-8") == "原文"
        other.run("audit", "verify")
        refused = other.run("restore", str(backup), check=False)  # now it is not empty any more
        assert refused.returncode == 1
        assert "--force" in refused.stderr
        other.run("restore", str(backup), "--force")
        other.run("setup")  # nothing is missing: no second administrator, no second round
        assert other.value("SELECT count(*) FROM core_user") == site.value("SELECT count(*) FROM core_user")
    finally:
        other.close()


def test_a_damaged_backup_restores_nothing(site: Site, backup: Path, tmp_path: Path) -> None:
    content = bytearray(backup.read_bytes())
    for name, damaged in (
        ("cut.tar.gz", content[: len(content) // 2]),
        ("noise.tar.gz", b"\x1f\x8b" + content[9:]),
    ):
        path = tmp_path / name
        path.write_bytes(damaged)
        other = Site(tmp_path / f"other-{name}")
        try:
            done = other.run("restore", str(path), check=False)
            assert done.returncode == 1
            assert "Traceback" not in done.stderr
            refused = other.run("audit", "verify", check=False)
            assert "duikou setup" in refused.stderr  # still an empty database
        finally:
            other.close()


def test_a_tampered_chain_is_found(site: Site, backup: Path, tmp_path: Path) -> None:
    other = Site(tmp_path / "tampered")
    try:
        other.run("restore", str(backup))
        on = " ON core_auditevent" if other.on_postgres else ""
        other.execute(f"DROP TRIGGER core_auditevent_no_update{on}")
        other.execute("UPDATE core_auditevent SET action = action || 'x' WHERE number = 3")
        done = other.run("audit", "verify", "--json", check=False)
        assert done.returncode == 1
        assert json.loads(done.stdout)["first_broken"]["number"] == 3
    finally:
        other.close()


def test_serve_answers_restarts_its_worker_and_stops(site: Site) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    server = site.begin("serve", "--port", str(port), "--web-workers", "1")
    wait_for(lambda: f"running at {address}" in site.log(), seconds=60)
    with urllib.request.urlopen(f"{address}/readyz", timeout=20) as response:
        assert json.load(response)["ready"] is True

    def workers() -> list[int]:
        lines = [json.loads(line) for line in site.log().splitlines() if '"worker.started"' in line]
        return [int(line["worker"].split(":")[1]) for line in lines]

    wait_for(lambda: bool(workers()))
    first = workers()[-1]
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: workers()[-1] != first)
    taken = site.run("serve", "--port", str(port), check=False)
    assert taken.returncode == 1
    assert str(port) in taken.stderr
    begun = time.monotonic()
    site.stop(server)
    assert time.monotonic() - begun < 15
    with pytest.raises(ProcessLookupError):
        os.kill(workers()[-1], 0)
