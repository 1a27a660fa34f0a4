"""Pages of lists: bounded limit and offset, total always given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import QuerySet
from pydantic import BeforeValidator, Field

from duikou.core import lookups as lookups  # `any_of`
from duikou.core.rest.types import Answer, from_address

Item = TypeVar("Item")
Limit = Annotated[
    int, Field(ge=1, le=200, description="rows wanted, at most 200"), BeforeValidator(from_address)
]
Offset = Annotated[
    int, Field(ge=0, le=1_000_000, description="rows to pass over"), BeforeValidator(from_address)
]
Few = Annotated[int, Field(ge=1, le=50, description="at most 50"), BeforeValidator(from_address)]


class Page(Answer, Generic[Item]):
    """One page of a list; `total` counts all rows that meet the filters."""

    total: int
    limit: int
    offset: int
    items: list[Item]


def page_of(
    rows: QuerySet[Any, Any] | Sequence[Any],
    limit: int,
    offset: int,
    present: Callable[[Any], Any] | None = None,
) -> dict[str, Any]:
    """Cut one page out of `rows` (two queries for a query set) and present each row."""
    total = rows.order_by().count() if isinstance(rows, QuerySet) else len(rows)
    found = list(rows[offset : offset + limit]) if offset < total else []
    items = [present(row) for row in found] if present else found
    return {"total": total, "limit": limit, "offset": offset, "items": items}


def joined_page_of(
    rows: QuerySet[Any, Any], limit: int, offset: int, columns: Sequence[str]
) -> dict[str, Any]:
    """The same for plain rows with columns from many tables (`id` among them), in three queries.

    The order decides on narrow rows which ones are shown; only these are joined. To sort
    thousands of rows of five joined tables for a page of a hundred costs ten times as much.
    """
    page = page_of(rows.values_list("pk", flat=True), limit, offset)
    keys = page["items"]
    # The keys come from `rows`: what may be seen has been decided.
    shown = rows.model._base_manager.filter(pk__any_of=keys)
    found = {row["id"]: row for row in shown.order_by().values(*columns)}
    page["items"] = [found[key] for key in keys if key in found]
    return page
