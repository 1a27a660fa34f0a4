"""Facts of this wing in words, in the language of the request."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duikou.wings.places.bridge import Extent
from duikou.wings.places.distance import Leg
from duikou.wings.places.models import Division, DivisionChange, DivisionLink, TravelTime


def in_english() -> bool:
    """Whether the reader reads English."""
    return (get_language() or "").startswith("en")


def since_words(division: Division) -> str:
    """First day of a stretch; "at the latest since" where no event is recorded."""
    day = division.valid_from.isoformat()
    return day if division.since_known else _("不晚于 %(day)s") % {"day": day}


def until_words(division: Division) -> str:
    """Last day of a stretch, or that it goes on."""
    if division.valid_to is None:
        return _("至今")
    return (division.valid_to - dt.timedelta(days=1)).isoformat()


def seat_words(division: Division) -> str:
    """Coordinates of the seat, with the degree of trust in them."""
    if division.seat_lon is None or division.seat_lat is None:
        return ""
    return f"{division.seat_lon:.2f}°E, {division.seat_lat:.2f}°N"


def seat_is_approximate(division: Division) -> bool:
    """Whether the seat's coordinates are our own estimate (±2 km) and no gazetteer's."""
    return not division.coord_source.startswith("GeoNames")


def extent_words(link: DivisionLink) -> str:
    """How much of the predecessor went over, with the towns concerned."""
    if link.extent == DivisionLink.Extent.WHOLE:
        return _("整体")
    if not link.territory:
        return _("部分")
    if link.all_but:
        return _("除%(towns)s外的全部") % {"towns": link.territory}
    return _("部分：%(towns)s") % {"towns": link.territory}


def piece_words(extent: Extent) -> str:
    """How much of a unit lies in a unit of another day."""
    return {
        Extent.SAME: _("范围相同"),
        Extent.WITHIN: _("整体并入，与其他区域合为一体"),
        Extent.PART: _("部分在其中"),
    }[extent]


def change_title(change: DivisionChange) -> str:
    """Title of an approval."""
    return change.title_en if in_english() else change.title


def change_note(change: DivisionChange) -> str:
    """Remark on an approval."""
    return change.note_en if in_english() else change.note


def hours(minutes: float) -> str:
    """A duration in hours and minutes, to five minutes from one hour on."""
    if minutes < 60:
        return _("%(n)d 分钟") % {"n": round(minutes)}
    rounded = 5 * round(minutes / 5)
    return _("%(h)s 小时 %(m)s 分") % {"h": rounded // 60, "m": f"{rounded % 60:02d}"}


def kind_words(leg: Leg) -> str:
    """The kind of knowledge behind a distance."""
    if leg.kind == "unknown":
        return _("位置未知")
    words = str(TravelTime.Kind(leg.kind).label)
    return _("%(kind)s（县城之间）") % {"kind": words} if leg.by_seat else words


def km_words(leg: Leg) -> str:
    """The road's length; an estimate is rounded and says "about"."""
    if leg.km is None:
        return "—"
    if leg.kind == TravelTime.Kind.ESTIMATE:
        return _("约 %(n)d 公里") % {"n": round(leg.km)}
    return _("%(n)s 公里") % {"n": f"{leg.km:g}"}


def time_words(leg: Leg) -> str:
    """The driving time, or why there is none."""
    if leg.minutes is None:
        return _("须轮渡，请填写实测值") if leg.ferry else _("待填写")
    about = leg.kind == TravelTime.Kind.ESTIMATE
    return _("约 %(time)s") % {"time": hours(leg.minutes)} if about else hours(leg.minutes)
