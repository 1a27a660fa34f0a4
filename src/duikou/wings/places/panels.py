"""What a page about one division shows of places; pages of later wings include the same parts.

Templates: `places/parts/facts.html`, `places/parts/history.html`, `places/parts/today.html`,
`places/parts/nearest.html`, each with the panel as `panel`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.wings.places import queries, wording
from duikou.wings.places.models import Division, DivisionLink
from duikou.wings.places.travel import division_place, legs


@dataclass(frozen=True, slots=True)
class Row:
    """A division in a table: where it leads, its name, and two or three columns of words."""

    url: str
    name: str
    cells: tuple[str, ...]
    current: bool = False


@dataclass(frozen=True, slots=True)
class EventRow:
    """One change that touched the unit."""

    day: str
    title: str
    steps: tuple[str, ...]  # "绍兴县 → 柯桥区: 部分 …"
    documents: str
    notice: str
    inaugurated: str
    confirmed: bool
    note: str


@dataclass(frozen=True, slots=True)
class DivisionPanel:
    """The places part of a page about `division` as of `day`."""

    division: Division
    day: dt.date
    name: str
    kind: str
    city: Division | None
    since: str
    until: str
    over: bool  # the unit does not exist on the day
    seat: str
    seat_approximate: bool
    ferry: bool
    stretches: tuple[Row, ...]
    events: tuple[EventRow, ...]
    today: tuple[Row, ...]  # what its territory belongs to today; empty when nothing changed
    nearest: tuple[Row, ...]


def division_named(pk: int) -> Division:
    """A division of any time by its key. Raises Missing."""
    found = Division.objects.select_related("parent").filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有这个行政区划。请从行政区划列表中选择。"))
    return found


def division_panel(division: Division, day: dt.date) -> DivisionPanel:
    """Gather the panel: nine queries, whatever the unit."""
    history = queries.history_of(division)
    over = not (division.valid_from <= day and (division.valid_to is None or day < division.valid_to))
    county = division.level == Division.Level.COUNTY
    return DivisionPanel(
        division=division,
        day=day,
        name=division.label,
        kind=str(division.get_kind_display()),
        city=division.parent,
        since=wording.since_words(division),
        until=wording.until_words(division),
        over=over,
        seat=wording.seat_words(division),
        seat_approximate=wording.seat_is_approximate(division),
        ferry=division.needs_ferry(day),
        stretches=tuple(_stretch(unit, division) for unit in history.stretches),
        events=event_rows(history.links),
        today=_today(division, day) if county else (),
        nearest=_nearest(division, day) if county and not over else (),
    )


def url_of(division: Division) -> str:
    """The page of a division."""
    return reverse("places:division", args=[division.pk])


def _stretch(unit: Division, shown: Division) -> Row:
    cells = (str(unit.get_kind_display()), unit.code, wording.since_words(unit), wording.until_words(unit))
    return Row(url_of(unit), unit.label, cells, unit.pk == shown.pk)


def event_rows(links: tuple[DivisionLink, ...] | list[DivisionLink]) -> tuple[EventRow, ...]:
    """Changes with what each did, one row per approval, in the order of `links`."""
    by_change: dict[int, list[DivisionLink]] = {}
    for link in links:
        by_change.setdefault(link.change_id, []).append(link)
    return tuple(_event(found) for found in by_change.values())


def _event(links: list[DivisionLink]) -> EventRow:
    change = links[0].change
    return EventRow(
        day=change.approved_text,
        title=wording.change_title(change),
        steps=tuple(
            _("%(old)s → %(new)s：%(kind)s，%(extent)s")
            % {
                "old": link.predecessor.name,
                "new": link.successor.name,
                "kind": link.get_kind_display(),
                "extent": wording.extent_words(link),
            }
            for link in links
        ),
        documents="；".join(filter(None, (change.approval_document, change.provincial_document))),
        notice=change.notice_on.isoformat() if change.notice_on else "",
        inaugurated=change.inaugurated_on.isoformat() if change.inaugurated_on else "",
        confirmed=change.confidence == change.Confidence.HIGH,
        note=wording.change_note(change),
    )


def _today(division: Division, day: dt.date) -> tuple[Row, ...]:
    now = timezone.localdate()
    start = min(max(day, division.valid_from), (division.valid_to or dt.date.max) - dt.timedelta(days=1))
    if start >= now:
        return ()
    found = queries.became(division, start, now)
    if len(found) == 1 and found[0].division.pk == division.pk and found[0].extent == "same":
        return ()
    return tuple(
        Row(url_of(b.division), b.division.label, (wording.piece_words(b.extent), b.division.code))
        for b in found
    )


def _nearest(division: Division, day: dt.date) -> tuple[Row, ...]:
    near = [other for other, _km in queries.nearest(division, day)]
    here = division_place(division, day)
    found = legs([(here, division_place(other, day)) for other in near])
    return tuple(
        Row(
            url_of(other),
            other.label,
            (wording.km_words(leg), wording.time_words(leg), wording.kind_words(leg)),
        )
        for other, leg in zip(near, found, strict=True)
    )
