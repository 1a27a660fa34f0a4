"""Paths of the organisation tree, as indexed range queries.

A path is the unit's ancestors and itself, each as a seven-digit number, joined
without separator. All descendants of `p` lie in [p, successor(p)): one index range
on SQLite and PostgreSQL, in every collation, because only digits occur.
"""

from __future__ import annotations

from typing import Any

from django.db import models

WIDTH = 7


def child_path(parent: str, number: int) -> str:
    """The path of unit `number` under `parent` ('' for the root)."""
    return f"{parent}{number:0{WIDTH}d}"


def successor(path: str) -> str:
    """The smallest path after all descendants of `path`."""
    return f"{path[:-WIDTH]}{int(path[-WIDTH:]) + 1:0{WIDTH}d}"


def contains(path: str, other: str) -> bool:
    """Whether `other` is `path` itself or lies below it."""
    return other.startswith(path)


def enclosing(path: str, depth: int) -> tuple[str, ...]:
    """The ancestors of `path` from level `depth` (1 = root) down, without itself."""
    return tuple(path[: level * WIDTH] for level in range(depth, len(path) // WIDTH))


class PathField(models.CharField):  # type: ignore[type-arg]
    """A path; offers the lookup `__within=<path>` (itself and all below)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", WIDTH * 8)
        kwargs.setdefault("db_index", True)
        super().__init__(*args, **kwargs)


@PathField.register_lookup
class Within(models.Lookup):  # type: ignore[type-arg]
    """`path__within=p`: p <= path < successor(p)."""

    lookup_name = "within"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, parameters = self.process_lhs(compiler, connection)
        return (
            f"({column} >= %s AND {column} < %s)",
            [*parameters, self.rhs, *parameters, successor(self.rhs)],
        )
