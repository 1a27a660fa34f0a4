"""A real standalone cluster on loopback: one master and two workers, each a process of its own.

PySpark brings no start-master.sh; its classes are started directly.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORKERS = 2
PATIENCE = 180  # seconds that a process may take to begin on a busy machine


def obstacle() -> str:
    """Say why there can be no cluster here; empty: there can."""
    if importlib.util.find_spec("pyspark") is None:
        return "PySpark is not installed (make test-spark installs it)"
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        return "no Java (Debian: apt-get install openjdk-17-jre-headless)"
    return ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, f"waited {patience:g} s in vain: {what}"
        time.sleep(0.1)


class Cluster:
    """Its processes, their logs, and the executors that they start."""

    def __init__(self, folder: Path) -> None:
        import pyspark

        self.folder = folder
        self.home = Path(pyspark.__file__).parent
        self.master = f"spark://127.0.0.1:{free_port()}"
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        port = self.master.rpartition(":")[2]
        master = ("master.Master", "--host", "127.0.0.1", "--port", port, "--webui-port", str(free_port()))
        self._start("master", *master)
        until(lambda: "elected leader" in self.log("master"), "the master")
        for number in range(WORKERS):
            work = self.folder / f"work{number}"
            size = ("--cores", "1", "--memory", "2g", "--work-dir", str(work))
            place = ("--host", "127.0.0.1", "--webui-port", str(free_port()))
            self._start(f"worker{number}", "worker.Worker", *place, *size, self.master)
        for number in range(WORKERS):
            name = f"worker{number}"
            until(lambda name=name: "Successfully registered" in self.log(name), name)

    def _start(self, name: str, kind: str, *words: str) -> None:
        environment = {
            **os.environ,
            "SPARK_HOME": str(self.home),
            "SPARK_LOCAL_IP": "127.0.0.1",
            "SPARK_LOCAL_DIRS": str(self.folder / "scratch"),
            "SPARK_DAEMON_MEMORY": "256m",
        }
        command = [str(self.home / "bin" / "spark-class"), f"org.apache.spark.deploy.{kind}", *words]
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=log, env=environment, start_new_session=True
            )
        self.processes.append(process)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text("utf-8", "replace")

    def settings(self) -> dict[str, str]:
        """What a session on this cluster needs."""
        return {
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.memory": "1g",
            "spark.executor.cores": "1",
            "spark.executor.memory": "1g",
            "spark.sql.shuffle.partitions": "2",
            "spark.ui.showConsoleProgress": "false",
            "spark.local.dir": str(self.folder / "scratch"),
            "spark.executorEnv.PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))),
            # One file is one task, so that a small table still is a query of many tasks.
            "spark.sql.files.maxPartitionBytes": "4m",
        }

    def executors(self) -> list[int]:
        """Processes that work on queries now: children of our workers."""
        ours = {process.pid for process in self.processes}
        return sorted(pid for pid in _running("CoarseGrainedExecutorBackend") if _ancestors(pid) & ours)

    def lost_executors(self) -> int:
        """Executors that a kill has ended, as the workers tell it."""
        return sum(self.log(f"worker{number}").count("exitStatus 137") for number in range(WORKERS))

    def stop(self) -> None:
        for process in reversed(self.processes):
            os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes:
            process.wait(60)


def _running(word: str) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue  # it has ended meanwhile
            if word.encode() in command:
                found.append(int(entry.name))
    return found


def _ancestors(pid: int) -> set[int]:
    found: set[int] = set()
    while pid > 1:
        try:
            status = Path(f"/proc/{pid}/status").read_text()
        except OSError:
            break
        pid = int(next(line.split()[1] for line in status.splitlines() if line.startswith("PPid:")))
        found.add(pid)
    return found
