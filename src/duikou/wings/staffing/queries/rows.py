"""What the overview is summed from: postings, traineeships, pairings and agreed numbers of an area."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Max, Min, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.listing import BadParameter
from duikou.core.models import OrgUnit
from duikou.core.paths import WIDTH
from duikou.core.scope import Actor, within
from duikou.engines.credits.days import Stretch
from duikou.policy.vocabulary import Unit
from duikou.wings.obligations.models import Obligation
from duikou.wings.pairings.models import Pairing
from duikou.wings.postings.models import Leave, Posting
from duikou.wings.staffing.figures import Month, Promise, Stay
from duikou.wings.training.models import Absence, Traineeship

VIEW = "staffing.view"
POSTING_EVIDENCE = "posting"  # the kind of evidence by which a duty to post staff is known
BATCH = 500  # keys in one condition


@dataclass(frozen=True)
class Area:
    """What an actor may sum over, narrowed to a place below when one was chosen."""

    actor: Actor
    place: OrgUnit | None = None

    @property
    def path(self) -> str:
        """The chosen place's path; "" for all."""
        return (self.place.path or "") if self.place else ""

    @cached_property
    def places(self) -> list[OrgUnit]:
        """Provinces and cities that the figures can be narrowed to."""
        paths = self.actor.paths(VIEW)
        if not any(len(path) <= 2 * WIDTH for path in paths):
            return []
        kinds = (OrgUnit.Kind.PROVINCE, OrgUnit.Kind.CITY)
        return list(OrgUnit.objects.filter(within(paths, ("path",)), kind__in=kinds).order_by("path"))

    def inside(self, *fields: str) -> Q:
        """Condition: one of the path columns lies in the chosen place."""
        return within([self.path], fields) if self.path else Q()


def area_of(actor: Actor, place: str) -> Area:
    """The area with the place that an address names; raises BadParameter."""
    whole = Area(actor)
    if not place:
        return whole
    for one in whole.places:
        if str(one.pk) == place:
            return Area(actor, one)
    raise BadParameter("place", place, _("、").join(str(one.pk) for one in whole.places[:12]) or "—")


def month_of(actor: Actor, text: str, permission: str = VIEW) -> Month:
    """The month that an address names, else the latest with somebody on post; raises BadParameter."""
    today = timezone.localdate()
    if not text:
        last = (
            Posting.objects.visible_to(actor, permission)
            .filter(state__in=Posting.SERVED, first_day__lte=today)
            .aggregate(last=Max("last_day"))["last"]
        )
        day = min(last or today, today)
        return Month(day.year, day.month, today)
    if re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text):
        found = Month(int(text[:4]), int(text[5:]), today)
        if found.is_possible:
            return found
    raise BadParameter("month", text, _("不晚于本月的月份，写作 2014-06"))


# ---------------------------------------------------------------- rows


def postings(area: Area) -> QuerySet[Posting]:
    """Postings of the area."""
    return Posting.objects.visible_to(area.actor, VIEW).filter(area.inside("home_path", "host_path"))


def traineeships(area: Area) -> QuerySet[Traineeship]:
    """Traineeships of the area."""
    return Traineeship.objects.visible_to(area.actor, VIEW).filter(area.inside("home_path", "host_path"))


def stays(area: Area, first: dt.date, last: dt.date) -> list[Stay]:
    """Postings approved, running or ended, with a planned or real day from `first` to `last`: two queries."""
    rows = postings(area).filter(
        Q(first_day__lte=last, last_day__gte=first) | Q(planned_from__lte=last, planned_to__gte=first),
        state__in=(Posting.State.APPROVED, *Posting.SERVED),
    )
    return _stays(
        rows.values_list(
            "pk", "person_id", "supporter_id", "recipient_id", "pairing_id", "title", "specialty", "office",
            "planned_from", "planned_to", "first_day", "last_day", "state",
        ).order_by("pk"),
        Posting.SERVED,
        _leave(
            Leave.objects.visible_to(area.actor, VIEW)
            .filter(withdrawn_at=None, first_day__lte=last, last_day__gte=first)
            .values_list("posting_id", "first_day", "last_day")
        ),
    )  # fmt: skip


def studies(area: Area, first: dt.date, last: dt.date) -> list[Stay]:
    """Traineeships in the same form: two queries. Their office is empty, their pairing may be None."""
    rows = traineeships(area).filter(state__in=Traineeship.SERVED, first_day__lte=last, last_day__gte=first)
    return _stays(
        (
            (*row[:7], "", *row[7:])
            for row in rows.values_list(
                "pk", "person_id", "supporter_id", "recipient_id", "pairing_id", "title", "specialty",
                "planned_from", "planned_to", "first_day", "last_day", "state",
            ).order_by("pk")
        ),
        Traineeship.SERVED,
        _leave(
            Absence.objects.visible_to(area.actor, VIEW)
            .filter(withdrawn_at=None, first_day__lte=last, last_day__gte=first)
            .values_list("traineeship_id", "first_day", "last_day")
        ),
    )  # fmt: skip


def _leave(rows: Iterable[tuple[int, dt.date, dt.date]]) -> dict[int, tuple[Stretch, ...]]:
    found: defaultdict[int, list[Stretch]] = defaultdict(list)
    for of, first, last in rows:
        found[of].append((first, last))
    return {of: tuple(stretches) for of, stretches in found.items()}


def _stays(
    rows: Iterable[tuple], served: tuple[str, ...], leave: dict[int, tuple[Stretch, ...]]
) -> list[Stay]:
    return [
        Stay(
            person, supporter, recipient, pairing, title, specialty, office, (planned_from, planned_to),
            (first, last), state in served, leave.get(pk, ()),
        )
        for (
            pk, person, supporter, recipient, pairing, title, specialty, office,
            planned_from, planned_to, first, last, state,
        ) in rows
    ]  # fmt: skip


def first_arrivals(area: Area) -> dict[int, dt.date]:
    """The first day on which anybody was ever posted to each recipient."""
    rows = postings(area).filter(state__in=Posting.SERVED).order_by().values_list("recipient_id")
    return dict(rows.annotate(first=Min("first_day")))


def pairings(area: Area, first: dt.date, last: dt.date) -> list[Pairing]:
    """Pairings of the area with a day from `first` to `last`, with both hospitals and the county."""
    return list(
        Pairing.objects.visible_to(area.actor, VIEW)
        .filter(area.inside("supporter_path", "recipient_path"), start__lte=last, end__gte=first)
        .select_related("round", "supporter", "recipient", "recipient_division__parent")
        .order_by("recipient_division__code", "recipient__name", "pk")
    )


def promises(area: Area, day: dt.date) -> list[Promise]:
    """Duties to post staff, in force on a day, whose measure is person-months."""
    rows = (
        Obligation.objects.visible_to(area.actor, VIEW)
        .filter(area.inside("supporter_path", "recipient_path"), unit=Unit.PERSON_MONTH, owner="supporter")
        .filter(Q(closed_on=None) | Q(closed_on__gt=day), start__lte=day, end__gte=day)
        .values_list("pairing_id", "start", "end", "target", "evidence_kinds")
    )
    return [Promise(*row) for *row, kinds in rows if POSTING_EVIDENCE in kinds]


def is_demonstration(area: Area) -> bool:
    """Whether invented postings are among what is counted."""
    return postings(area).filter(demonstration=True).exists()
