"""Numbers in the units of measures: what is a possible one, and how evidence adds up. No database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext as _

from duikou.engines.text import Text
from duikou.policy.vocabulary import Unit

MOST = 1_000_000  # more of anything is a slip of the keyboard
LIMITS = {Unit.PERCENT: 100, Unit.FLAG: 1, Unit.POINT: 1000}
# A share, a yes or no, a rank, a time limit: the newest one counts, a sum would mean nothing.
NOT_ADDED = {Unit.PERCENT, Unit.FLAG, Unit.RANK, Unit.POINT, Unit.LEVEL, Unit.WORKING_DAY, Unit.DDD}


def unit_of(name: str) -> Unit | None:
    """A unit by its name; None for none, or one that the vocabulary does not know."""
    try:
        return Unit(name)
    except ValueError:
        return None


def label(name: str) -> Text:
    """A unit in words."""
    unit = unit_of(name)
    return unit.label if unit else Text(name, name)


def fault(number: int, unit: str) -> str:
    """What is wrong with a number in a unit, in words; empty when nothing is."""
    known = unit_of(unit)
    most = LIMITS.get(known, MOST) if known else MOST
    if number < 0:
        return _("数量不能为负，实际 %(found)s。") % {"found": number}
    if number > most:
        return _("数量过大：最大 %(most)s，实际 %(found)s。请核对单位。") % {"most": most, "found": number}
    return ""


def total(unit: str, pieces: Iterable[tuple[dt.date, int]]) -> int:
    """What dated numbers come to: their sum, or the newest where a sum means nothing."""
    dated = list(pieces)
    if not dated:
        return 0
    if unit_of(unit) in NOT_ADDED:
        return max(enumerate(dated), key=lambda entry: (entry[1][0], entry[0]))[1][1]
    return min(sum(number for _on, number in dated), 2**31 - 1)
