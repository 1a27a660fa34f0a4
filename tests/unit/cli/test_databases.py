"""A copy of the embedded database is checked by its own constraints before it is put in place."""

from __future__ import annotations

from pathlib import Path

import pytest

from duikou.cli.databases import Sqlite
from duikou.cli.output import CliError


def _with_a_month(path: Path, day: str) -> Path:
    """A database whose constraint asks Django's function for the day, as those of the wings do."""
    connection = Sqlite._connect(path)
    connection.execute("PRAGMA ignore_check_constraints = 1")
    connection.execute("CREATE TABLE roster (month date CHECK (django_date_extract('day', month) = 1))")
    connection.execute("INSERT INTO roster VALUES (?)", (day,))
    connection.commit()
    connection.close()
    return path


def test_constraints_that_ask_django_are_checked(tmp_path: Path) -> None:
    there = Sqlite(tmp_path / "there.sqlite3")
    there.restore(_with_a_month(tmp_path / "copy.sqlite3", "2014-03-01"))
    assert not there.is_empty()


def test_a_copy_that_breaks_its_constraints_is_refused(tmp_path: Path) -> None:
    there = Sqlite(tmp_path / "there.sqlite3")
    with pytest.raises(CliError, match="roster"):
        there.restore(_with_a_month(tmp_path / "copy.sqlite3", "2014-03-02"))
    assert there.is_empty()
