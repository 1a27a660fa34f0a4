"""Plans that somebody may see, their rows, and how far postings and traineeships replace each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.jobs.models import Job
from duikou.core.scope import Actor
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person
from duikou.wings.postings.models import Posting
from duikou.wings.swaps.models import SwapPlan, SwapRepair, SwapStay
from duikou.wings.training.models import Traineeship


def plans_of(actor: Actor) -> QuerySet[SwapPlan]:
    """Plans of the actor's area, with the number of rows each way and whether a repair waits."""
    return (
        SwapPlan.objects.visible_to(actor)
        .select_related("pairing__round", "supporter", "recipient")
        .annotate(
            down=Count("stays", filter=Q(stays__way="down")),
            up=Count("stays", filter=Q(stays__way="up")),
            has_repair=Exists(
                SwapRepair.objects.filter(plan=OuterRef("pk"), state=SwapRepair.State.PROPOSED)
            ),
        )
    )


def one_plan(actor: Actor, pk: int) -> SwapPlan:
    """A plan that the actor may see. Raises Missing."""
    plan = plans_of(actor).filter(pk=pk).first()
    if plan is None:
        raise Missing(_("没有编号为 %(pk)s 的置换方案，或不在您的查看范围内。") % {"pk": pk})
    return plan


def one_stay(actor: Actor, pk: int) -> SwapStay:
    """A row of a plan that the actor may see. Raises Missing."""
    rows = SwapStay.objects.visible_to(actor).select_related(
        "plan__pairing__round", "plan__supporter", "plan__recipient", "person"
    )
    stay = rows.filter(pk=pk).first()
    if stay is None:
        raise Missing(_("没有编号为 %(pk)s 的安排，或不在您的查看范围内。") % {"pk": pk})
    return stay


def stays_of(actor: Actor, plan: SwapPlan) -> list[SwapStay]:
    """The rows of a plan."""
    rows = (
        SwapStay.objects.visible_to(actor)
        .filter(plan=plan)
        .select_related("person", "posting", "request", "traineeship")
        .order_by("way", "place", "start", "pk")
    )
    found = list(rows)
    for row in found:
        row.plan = plan
    return found


def pairings_for_plans(actor: Actor) -> QuerySet[Pairing]:
    """Pairings for which the actor may make a plan."""
    return (
        Pairing.objects.visible_to(actor, "swap.plan")
        .filter(supporter__isnull=False, recipient__isnull=False)
        .select_related("supporter", "recipient", "round")
        .order_by("supporter__name", "recipient__name")
    )


def one_repair(actor: Actor, pk: int) -> SwapRepair:
    """An absence in a plan that the actor may see. Raises Missing."""
    rows = SwapRepair.objects.visible_to(actor).select_related(
        "person", "plan__pairing__round", "plan__supporter", "plan__recipient"
    )
    repair = rows.filter(pk=pk).first()
    if repair is None:
        raise Missing(_("没有编号为 %(pk)s 的补救，或不在您的查看范围内。") % {"pk": pk})
    return repair


def repairs_of(actor: Actor, plan: SwapPlan) -> list[SwapRepair]:
    """Absences of a plan, the latest first."""
    found = list(SwapRepair.objects.visible_to(actor).filter(plan=plan).select_related("person"))
    for row in found:
        row.plan = plan
    return found


def people_of(plan: SwapPlan) -> list[Person]:
    """Whose absence could be answered: everybody of the plan, of an adopted one the doctors."""
    rows = plan.stays.select_related("person")
    if plan.state == SwapPlan.State.ADOPTED:
        rows = rows.filter(way=SwapStay.Way.DOWN)
    return sorted({row.person for row in rows}, key=lambda person: (person.name, person.pk))


def job_of(row: SwapPlan | SwapRepair) -> Job | None:
    """The last solve that was asked for, whatever became of it."""
    return Job.objects.filter(pk=row.job_id).first() if row.job_id else None


@dataclass(frozen=True)
class Pair:
    """A swap pair (置换对) of a plan: who goes to study, and who is posted to the department meanwhile."""

    trainee: SwapStay
    doctors: tuple[SwapStay, ...]
    covered: int  # months with a posted doctor

    @property
    def names(self) -> str:
        """Who replaces the trainee."""
        return _("、").join(dict.fromkeys(row.person.name for row in self.doctors))


def pairs_of(stays: Sequence[SwapStay]) -> list[Pair]:
    """Each trainee of a plan beside the doctors posted to the trainee's department in those months."""
    pairs = []
    for up in stays:
        if up.traineeship is None:
            continue
        away = set(range(up.start, up.start + up.months))
        home = up.traineeship.home_department_id
        doctors = tuple(
            row
            for row in stays
            if row.request is not None
            and home is not None
            and row.request.host_department_id == home
            and away.intersection(range(row.start, row.start + row.months))
        )
        there = {month for row in doctors for month in range(row.start, row.start + row.months)}
        pairs.append(Pair(up, doctors, len(away & there)))
    return pairs


@dataclass(frozen=True)
class SwapRate:
    """Traineeships that a posting replaced, of all."""

    swapped: int
    all: int

    @property
    def percent(self) -> int | None:
        """In percent; None where nobody went to study."""
        return round(100 * self.swapped / self.all) if self.all else None


def swap_rate(actor: Actor, plan: SwapPlan) -> SwapRate:
    """Traineeships of the plan's pairing beside postings of the same specialty.

    One counts as replaced when somebody was posted on at least half of its days.
    """
    postings = list(
        Posting.objects.visible_to(actor, "swap.view")
        .filter(pairing=plan.pairing, state__in=Posting.LIVE)
        .values_list("specialty", "first_day", "last_day")
    )
    rows = list(
        Traineeship.objects.visible_to(actor, "swap.view").filter(
            pairing=plan.pairing, state__in=Traineeship.LIVE
        )
    )
    replaced = sum(2 * _covered(row, postings) >= (row.last_day - row.first_day).days + 1 for row in rows)
    return SwapRate(replaced, len(rows))


def _covered(row: Traineeship, postings: Iterable[tuple[str, dt.date, dt.date]]) -> int:
    """Days of a traineeship on which somebody of the specialty was posted; each day once."""
    spans = sorted(
        (max(first, row.first_day), min(last, row.last_day))
        for specialty, first, last in postings
        if specialty == row.specialty and first <= row.last_day and last >= row.first_day
    )
    days, until = 0, dt.date.min
    for first, last in spans:
        begin = max(first, until + dt.timedelta(days=1)) if until > dt.date.min else first
        if last >= begin:
            days += (last - begin).days + 1
            until = last
    return days
