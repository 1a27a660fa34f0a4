"""What the pages share: days near enough to reckon with, what a correction was about."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from duikou.core.listing import BadParameter, parse_day
from duikou.wings.presence.catalogue import label
from duikou.wings.presence.models import Correction

FIRST, LAST = dt.date(2000, 1, 1), dt.date(2099, 12, 31)


def near_day(name: str, found: str) -> dt.date:
    """A day out of an address, near enough for reckoning with weeks; raises BadParameter."""
    day = parse_day(name, found)
    if not FIRST <= day <= LAST:
        raise BadParameter(name, found, f"{FIRST} – {LAST}")
    return day


def subject(row: Correction) -> str:
    """What a correction was about."""
    return _("考勤") if row.subject == row.PRESENCE else label(row.subject)
