"""Look-ups that Django does not bring along."""

from __future__ import annotations

from typing import Any

from django.db import models


@models.BigAutoField.register_lookup
class AnyOf(models.Lookup):  # type: ignore[type-arg]
    """`pk__any_of=[…]`: like `in` for keys that were just read, handed over in one piece on PostgreSQL.

    Hundreds of placeholders cost more than reading the rows that they stand for.
    """

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """A list of placeholders."""
        if not self.rhs:
            return "1 = 0", []
        column, parameters = self.process_lhs(compiler, connection)
        marks = ", ".join(["%s"] * len(self.rhs))
        return f"{column} IN ({marks})", [*parameters, *self.rhs]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """One array."""
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s::bigint[])", [*parameters, list(self.rhs)]
