"""How good a link was, in words. The script of the room uses the same limits while it lasts."""

from __future__ import annotations

from django.utils.translation import gettext as _

from duikou.wings.rooms.models import Presence, QualitySummary

FAIR_TRIP, POOR_TRIP = 250, 500  # milliseconds there and back; talk begins to overlap, then stops to work
FAIR_LOSS, POOR_LOSS = 20, 80  # thousandths


def verdict(trip: int | None, loss: int | None) -> str:
    """good, fair, poor or unknown."""
    if trip is None and loss is None:
        return "unknown"
    trip, loss = trip or 0, loss or 0
    if trip >= POOR_TRIP or loss >= POOR_LOSS:
        return "poor"
    return "fair" if trip >= FAIR_TRIP or loss >= FAIR_LOSS else "good"


def words_of(presence: Presence) -> str:
    """The link of a stay in words; empty when none was measured."""
    try:
        found: QualitySummary = presence.quality
    except QualitySummary.DoesNotExist:
        return ""
    said = {
        "good": _("连接良好"),
        "fair": _("连接一般"),
        "poor": _("连接较差"),
        "unknown": _("未测得"),
    }[verdict(found.round_trip, found.loss)]
    parts = [said]
    if found.round_trip is not None:
        parts.append(_("时延 %(ms)s 毫秒") % {"ms": found.round_trip})
    if found.loss is not None:
        parts.append(_("丢包 %(share)s%%") % {"share": f"{found.loss / 10:.1f}"})
    if found.restarts:
        parts.append(_("重连 %(times)s 次") % {"times": found.restarts})
    if found.relayed:
        parts.append(_("经中继"))
    return " · ".join(parts)
