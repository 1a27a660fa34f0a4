"""Weeks as the host department confirms them: who was there, what was done, what waits."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from duikou.core.errors import Missing
from duikou.core.links import link
from duikou.core.scope import Actor, within
from duikou.core.waiting import Waiting
from duikou.wings.postings.models import Leave, Posting
from duikou.wings.presence.actions._common import CONFIRM
from duikou.wings.presence.folding import monday_of
from duikou.wings.presence.models import Confirmation, Correction, Delivery, Mark, Proof, Work, WorkDay
from duikou.wings.presence.models.record import Place

VIEW = "presence.view"
WEEK = dt.timedelta(days=6)


@dataclass(frozen=True, slots=True)
class WeekLine:
    """A posting in a week."""

    posting: Posting
    present: int
    far: int  # check-ins far from the hospital that nobody has decided on
    waiting: int  # days and counters without confirmation
    confirmed: int
    counts: Counter[str]

    @property
    def work(self) -> int:
        """All counters together."""
        return self.counts.total()


def posting(actor: Actor, pk: int) -> Posting:
    """A posting whose presence the actor may see. Raises Missing."""
    found = Posting.objects.visible_to(actor, VIEW).filter(pk=pk)
    row = found.select_related(
        "person", "supporter", "recipient", "host_department", "pairing__round"
    ).first()
    if row is None:
        raise Missing(_("没有编号为 %(pk)s 的派驻，或不在您的查看范围内。") % {"pk": pk})
    return row


def proof(actor: Actor, pk: int) -> Proof:
    """A file of a posting whose presence the actor may see. Raises Missing."""
    found = Proof.objects.visible_to(actor, VIEW).filter(pk=pk).select_related("document").first()
    if found is None:
        raise Missing(_("没有编号为 %(pk)s 的佐证，或不在您的查看范围内。") % {"pk": pk})
    return found


def week(actor: Actor, monday: dt.date) -> list[WeekLine]:
    """All postings of the actor's area in a week, in a fixed number of queries."""
    rows = (
        Posting.objects.visible_to(actor, VIEW)
        .between(monday, monday + WEEK)
        .select_related("person", "supporter", "recipient", "host_department")
        .order_by("recipient__name", "host_department__name", "person__name", "pk")
    )
    postings = list(rows)
    span = Q(posting__in=[row.pk for row in postings], day__range=(monday, monday + WEEK))
    days: dict[int, list[WorkDay]] = defaultdict(list)
    for day in WorkDay.objects.filter(span):
        days[day.posting_id].append(day)
    work: dict[int, list[Work]] = defaultdict(list)
    for entry in Work.objects.filter(span):
        work[entry.posting_id].append(entry)
    return [_line(row, days[row.pk], work[row.pk]) for row in postings]


def _line(posting: Posting, days: list[WorkDay], work: list[Work]) -> WeekLine:
    waiting = sum(day.confirmation_id is None for day in days)
    waiting += sum(entry.confirmation_id is None for entry in work)
    return WeekLine(
        posting,
        sum(day.present for day in days),
        sum(is_undecided(day) for day in days),
        waiting,
        len(days) + len(work) - waiting,
        Counter({name: n for name, n in _sums(work).items() if n}),
    )


def _sums(work: list[Work]) -> Counter[str]:
    found: Counter[str] = Counter()
    for entry in work:
        found[entry.activity] += entry.count
    return found


def is_undecided(day: WorkDay) -> bool:
    """Whether somebody of the host has still to say what a far check-in was."""
    return day.place == Place.FAR and not day.corrected and day.confirmation_id is None


def latest_day(actor: Actor, today: dt.date) -> dt.date:
    """The latest day, not after today, with something on record in the actor's area; else today."""
    inside = within(actor.paths(VIEW), WorkDay.scope_fields)
    found: list[dt.date] = [
        last
        for model in (WorkDay, Work)
        if (last := model.objects.filter(inside, day__lte=today).aggregate(last=Max("day"))["last"])
    ]
    return max(found, default=today)


