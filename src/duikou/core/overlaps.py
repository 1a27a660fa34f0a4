"""Intervals that must not overlap, refused by the database itself.

    guard_overlaps("postings_posting", key="person_id", states=Posting.LIVE)

No two rows of a table with the same key may share a day of `first_day`…`last_day` (both included)
while their state is a live one. A constraint of the ORM cannot say that on SQLite, so triggers do,
on both engines. On PostgreSQL an advisory lock of the key makes two who write at once wait for each
other: the second then sees the first one's row. The triggers are put back after every migrate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections

MESSAGE = "days overlap"


@dataclass(frozen=True, slots=True)
class Guard:
    """A table whose rows of one key must not overlap while they are in one of `states`."""

    table: str
    key: str
    states: tuple[str, ...]

    @property
    def names(self) -> tuple[str, str]:
        """Of the triggers: on insert, on update."""
        return f"{self.table}_no_overlap_insert", f"{self.table}_no_overlap_update"


_guards: dict[str, Guard] = {}


def guard_overlaps(table: str, *, key: str, states: Sequence[str]) -> None:
    """Have the table guarded; in the wing's `ready`."""
    _guards[table] = Guard(table, key, tuple(str(state) for state in states))


def install(using: str = "default", sender: Any = None, **_: Any) -> None:
    """Put the triggers in place: those of one app's tables (receiver of post_migrate), or all."""
    mine = [g for g in _guards.values() if sender is None or g.table.startswith(f"{sender.label}_")]
    if not mine:
        return
    connection = connections[using]
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for guard in mine:
            if guard.table in present:
                for statement in _statements(guard, connection.vendor):
                    cursor.execute(statement)


def missing(using: str = "default") -> list[str]:
    """Names of triggers that should exist and do not."""
    connection = connections[using]
    catalogue = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with connection.cursor() as cursor:
        cursor.execute(catalogue)
        present = {row[0] for row in cursor.fetchall()}
    return [name for guard in _guards.values() for name in guard.names if name not in present]


def _statements(guard: Guard, vendor: str) -> list[str]:
    """Idempotent statements that make both triggers. Names and states are the code's own, not input."""
    states = ", ".join(f"'{state}'" for state in guard.states)
    table, key = guard.table, guard.key
    clash = (
        f"SELECT 1 FROM {table} other WHERE other.{key} = NEW.{key} AND other.id <> NEW.id "  # noqa: S608
        f"AND other.state IN ({states}) "
        "AND other.first_day <= NEW.last_day AND other.last_day >= NEW.first_day"
    )
    on_insert, on_update = guard.names
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER IF NOT EXISTS {name} AFTER {event} ON {table} "
            f"WHEN NEW.state IN ({states}) AND EXISTS ({clash}) "
            f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            for name, event in (
                (on_insert, "INSERT"),
                (on_update, f"UPDATE OF {key}, state, first_day, last_day"),
            )
        ]
    function = f"{table}_refuse_overlap"
    return [
        f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF NEW.state IN ({states}) THEN "
        f"PERFORM pg_advisory_xact_lock(hashtextextended('{table} ' || NEW.{key}, 0)); "
        f"IF EXISTS ({clash}) THEN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'exclusion_violation'; "
        "END IF; END IF; RETURN NEW; END $$",
        *(
            f"CREATE OR REPLACE TRIGGER {name} AFTER {event} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {function}()"
            for name, event in (
                (on_insert, "INSERT"),
                (on_update, f"UPDATE OF {key}, state, first_day, last_day"),
            )
        ),
    ]
