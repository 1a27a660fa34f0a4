"""The frame in which the components run: ports, secrets, templates, processes that are really ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.tele import ground, ohif
from scripts.tele.__main__ import COMPONENTS, component

SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]


def test_every_component_has_the_same_functions() -> None:
    for name in COMPONENTS:
        for function in ("install", "start", "stop", "healthy", "settings"):
            assert callable(getattr(component(name), function)), f"{name}.{function}"


def test_ports_are_the_usual_ones_unless_the_home_says_otherwise(tmp_path: Path) -> None:
    assert ground.port(tmp_path, "orthanc") == ground.PORTS["orthanc"]
    ground.folder(tmp_path).joinpath("ports.json").write_text(json.dumps({"orthanc": 18042}))
    assert ground.port(tmp_path, "orthanc") == 18042
    assert ground.port(tmp_path, "viewer") == ground.PORTS["viewer"]


def test_a_secret_is_made_once_and_is_private(tmp_path: Path) -> None:
    made = ground.secret(tmp_path, "one")
    assert ground.secret(tmp_path, "one") == made != ground.secret(tmp_path, "two")
    assert (tmp_path / "tele/secrets/one").stat().st_mode & 0o077 == 0
    assert (tmp_path / "tele").stat().st_mode & 0o077 == 0


def test_a_template_with_a_hole_is_an_error() -> None:
    with pytest.raises(KeyError):
        ground.fill("orthanc", "orthanc.json", {"http": 1})


def test_a_component_starts_once_and_stops(tmp_path: Path) -> None:
    ground.launch(tmp_path, "sleeper", SLEEP)
    first = ground.running(tmp_path, "sleeper")
    assert first is not None
    ground.launch(tmp_path, "sleeper", SLEEP)
    assert ground.running(tmp_path, "sleeper") == first
    ground.end(tmp_path, "sleeper")
    assert ground.running(tmp_path, "sleeper") is None
    ground.end(tmp_path, "sleeper")


def test_a_stranger_with_the_same_number_is_left_alone(tmp_path: Path) -> None:
    stranger = subprocess.Popen(SLEEP, stdout=subprocess.DEVNULL)
    try:
        noted = {"pid": stranger.pid, "started": "1"}
        ground.folder(tmp_path, "sleeper").joinpath("process.json").write_text(json.dumps(noted))
        ground.end(tmp_path, "sleeper")
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_what_never_answers_is_told_with_its_log(tmp_path: Path) -> None:
    ground.launch(tmp_path, "broken", [sys.executable, "-c", "print('no such port')"])
    with pytest.raises(ground.Trouble, match="no such port"):
        ground.answers(tmp_path, "broken", lambda home: False)


def test_a_package_with_another_digest_is_refused(tmp_path: Path) -> None:
    packed = tmp_path / "ohif.tgz"
    packed.write_bytes(b"something else")
    with pytest.raises(ground.Trouble, match="expected SHA-256"):
        ohif.unpack(packed, tmp_path / "ohif")
    assert not packed.exists()
    assert not (tmp_path / "ohif").exists()


def test_settings_are_written_for_the_site(tmp_path: Path) -> None:
    path = ground.environment_file(tmp_path, [("DUIKOU_VIEWER_URL", "http://127.0.0.1:8043")])
    assert path.read_text() == "DUIKOU_VIEWER_URL=http://127.0.0.1:8043\n"
    assert path.stat().st_mode & 0o077 == 0


def test_without_the_package_manager_the_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    with pytest.raises(ground.Trouble, match="apt-get install something"):
        ground.apt({"no-such-program-here": "something"})
