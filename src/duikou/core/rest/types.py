"""Strict input types. Lax coercion (0 as 1970-01-01, true as 1) would break the contract of the API."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
TEXT_PATTERN = (
    r"^[^\x00-\x1f\x7f]*$"  # no control characters: they are never meant, and PostgreSQL refuses NUL
)
LINES_PATTERN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"


def _whole(value: Any) -> Any:
    """Whole numbers; JSON knows no difference between 2 and 2.0, but true is no number."""
    if isinstance(value, bool):
        raise ValueError("expected a whole number, found true/false")
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _day(value: Any) -> Any:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("expected a date written YYYY-MM-DD")
    return value


def _flag(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise ValueError("expected true or false")


Whole = Annotated[int, BeforeValidator(_whole)]
Id = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=2**63 - 1)]
Day = Annotated[dt.date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Flag = Annotated[bool, BeforeValidator(_flag)]
Line = Annotated[str, Field(max_length=200, pattern=TEXT_PATTERN)]  # one line of text
Code = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9_.\-]+$")]  # keys, rule ids


class Body(Schema):
    """A request body: unknown members are refused, not ignored."""

    model_config = ConfigDict(extra="forbid")
