"""Pages of lists: bounded limit and offset, total always given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import QuerySet
from ninja import Schema
from pydantic import BeforeValidator, Field

from duikou.core.rest.types import _whole

Item = TypeVar("Item")
Limit = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=200, description="rows wanted, at most 200")]
Offset = Annotated[int, BeforeValidator(_whole), Field(ge=0, le=1_000_000, description="rows to pass over")]


class Page(Schema, Generic[Item]):
    """One page of a list."""

    total: int
    limit: int
    offset: int
    items: list[Item]


def page_of(
    rows: QuerySet[Any] | Sequence[Any],
    limit: int,
    offset: int,
    present: Callable[[Any], Any] = lambda row: row,
) -> dict[str, Any]:
    """Cut one page out of `rows` (two queries for a query set) and present each row."""
    total = rows.count() if isinstance(rows, QuerySet) else len(rows)
    items = [present(row) for row in rows[offset : offset + limit]] if offset < total else []
    return {"total": total, "limit": limit, "offset": offset, "items": items}