def default_monday(actor: Actor, today: dt.date) -> dt.date:
    """The week of the latest day with something on record."""
    return monday_of(latest_day(actor, today))


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day of a posting's week; `record` None where nothing is known of it."""

    day: dt.date
    inside: bool
    leave: bool
    record: WorkDay | None
    marks: Sequence[Mark]
    work: dict[str, Work]
    corrections: Sequence[Correction]
    proofs: Sequence[Proof]


@dataclass(frozen=True, slots=True)
class Week:
    """A posting's week with all that the host looks at before it confirms."""

    posting: Posting
    monday: dt.date
    days: Sequence[DayLine]
    deliveries: Sequence[Delivery]
    confirmations: Sequence[Confirmation]

    @property
    def waiting(self) -> int:
        """Days and counters without confirmation."""
        return sum(
            (line.record is not None and line.record.confirmation_id is None)
            + sum(entry.confirmation_id is None for entry in line.work.values())
            for line in self.days
        )

    @property
    def activities(self) -> list[str]:
        """Activities that somebody counted in the week."""
        return sorted({name for line in self.days for name in line.work})

    @property
    def is_demonstration(self) -> bool:
        """Whether invented rows are shown."""
        return any(line.record is not None and line.record.demonstration for line in self.days)


def week_of(posting: Posting, monday: dt.date) -> Week:
    """One posting's week, in a fixed number of queries."""
    last = monday + WEEK
    mine = Q(posting=posting, day__range=(monday, last))
    record = {row.day: row for row in WorkDay.objects.filter(mine).select_related("confirmation")}
    by_day: dict[str, dict[dt.date, list]] = {  # type: ignore[type-arg]
        "marks": defaultdict(list),
        "work": defaultdict(list),
        "corrections": defaultdict(list),
        "proofs": defaultdict(list),
    }
    for mark in Mark.objects.filter(posting=posting, delivery__day__range=(monday, last)).select_related(
        "delivery"
    ):
        by_day["marks"][mark.delivery.day or monday].append(mark)
    for entry in Work.objects.filter(mine).select_related("confirmation"):
        by_day["work"][entry.day].append(entry)
    for change in Correction.objects.filter(mine).select_related("corrected_by"):
        by_day["corrections"][change.day].append(change)
    for file in Proof.objects.filter(mine).select_related("document"):
        by_day["proofs"][file.day].append(file)
    away = Leave.objects.filter(posting=posting, withdrawn_at=None)
    leaves = list(away.filter(first_day__lte=last, last_day__gte=monday))
    return Week(
        posting,
        monday,
        [
            DayLine(
                day,
                posting.first_day <= day <= posting.last_day,
                any(leave.first_day <= day <= leave.last_day for leave in leaves),
                record.get(day),
                by_day["marks"][day],
                {entry.activity: entry for entry in by_day["work"][day]},
                by_day["corrections"][day],
                by_day["proofs"][day],
            )
            for day in (monday + dt.timedelta(days=n) for n in range(7))
        ],
        list(Delivery.objects.filter(mine).order_by("client_at")),
        list(Confirmation.objects.filter(posting=posting, monday=monday).select_related("confirmed_by")),
    )


def waits_for(actor: Actor) -> Iterator[Waiting]:
    """Posted people at the actor's hospital or department whose past weeks wait for confirmation."""
    if not actor.may(CONFIRM):
        return
    here = within(actor.paths(CONFIRM), ("posting__host_path",))
    late = Q(confirmation=None, day__lt=monday_of(timezone.localdate()))
    found = set(WorkDay.objects.filter(here, late).values_list("posting", flat=True).distinct())
    found |= set(Work.objects.filter(here, late).values_list("posting", flat=True).distinct())
    if found:
        label = ngettext("名派驻人员的考勤与工作量待确认", "名派驻人员的考勤与工作量待确认", len(found))
        yield Waiting("presence_confirm", label, len(found), link("presence:list"))
