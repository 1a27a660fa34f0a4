"""A real installation for tests that kill processes: its own home and database, real subprocesses."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parents[2]
LEASE = 1.0  # seconds; short, so that a killed worker's job is soon taken up again


class Site:
    """An installation on SQLite under `home`, or on PostgreSQL when DATABASE_URL names a server."""

    def __init__(self, home: Path) -> None:
        home.mkdir(exist_ok=True)
        self.home = home
        self.server = os.environ.get("DATABASE_URL", "")
        self.name = f"duikou_kill_{os.getpid()}_{random.randrange(10**6)}"
        self.on_postgres = self.server.startswith("postgres")
        self.address = self._fresh_database() if self.on_postgres else f"sqlite:///{home / 'site.sqlite3'}"
        self.environment = {
            **os.environ,
            "DATABASE_URL": self.address,
            "DUIKOU_HOME": str(home),
            "DUIKOU_TESTING": "1",
            "DUIKOU_JOB_LEASE": str(LEASE),
            "DUIKOU_LOG_JSON": "1",
            "DJANGO_SETTINGS_MODULE": "duikou.config.settings",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            "PYTHONUNBUFFERED": "1",
        }
        self.started: list[subprocess.Popen[str]] = []

    # --- database

    def _connect_to_server(self) -> Any:
        import psycopg

        return psycopg.connect(self.server, autocommit=True)

    def _fresh_database(self) -> str:
        with self._connect_to_server() as connection:
            connection.execute(
                f"CREATE DATABASE {self.name} TEMPLATE template0 ENCODING 'UTF8' LC_CTYPE 'C.UTF-8'"
            )
        parts = urlsplit(self.server)
        return urlunsplit(parts._replace(path=f"/{self.name}"))

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask the database directly, past everything that is under test."""
        if self.on_postgres:
            import psycopg

            with psycopg.connect(self.address) as connection:
                return connection.execute(sql).fetchall()
        import pysqlite3

        connection = pysqlite3.connect(self.home / "site.sqlite3", timeout=20)
        try:
            return list(connection.execute(sql).fetchall())
        finally:
            connection.close()

    def execute(self, sql: str) -> None:
        """Change the database directly, as somebody with all rights on it could."""
        if self.on_postgres:
            import psycopg

            with psycopg.connect(self.address) as connection:
                connection.execute(sql)
            return
        import pysqlite3

        connection = pysqlite3.connect(self.home / "site.sqlite3", timeout=20, isolation_level=None)
        connection.execute(sql)
        connection.close()

    def value(self, sql: str) -> Any:
        """The single value of a query."""
        return self.rows(sql)[0][0]

    # --- processes

    def command(self, *words: str) -> list[str]:
        """The command line of `duikou WORDS`."""
        return [sys.executable, "-m", "duikou.cli", *words]

    def run(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a duikou command to its end."""
        done = subprocess.run(
            self.command(*words),
            env=self.environment,
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=300,
        )
        if check and done.returncode:
            raise AssertionError(
                f"duikou {' '.join(words)} gave {done.returncode}:\n{done.stdout}\n{done.stderr}"
            )
        return done

    def python(self, code: str) -> str:
        """Run Python inside this installation (Django is set up) and return what it prints."""
        done = subprocess.run(
            [sys.executable, "-c", f"import django; django.setup()\n{code}"],
            env=self.environment, cwd=self.home, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        if done.returncode:
            raise AssertionError(f"{code}\ngave {done.returncode}:\n{done.stderr}")
        return done.stdout.strip()

    def start(self, command: Sequence[str], stdin: int | None = None) -> subprocess.Popen[str]:
        """Start a process that is ended with the site at the latest."""
        log = (self.home / "processes.log").open("a")
        process = subprocess.Popen(
            list(command), env=self.environment, cwd=self.home, stdin=stdin, stdout=log, stderr=log,
            text=True, start_new_session=True,
        )  # fmt: skip
        log.close()
        self.started.append(process)
        return process

    def start_worker(self, *words: str) -> subprocess.Popen[str]:
        """Start a worker process."""
        return self.start(self.command("worker", *words))

    def stop(self, process: subprocess.Popen[str]) -> None:
        """Ask a worker or server at work to end, as a service manager does; it must do so in time."""
        if "worker" in process.args:
            wait_for(lambda: f":{process.pid}:" in self.log())  # while it starts, SIGTERM simply ends it
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0

    def log(self) -> str:
        """What the started processes wrote."""
        path = self.home / "processes.log"
        return path.read_text() if path.exists() else ""

    def close(self) -> None:
        """End what still runs, and drop the database."""
        for process in self.started:
            if process.poll() is None:
                kill(process)
        if self.on_postgres:
            with self._connect_to_server() as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")


def kill(process: subprocess.Popen[str]) -> None:
    """kill -9: no clean-up of any kind in the process."""
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    process.wait()


def wait_for(condition: Callable[[], bool], seconds: float = 30, every: float = 0.02) -> None:
    """Wait until something is so; AssertionError when it does not come about."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(every)
