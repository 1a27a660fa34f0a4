"""What a list is made of: rows of any kind, and the values found in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise

Row = Any
Rows = Any  # QuerySet or Sequence
Words = str | Promise


def value_at(row: Row, path: str) -> Any:
    """The value at `a__b` of a row: attributes or keys; None where a link is empty."""
    for step in path.split("__"):
        if row is None:
            return None
        row = row[step] if isinstance(row, Mapping) else getattr(row, step)
    return row
