"""Saving and restoring the two kinds of database, without Django: a restore must come before it."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Protocol

from duikou.cli.archive import home
from duikou.cli.output import CliError
from duikou.config.database import database_settings, use_current_sqlite


class Database(Protocol):
    """The installation's database."""

    engine: str

    def save(self, target: Path) -> None:
        """Write a consistent copy, while others may go on working."""

    def is_empty(self) -> bool:
        """Whether it has no tables yet."""

    def restore(self, source: Path) -> None:
        """Put a copy in its place, whole or not at all."""


def current() -> Database:
    """The database that DATABASE_URL names. Raises CliError for an address that makes no sense."""
    try:
        settings = database_settings(os.environ.get("DATABASE_URL", ""), home())
    except ValueError as error:
        raise CliError(f"设置有误：{error}", f"a setting is wrong: {error}") from error
    return Sqlite(Path(settings["NAME"])) if "sqlite3" in settings["ENGINE"] else Postgres(settings)


class Sqlite:
    """A database file, copied through SQLite's online backup only."""

    engine = "sqlite"

    def __init__(self, path: Path) -> None:
        use_current_sqlite()
        self.path = path

    @staticmethod
    def _connect(path: Path) -> Any:
        import sqlite3  # the current one, see above

        from django.db.backends.sqlite3._functions import register  # type: ignore[import-untyped]

        connection = sqlite3.connect(path, timeout=20)
        register(connection)  # constraints may ask Django's functions, and the check of a copy asks them
        return connection

    def _copy(self, source: Path, target: Path) -> None:
        origin, copy = self._connect(source), self._connect(target)
        try:
            origin.backup(copy)
        finally:
            copy.close()
            origin.close()

    def save(self, target: Path) -> None:
        """Copy by the online backup: consistent even while others write."""
        self._copy(self.path, target)

    def is_empty(self) -> bool:
        """Whether the file is missing or has no tables."""
        if not self.path.exists():
            return True
        connection = self._connect(self.path)
        try:
            return not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        finally:
            connection.close()

    def restore(self, source: Path) -> None:
        """Check the copy's inner structure, then put it in place page by page in one transaction."""
        connection = self._connect(source)
        try:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
        finally:
            connection.close()
        if verdict != "ok":
            raise CliError(
                f"备份中的数据库已损坏：{verdict}", f"the database in the backup is damaged: {verdict}"
            )
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._copy(source, self.path)


class Postgres:
    """A PostgreSQL database, through pg_dump and pg_restore."""

    engine = "postgresql"

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings

    def _run(self, program: str, *arguments: str) -> None:
        if shutil.which(program) is None:
            raise CliError(
                f"找不到 {program}。请安装 PostgreSQL 客户端（Debian：apt-get install postgresql-client）",
                f"{program} not found: install the PostgreSQL client programs",
            )
        done = subprocess.run(  # noqa: S603  (fixed program, no shell)
            [program, *arguments], env=self._environment(), capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise CliError(
                f"{program} 失败：{done.stderr.strip()}", f"{program} failed, see the message before"
            )

    def _environment(self) -> dict[str, str]:
        """libpq's own variables: the password must not stand in the list of processes."""
        values = {
            "PGDATABASE": self.settings["NAME"],
            "PGUSER": self.settings["USER"],
            "PGPASSWORD": self.settings["PASSWORD"],
            "PGHOST": self.settings["OPTIONS"].get("host") or self.settings["HOST"],
            "PGPORT": self.settings["PORT"],
            "PGSSLMODE": self.settings["OPTIONS"].get("sslmode", ""),
        }
        return os.environ | {name: value for name, value in values.items() if value}

    def save(self, target: Path) -> None:
        """Dump in pg_dump's own compressed format, from one snapshot."""
        self._run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")

    def is_empty(self) -> bool:
        """Whether the schema has no tables."""
        import psycopg

        environment = self._environment()
        parameters = {
            "dbname": environment.get("PGDATABASE"), "user": environment.get("PGUSER"),
            "password": environment.get("PGPASSWORD"), "host": environment.get("PGHOST"),
            "port": environment.get("PGPORT"), "sslmode": environment.get("PGSSLMODE"),
        }  # fmt: skip
        try:
            with psycopg.connect(**{k: v for k, v in parameters.items() if v}) as connection:  # type: ignore[arg-type]
                row = connection.execute(
                    "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"
                ).fetchone()
        except psycopg.OperationalError as error:
            raise CliError(
                f"无法连接数据库：{error}请检查 DATABASE_URL",
                "cannot connect: check DATABASE_URL and the server",
            ) from error
        return not (row and row[0])

    def restore(self, source: Path) -> None:
        """Restore in one transaction; what is there of the same name is replaced."""
        self._run(
            "pg_restore", "--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction",
            f"--dbname={self.settings['NAME']}", str(source),
        )  # fmt: skip
