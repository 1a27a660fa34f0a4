"""Due dates by month, and the feed that calendar programmes read under a secret address."""

from __future__ import annotations

import calendar as months
import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from icalendar import Event

from duikou.core.faces import done, words
from duikou.core.feeds import calendar_file
from duikou.core.listing import BadParameter
from duikou.core.pages import PageRequest, page
from duikou.wings.obligations.actions.feeds import FEED
from duikou.wings.obligations.periods import months_after
from duikou.wings.obligations.queries import calendar as queries
from duikou.wings.obligations.standing import Stage
from duikou.wings.obligations.views._common import STAGE_WORDS, period_words, stage_badge

FEW = 3  # named in a cell of the month; the rest is counted


@page("obligation.view")
def calendar(request: PageRequest) -> HttpResponse:
    """One month: what falls due on which day."""
    return _month(request)


def _month(request: PageRequest, address: str = "") -> HttpResponse:
    today = timezone.localdate()
    first = _first(request, today)
    last = first.replace(day=months.monthrange(first.year, first.month)[1])
    days = queries.month(request.actor, first, last, today)
    before, after = months_after(first, -1), months_after(first, 1)
    feed = FEED.of(request.actor)
    return render(
        request,
        "obligations/calendar.html",
        {
            "month": first.strftime("%Y-%m"),
            "before": before.strftime("%Y-%m"),
            "after": after.strftime("%Y-%m"),
            "weekdays": [WEEKDAYS_ABBR[number] for number in range(7)],
            "weeks": _weeks(first, days, today),
            "agenda": [_cell(day, days, today) for day in sorted(days)],
            "total": sum(day.count for day in days.values()),
            "near": queries.busy(request.actor, today) if not days else None,
            "feed": feed,
            "address": address,
        },
    )


def _first(request: PageRequest, today: dt.date) -> dt.date:
    text = request.GET.get("month", "").strip()
    if not text:
        return today.replace(day=1)
    try:
        found = dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        found = None
    if found is None or len(text) != 7 or not 1990 <= found.year <= 2200:
        raise BadParameter("month", text, _("年月，写作 2014-03"))
    return found


def _weeks(first: dt.date, days: Mapping[dt.date, queries.Day], today: dt.date) -> list[list[dict[str, Any]]]:
    return [
        [_cell(day, days, today, inside=day.month == first.month) for day in week]
        for week in months.Calendar().monthdatescalendar(first.year, first.month)
    ]


def _cell(
    day: dt.date, days: Mapping[dt.date, queries.Day], today: dt.date, inside: bool = True
) -> dict[str, Any]:
    found = days.get(day) if inside else None
    rows = found.rows if found else []
    text = day.isoformat()
    return {
        "day": day,
        "inside": inside,
        "today": day == today,
        "found": found,
        "few": [_item(row) for row in rows[:FEW]],
        "rows": [_item(row) for row in rows],
        "more": found.count - min(FEW, len(rows)) if found else 0,
        "rest": found.count - len(rows) if found else 0,
        "url": f"{reverse('obligations:list')}?due_from={text}&due_to={text}",
    }


def _item(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "url": reverse("obligations:detail", args=[row["id"]]),
        "title": words(row["title"]),
        "pair": f"{row['pairing__supporter__name']} → {row['pairing__recipient__name']}",
        "stage": stage_badge(row["stage"]),
    }


# ---------------------------------------------------------------- the feed


@require_POST
@page("obligation.view")
def renew(request: PageRequest) -> HttpResponse:
    """A new secret address, shown this once."""
    token = FEED.renew(actor=request.actor)
    return _month(request, request.build_absolute_uri(reverse("obligations:feed", args=[token])))


@require_POST
@page("obligation.view")
def stop(request: PageRequest) -> HttpResponse:
    """No feed any more."""
    FEED.stop(actor=request.actor)
    done(request, _("订阅地址已停用。"))
    return redirect("obligations:calendar")


@require_safe
@never_cache
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """What a calendar programme reads; whoever has the address is let in, and nobody else."""
    reader = FEED.reader(token)
    if reader is None:
        raise Http404
    rows = queries.feed(reader, timezone.localdate())
    return calendar_file(reader, "obligations", _("责任台账"), _events(request, rows))


def _events(request: HttpRequest, rows: list[dict[str, Any]]) -> Iterator[Event]:
    host = request.get_host().partition(":")[0]
    for row in rows:
        done_already = row["stage"] in (Stage.DELIVERED, Stage.VERIFIED)
        event = Event()
        event.add("uid", f"obligation-{row['id']}@{host}")
        event.add("sequence", row["version"])
        event.add("dtstamp", timezone.now())
        event.add("dtstart", row["due"])
        event.add("dtend", row["due"] + dt.timedelta(days=1))
        event.add("transp", "TRANSPARENT")
        event.add("summary", f"{'✓ ' if done_already else ''}{words(row['title'])}")
        event.add(
            "description",
            "\n".join(
                (
                    f"{row['pairing__supporter__name']} → {row['pairing__recipient__name']}",
                    f"{period_words(row['period_kind'], row['number'])} · {STAGE_WORDS[Stage(row['stage'])]}",
                    row["source"],
                )
            ),
        )
        event.add("url", request.build_absolute_uri(reverse("obligations:detail", args=[row["id"]])))
        yield event
