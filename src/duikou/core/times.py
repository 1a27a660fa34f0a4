"""Times as pages and refusals write them."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone


def time_words(at: dt.datetime) -> str:
    """A time in words, to the minute, by the clock of the installation: 2014-03-01 08:30."""
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
