"""A real installation for tests that kill processes: its own home and database, real subprocesses."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from tests.kill.nursery import Child, Nursery
from tests.prepared import prepare

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
        self.address = self._fresh_database() if self.on_postgres else f"sqlite:///{home / 'duikou.sqlite3'}"
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
        self.started: list[Child | subprocess.Popen[str]] = []

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

        connection = pysqlite3.connect(self.home / "duikou.sqlite3", timeout=20)
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

        connection = pysqlite3.connect(self.home / "duikou.sqlite3", timeout=20, isolation_level=None)
        connection.execute(sql)
        connection.close()

    def value(self, sql: str) -> Any:
        """The single value of a query."""
        return self.rows(sql)[0][0]

    # --- processes

    @cached_property
    def nursery(self) -> Nursery:
        """What processes of this installation are forked from."""
        return Nursery(self.environment, self.home)

    def command(self, *words: str) -> list[str]:
        """The command line of `duikou WORDS`."""
        return [sys.executable, "-m", "duikou.cli", *words]

    def prepare(self) -> None:
        """What `duikou setup` does."""
        if self.on_postgres:
            self.run("setup")
        else:
            prepare(self.home)

    def run(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a duikou command to its end, started as users start it."""
        done = subprocess.run(
            self.command(*words),
            env=self.environment,
            cwd=self.home,
            capture_output=True,
            text=True,
            timeout=900,
        )
        if check and done.returncode:
            raise AssertionError(
                f"duikou {' '.join(words)} gave {done.returncode}:\n{done.stdout}\n{done.stderr}"
            )
        return done

    def begin(self, *words: str) -> subprocess.Popen[str]:
        """Start a duikou command as users start it; it is ended with the site at the latest."""
        with (self.home / "processes.log").open("a") as log:
            process = subprocess.Popen(
                self.command(*words), env=self.environment, cwd=self.home, stdout=log, stderr=log, text=True,
                start_new_session=True,
            )  # fmt: skip
        self.started.append(process)
        return process

    def finish(self, *words: str) -> None:
        """Run a duikou command to its end, without the start of Python; it must end well."""
        self.talk(["-m", "duikou.cli", *words])

    def python(self, code: str) -> str:
        """Run Python inside this installation (Django is set up) and return what it prints."""
        return self.talk(["-c", code]).strip()

    def talk(self, words: Sequence[str]) -> str:
        """What a process of the nursery prints until its end, which must be a good one."""
        child = self.nursery.start(words)
        out, error = child.communicate(timeout=300)
        if child.returncode:
            raise AssertionError(f"{words}\ngave {child.returncode}:\n{out}\n{error}")
        return out

    def start(self, command: Sequence[str], talks: bool = False) -> Child:
        """Start `-m MODULE …` or `-c CODE …` out of the nursery; it is ended with the site at the latest."""
        process = self.nursery.start(command, log=self.home / "processes.log", talks=talks)
        self.started.append(process)
        return process

    def converse(self, code: str, *arguments: str) -> Child:
        """Start Python code that one talks with: what it is told, and what it prints."""
        process = self.nursery.start(["-c", code, *arguments], talks=True)
        self.started.append(process)
        return process

    def start_worker(self, *words: str) -> Child:
        """Start a worker process."""
        return self.start(["-m", "duikou.cli", "worker", *words])

    def stop(self, process: Child | subprocess.Popen[str]) -> None:
        """Ask a worker or server at work to end, as a service manager does; it must do so in time."""
        if isinstance(process, Child):
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
        if "nursery" in vars(self):
            self.nursery.close()
        if self.on_postgres:
            with self._connect_to_server() as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)")


def kill(process: Child | subprocess.Popen[str]) -> None:
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
