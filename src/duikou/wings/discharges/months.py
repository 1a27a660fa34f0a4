"""Months as the store counts them: yyyymm."""

from __future__ import annotations

import datetime as dt
import re

from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.errors import Invalid
from duikou.wings.discharges.models.submissions import FIRST_MONTH


def month_of(day: dt.date) -> int:
    """The month of a day."""
    return day.year * 100 + day.month


def this_month() -> int:
    """The month that is running."""
    return month_of(timezone.localdate())


def shown(month: int) -> str:
    """As people write it: 2014-03."""
    return f"{month // 100:04d}-{month % 100:02d}"


def parse(text: str) -> int:
    """A month that somebody wrote: 2014-03 or 201403. Raises Invalid, also for one that is still to come."""
    found = re.fullmatch(r"(\d{4})-?(\d{2})", text.strip(), re.ASCII)
    month = int(found[1] + found[2]) if found else 0
    if not 1 <= month % 100 <= 12 or not month >= FIRST_MONTH:
        raise _wrong(_("月份应写作 2014-03；实际为“%(found)s”。") % {"found": text[:20]})
    if month > this_month():
        raise _wrong(
            _("%(found)s 还没有到；最晚可报 %(last)s。")
            % {"found": shown(month), "last": shown(this_month())}
        )
    return month


def _wrong(text: str) -> Invalid:
    return Invalid(text, fields={"month": [text]})


def before(month: int, steps: int = 1) -> int:
    """The month `steps` months before."""
    count = month // 100 * 12 + month % 100 - 1 - steps
    return count // 12 * 100 + count % 12 + 1


def span(first: int, last: int) -> list[int]:
    """All months from `first` to `last`, both included."""
    found = []
    while first <= last:
        found.append(first)
        first = before(first, -1)
    return found


def first_day(month: int) -> dt.date:
    """The first day of a month."""
    return dt.date(month // 100, month % 100, 1)


def last_day(month: int) -> dt.date:
    """The last day of a month."""
    return first_day(before(month, -1)) - dt.timedelta(days=1)
