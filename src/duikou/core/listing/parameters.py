"""The parameters of a list's address: what they may be, and what is refused."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.errors import DuikouError

SIZES = (25, 50, 100)


class BadParameter(DuikouError):
    """A parameter of the address cannot be understood."""

    status = 400
    code = "bad_parameter"

    def __init__(self, name: str, found: str, expected: str) -> None:
        message = _(
            "参数 %(name)s 的值“%(found)s”无法识别：应为 %(expected)s。请改正地址，或清除筛选后重试。"
        ) % {
            "name": name,
            "found": found[:60],
            "expected": expected,
        }
        super().__init__(message, fields={name: [message]})


@dataclass(frozen=True, slots=True)
class Selection:
    """What an address asks of a list, checked."""

    page: int
    size: int
    sort: str  # column name, "-" in front for descending; "" = the rows' own order
    values: Mapping[str, Any]  # filter name → parsed value
    export: str


def parse_day(name: str, found: str) -> dt.date:
    """A day written 2014-03-01; raises BadParameter."""
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", found):
            raise ValueError
        return dt.date.fromisoformat(found)
    except ValueError:
        raise BadParameter(name, found, _("日期，写作 2014-03-01")) from None


def as_of(request: HttpRequest, default: dt.date | None = None) -> dt.date:
    """The day that `?as_of=` asks for, else `default` (today when None); raises BadParameter."""
    found = request.GET.get("as_of", "")
    return parse_day("as_of", found) if found else default or timezone.localdate()
