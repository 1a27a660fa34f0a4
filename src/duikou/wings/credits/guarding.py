"""The database refuses to change a certificate that was issued; only its revocation may be written.

Installed after every migrate, like the trail's own triggers: a rebuild of a table on SQLite drops
triggers that were made by hand.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

from duikou.wings.credits.models import Certificate

NAME = "credits_certificate_frozen"
MESSAGE = "a certificate is never changed after it was issued"
_OPEN = {"id", "revoked_at", "revoked_on", "revoked_reason", "revoked_by_id"}


def frozen_columns() -> list[str]:
    """Every column but those of the revocation."""
    return [field.column for field in Certificate._meta.concrete_fields if field.column not in _OPEN]


def install(using: str = "default", **_: Any) -> None:
    """Create the trigger if it is not there (receiver of post_migrate)."""
    connection = connections[using]
    table = Certificate._meta.db_table
    if table not in connection.introspection.table_names():
        return
    columns = ", ".join(connection.ops.quote_name(column) for column in frozen_columns())
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                f"CREATE TRIGGER IF NOT EXISTS {NAME} BEFORE UPDATE OF {columns} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            )
            return
        cursor.execute(
            "CREATE OR REPLACE FUNCTION credits_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}' "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        cursor.execute(
            f"CREATE OR REPLACE TRIGGER {NAME} BEFORE UPDATE OF {columns} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION credits_refuse_change()"
        )
