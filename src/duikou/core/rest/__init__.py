"""The shared base of the REST API: strict types, errors, paging, who acts.

A wing's `api.py` makes a `Router` and declares operations with `operation(...)`, which
adds the permission, the error answers and the documentation of both.
"""

from duikou.core.rest.base import Api, Call, Problem, operation
from duikou.core.rest.paging import Limit, Offset, Page, page_of
from duikou.core.rest.types import Body, Code, Day, Flag, Id, Line, Whole

__all__ = [
    "Api",
    "Body",
    "Call",
    "Code",
    "Day",
    "Flag",
    "Id",
    "Limit",
    "Line",
    "Offset",
    "Page",
    "Problem",
    "Whole",
    "operation",
    "page_of",
]
