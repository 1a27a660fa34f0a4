"""Records that stay as they were written: the database refuses to change or to remove them.

    keep_as_written("postings_conductrecord", ("text", "happened_on"))

What a model says beside those columns may go on changing (acknowledged when, settled how). Rows that are
demonstration data can be removed. The triggers are put back after every migrate, as those of the audit log.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connections

MESSAGE = "records stay as they were written"

_kept: dict[str, tuple[str, ...]] = {}


def keep_as_written(table: str, columns: Sequence[str]) -> None:
    """Have the columns of a table (which has a column `demonstration`) kept; in the wing's `ready`."""
    _kept[table] = tuple(columns)


def _names(table: str) -> tuple[str, str]:
    return f"{table}_as_written", f"{table}_not_removed"


def install(using: str = "default", sender: Any = None, **_: Any) -> None:
    """Put the triggers in place: those of one app's tables (receiver of post_migrate), or all."""
    mine = [table for table in _kept if sender is None or table.startswith(f"{sender.label}_")]
    if not mine:
        return
    connection = connections[using]
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in mine:
            if table in present:
                for statement in _statements(table, connection.vendor):
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
    return [name for table in _kept for name in _names(table) if name not in present]


def _statements(table: str, vendor: str) -> list[str]:
    """Idempotent statements; names are the code's own, not input."""
    changed, removed = _names(table)
    differs = " OR ".join(f'NEW."{column}" IS DISTINCT FROM OLD."{column}"' for column in _kept[table])
    cases = ((changed, "UPDATE", differs), (removed, "DELETE", "NOT OLD.demonstration"))
    if vendor == "sqlite":
        return [
            f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {event} ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            for name, event, condition in cases
        ]
    return [
        "CREATE OR REPLACE FUNCTION core_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        *(
            f"CREATE OR REPLACE TRIGGER {name} BEFORE {event} ON {table} "
            f"FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION core_refuse_rewriting()"
            for name, event, condition in cases
        ),
    ]
