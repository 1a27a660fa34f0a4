"""The supervisor: restarts what died, ends with what is essential, stops everything together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from duikou.cli.main import main
from duikou.cli.supervisor import Part

SCRIPT = """
import sys
from duikou.cli.supervisor import Part, Supervisor
parts = [Part(name, [sys.executable, "-c", code], essential) for name, code, essential in {parts}]
sys.exit(Supervisor(parts).run())
"""
STAY = "import time; time.sleep(60)"


def supervise(*parts: tuple[str, str, bool]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT.format(parts=list(parts))], stderr=subprocess.PIPE, text=True
    )


def test_a_signal_stops_all_parts(tmp_path: Path) -> None:
    note = f"import os; open({str(tmp_path)!r} + '/' + str(os.getpid()), 'w').close(); {STAY}"
    supervisor = supervise(("web", note, True), ("worker", note, False))
    wait_until(lambda: len(list(tmp_path.iterdir())) == 2)
    supervisor.send_signal(signal.SIGTERM)
    assert supervisor.wait(15) == 0
    for pid in (int(path.name) for path in tmp_path.iterdir()):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_an_essential_part_that_ends_ends_everything() -> None:
    supervisor = supervise(("web", "raise SystemExit(3)", True), ("worker", STAY, False))
    assert supervisor.wait(15) == 1
    assert "web" in supervisor.communicate()[1]


def test_another_part_is_started_again(tmp_path: Path) -> None:
    mark = f"import os; open({str(tmp_path)!r} + '/' + str(os.getpid()), 'w').close()"
    supervisor = supervise(("web", STAY, True), ("worker", mark, False))
    wait_until(lambda: len(list(tmp_path.iterdir())) >= 2)
    supervisor.send_signal(signal.SIGINT)
    assert supervisor.wait(15) == 0
    assert "worker" in supervisor.communicate()[1]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends the children of a killed parent")
def test_a_killed_supervisor_takes_its_parts_along(tmp_path: Path) -> None:
    note = f"import os; open({str(tmp_path)!r} + '/' + str(os.getpid()), 'w').close(); {STAY}"
    supervisor = supervise(("web", note, True))
    wait_until(lambda: bool(list(tmp_path.iterdir())))
    (pid,) = (int(path.name) for path in tmp_path.iterdir())
    supervisor.kill()
    supervisor.communicate()
    wait_until(lambda: not _runs(pid))


def test_a_part_tells_whether_it_lives() -> None:
    part = Part("x", [sys.executable, "-c", STAY])
    assert not part.alive
    part.start()
    assert part.alive
    assert part.process is not None
    part.process.kill()
    part.process.wait()
    assert not part.alive


def test_a_taken_port_is_named_before_anything_else_happens(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port)]) == 1
    err = capsys.readouterr().err
    assert str(port) in err
    assert "--port" in err


@pytest.mark.parametrize("value", ["x", "0", "70000", "-1"])
def test_a_port_without_sense(
    value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", value)
    assert main(["serve"]) == 1
    assert value in capsys.readouterr().err


def test_an_address_that_is_not_ours(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--host", "192.0.2.1", "--port", "8999"]) == 1
    assert "192.0.2.1" in capsys.readouterr().err


def wait_until(condition: object, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.05)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False
