"""The shared base of the REST API: strict types, errors, paging, who acts.

A wing's `api.py` makes a `Router` and declares operations with `operation(...)`, which
adds the permission, the error answers and the documentation of both.
"""

from duikou.core.rest.base import Api, Call, Problem, operation
from duikou.core.rest.paging import Few, Limit, Offset, Page, joined_page_of, page_of
from duikou.core.rest.types import (
    Answer,
    Because,
    Body,
    Code,
    Count,
    Day,
    Days,
    DivisionCode,
    Flag,
    FormLine,
    Id,
    Latitude,
    Line,
    Longitude,
    Position,
    Reason,
    Ref,
    Small,
    Version,
    Versioned,
    Yes,
)

__all__ = [
    "Answer",
    "Api",
    "Because",
    "Body",
    "Call",
    "Code",
    "Count",
    "Day",
    "Days",
    "DivisionCode",
    "Few",
    "Flag",
    "FormLine",
    "Id",
    "Latitude",
    "Limit",
    "Line",
    "Longitude",
    "Offset",
    "Page",
    "Position",
    "Problem",
    "Reason",
    "Ref",
    "Small",
    "Version",
    "Versioned",
    "Yes",
    "joined_page_of",
    "operation",
    "page_of",
]
