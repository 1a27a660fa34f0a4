"""Strict input types. Lax coercion (0 as 1970-01-01, true as 1) would break the contract of the API.

An address carries text, a JSON body carries types; "12" is a number in the one and a
text in the other. So there are two families: parameters (`Id`, `Flag`, `Limit` …)
and members of a body (`Ref`, `Count`, `Yes` …). Dates, codes and lines of text are
text in both.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict, WithJsonSchema

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DIGITS = re.compile(r"-?\d{1,20}", re.ASCII)
# No control characters: they are never meant, and PostgreSQL refuses NUL.
TEXT_PATTERN = r"^[^\x00-\x1f\x7f]*$"
MOST = 2**63 - 1  # what both databases can hold as a key
MOST_COUNT = 2**31 - 1


def from_address(value: Any) -> Any:
    """A whole number out of an address: digits only, no "1_000", " 5" or "5.0"."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value  # a default
    if not isinstance(value, str) or not _DIGITS.fullmatch(value):
        raise ValueError("expected a whole number")
    return int(value)


def _whole(value: Any) -> Any:
    """A whole number of a body; JSON knows no difference between 2 and 2.0, but true is no number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("expected a whole number")
    if isinstance(value, float) and not value.is_integer():
        raise ValueError("expected a whole number, found a fraction")
    return int(value)


def _real(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("expected a number")
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


# --- both in addresses and in bodies
Day = Annotated[
    dt.date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"}, mode="validation")
]
Line = Annotated[str, Field(max_length=200, pattern=TEXT_PATTERN)]  # one line of text
FormLine = Annotated[  # of a form: what is empty there counts as left out
    str, Field(min_length=1, max_length=200, pattern=TEXT_PATTERN)
]
Code = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9_.\-]+$")]  # keys, rule ids
DivisionCode = Annotated[str, Field(min_length=1, max_length=6, pattern=r"^[A-Za-z0-9]+$")]

# The limits come before the validator: only then do they reach the document as minimum and maximum.

# --- parameters of an address
Id = Annotated[int, Field(ge=1, le=MOST), BeforeValidator(from_address)]
Small = Annotated[int, Field(ge=1, le=MOST_COUNT), BeforeValidator(from_address)]  # a position, a number
Flag = Annotated[bool, BeforeValidator(_flag)]

# --- members of a body
Ref = Annotated[int, Field(ge=1, le=MOST, description="id of a record"), BeforeValidator(_whole)]
Version = Annotated[
    int,
    Field(  # one below the column's limit: an act counts it up
        ge=1, le=MOST_COUNT - 1, description="the version that you have read; 409 when it has changed since"
    ),
    BeforeValidator(_whole),
]
Position = Annotated[int, Field(ge=1, le=MOST_COUNT), BeforeValidator(_whole)]
Count = Annotated[int, Field(ge=0, le=MOST_COUNT), BeforeValidator(_whole)]
Days = Annotated[int, Field(ge=1, le=366), BeforeValidator(_whole)]
Longitude = Annotated[float, Field(ge=-180, le=180), BeforeValidator(_real)]  # WGS84 degrees
Latitude = Annotated[float, Field(ge=-90, le=90), BeforeValidator(_real)]
Yes = Annotated[bool, Strict()]
Reason = Annotated[
    str,
    Field(min_length=1, max_length=500, pattern=TEXT_PATTERN, description="why; kept in the audit trail"),
]


class Body(BaseModel):
    """A request body: unknown members are refused, not ignored."""

    model_config = ConfigDict(extra="forbid")


class Versioned(Body):
    """A change of something as the caller has read it."""

    version: Version


class Because(Body):
    """A step with its reason."""

    reason: Reason


class Answer(BaseModel):
    """What an operation answers: read from rows, objects or mappings."""

    model_config = ConfigDict(from_attributes=True)
