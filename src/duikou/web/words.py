"""Texts of policy packs, parameters and dates in the language of the request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duikou.engines.text import Text
from duikou.policy.model import CalendarEntry, Clause, Pack, Parameter, Validity, Value
from duikou.policy.vocabulary import Precision

LENGTHS = {
    Precision.YEAR: 4,
    Precision.MONTH: 7,
    Precision.DAY: 10,
}  # characters of an ISO date that are known


def english() -> bool:
    """Whether the request is answered in English."""
    return (get_language() or "").startswith("en")


def say(text: Text | None) -> str:
    """A text of a pack in the language of the request."""
    if text is None:
        return ""
    return text.en if english() else text.zh


def clauses(found: Sequence[Clause]) -> str:
    """Clauses as one reference: S1 §一(一); S1 §三(一)."""
    return "; ".join(str(clause) for clause in found)


def validity(found: Validity) -> str:
    """From when to when, no more exactly than it is known; '' when open on both sides."""
    length = LENGTHS[found.precision]
    start = found.start.isoformat()[:length] if found.start else ""
    end = found.end.isoformat()[:length] if found.end else ""
    if not start and not end:
        return ""
    if start == end:
        return start
    if not end:
        return _("%(start)s 起") % {"start": start}
    if not start:
        return _("至 %(end)s") % {"end": end}
    return f"{start} – {end}"


def values(pack: Pack, parameter: Parameter) -> list[str]:
    """A parameter's value with its unit, one line each (a table of words has several); [] while undecided."""
    if parameter.value is None:
        return []
    unit = say(parameter.unit.label)
    if isinstance(parameter.value, Mapping):
        return [f"{say(pack.word(key))} → {_value(pack, items)}" for key, items in parameter.value.items()]
    text = _value(pack, parameter.value)
    if not unit:
        return [text]
    return [f"{text}{unit}" if unit == "%" else f"{text} {unit}"]


def _value(pack: Pack, value: Value) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, str):
        return say(pack.word(value))
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return f"{value:,}"
    return _("、").join(_value(pack, item) for item in value)


def when(entry: CalendarEntry) -> str:
    """When a calendar entry falls due: a day, a window, or a rhythm over years."""
    if not entry.occurrences:
        return _("没有日期")
    first, last = entry.occurrences[0], entry.occurrences[-1]
    if entry.every is None:
        return f"{first.start} – {first.due}" if first.start else str(first.due)
    years = f"{first.due.year}–{last.due.year}"
    rhythm = say(entry.every.label)
    if entry.every != "year":
        return f"{rhythm}（{years}）" if not english() else f"{rhythm} ({years})"
    days = f"{first.due:%m-%d}" if first.start is None else f"{first.start:%m-%d} – {first.due:%m-%d}"
    return f"{rhythm} {days} ({years})" if english() else f"{rhythm} {days}（{years}）"
