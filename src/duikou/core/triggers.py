"""Database triggers that the ORM cannot express: the audit log is append-only.

They are installed after every migrate, because a table rebuild on SQLite drops
hand-made triggers; `missing()` lets `/readyz` and a test prove that they are there.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

TABLE = "core_auditevent"
NAMES = {"UPDATE": "core_auditevent_no_update", "DELETE": "core_auditevent_no_delete"}
MESSAGE = "audit events are append-only"


def install(using: str = "default", **_: Any) -> None:
    """Create the triggers if they are not there (receiver of post_migrate)."""
    connection = connections[using]
    if TABLE not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for event, name in NAMES.items():
                cursor.execute(
                    f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {event} ON {TABLE} "
                    f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
                )
        else:
            cursor.execute(
                "CREATE OR REPLACE FUNCTION core_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}' "
                "USING ERRCODE = 'integrity_constraint_violation'; END $$"
            )
            for event, name in NAMES.items():
                cursor.execute(
                    f"CREATE OR REPLACE TRIGGER {name} BEFORE {event} ON {TABLE} "
                    "FOR EACH ROW EXECUTE FUNCTION core_refuse_change()"
                )


def missing(using: str = "default") -> list[str]:
    """Names of triggers that should exist and do not."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        present = {row[0] for row in cursor.fetchall()}
    return [name for name in NAMES.values() if name not in present]
