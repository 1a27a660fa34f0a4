"""Traineeships as pages, the interface and other wings read them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.links import link
from duikou.core.scope import Actor, ScopedQuerySet, within
from duikou.core.waiting import Waiting
from duikou.wings.hospitals.models import Hospital
from duikou.wings.stays.models import StayQuerySet
from duikou.wings.training.models import (
    Absence,
    Appraisal,
    LogEntry,
    Rotation,
    Traineeship,
    TutorTeam,
)
from duikou.wings.training.queries.logbook import to_sign

State = Traineeship.State


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything that the page of a traineeship shows."""

    companions: Sequence[Traineeship]  # applied for together
    rotations: Sequence[Rotation]
    absences: Sequence[Absence]
    appraisals: Sequence[Appraisal]
    entries: Sequence[LogEntry]  # the latest


@dataclass(frozen=True, slots=True)
class Counted:
    """Trainees of an area in a year."""

    year: int
    all: int
    free: int
    residency: int
    secondment: int
    together: int


def trained(actor: Actor) -> StayQuerySet:
    """Traineeships of the actor's area, not those that are only one's own."""
    rows: StayQuerySet = Traineeship.objects.visible_to(actor, "training.view")
    return rows.select_related(
        "person", "supporter", "recipient", "host_department", "pairing__round", "place", "team__leader"
    )


def traineeship(actor: Actor, pk: int, permission: str = "training.view") -> Traineeship:
    """One traineeship of the actor's area; raises Missing."""
    found = (
        Traineeship.objects.visible_to(actor, permission)
        .select_related(
            "person", "supporter", "recipient", "home_department", "host_department", "pairing__round",
            "pairing__supporter", "pairing__recipient", "place", "team__leader",
        )
        .filter(pk=pk)
        .first()
    )  # fmt: skip
    if not isinstance(found, Traineeship):
        raise Missing(_("没有编号为 %(pk)s 的进修，或不在您的查看范围内。") % {"pk": pk})
    return found


def own(actor: Actor) -> StayQuerySet:
    """The actor's own traineeships, newest first."""
    rows: StayQuerySet = Traineeship.objects.filter(person__user=actor.user_id or 0)
    return rows.select_related("person", "supporter", "recipient", "host_department").order_by(
        "-first_day", "pk"
    )


def own_traineeship(actor: Actor, pk: int) -> Traineeship:
    """One of one's own; raises Missing."""
    found = own(actor).filter(pk=pk).first()
    if not isinstance(found, Traineeship):
        raise Missing(_("没有编号为 %(pk)s 的进修，或不在您的查看范围内。") % {"pk": pk})
    return found


def whole(one: Traineeship, entries: int = 50) -> Whole:
    """What belongs to a traineeship, in a fixed number of queries."""
    group = Traineeship.objects.filter(together=one.together) if one.together else Traineeship.objects.none()
    return Whole(
        list(group.exclude(pk=one.pk).select_related("person")),
        list(one.rotations.select_related("department", "tutor")),
        list(one.absences.all()),
        list(one.appraisals.select_related("appraised_by").order_by("year", "kind", "pk")),
        list(one.entries.select_related("signed_by")[:entries]),
    )


def in_training(hospital: Hospital, day: dt.date) -> StayQuerySet:
    """Who is in training at a supporter on a day, absence included. Unscoped: for other wings."""
    rows: StayQuerySet = Traineeship.objects.on(day).filter(supporter=hospital)
    return rows.select_related("person", "host_department", "recipient").order_by("person__name", "pk")


def away(hospital: Hospital, day: dt.date) -> StayQuerySet:
    """Whom a recipient has in training on a day, absence included. Unscoped: for other wings."""
    rows: StayQuerySet = Traineeship.objects.on(day).filter(recipient=hospital)
    return rows.select_related("person", "home_department", "supporter").order_by("person__name", "pk")


def counted(actor: Actor, year: int) -> Counted:
    """Trainees with a day of training in a year, in the actor's area; one query."""
    found = (
        Traineeship.objects.visible_to(actor, "training.view")
        .between(dt.date(year, 1, 1), dt.date(year, 12, 31))
        .aggregate(
            all=Count("pk"),
            free=Count("pk", Q(free=True)),
            residency=Count("pk", Q(route=Traineeship.Route.RESIDENCY)),
            secondment=Count("pk", Q(route=Traineeship.Route.SECONDMENT)),
            together=Count("pk", Q(together__isnull=False)),
        )
    )
    return Counted(year, **found)


def latest_counted(actor: Actor) -> Counted | None:
    """Those of the latest year, not after this one, with anybody in training; two queries."""
    today = timezone.localdate()
    rows = Traineeship.objects.visible_to(actor, "training.view")
    latest = rows.filter(state__in=Traineeship.SERVED, first_day__lte=today).aggregate(day=Max("last_day"))
    return counted(actor, min(latest["day"], today).year) if latest["day"] else None


def teams(actor: Actor) -> ScopedQuerySet:
    """Teams of tutors of the actor's area, with the number of trainees."""
    rows: ScopedQuerySet = TutorTeam.objects.visible_to(actor)
    return rows.select_related("leader", "pairing__supporter", "pairing__recipient").annotate(
        trainees=Count("traineeships", Q(traineeships__state__in=Traineeship.SERVED))
    )


def team(actor: Actor, pk: int) -> TutorTeam:
    """One team; raises Missing."""
    found = teams(actor).prefetch_related("tutors").filter(pk=pk).first()
    if not isinstance(found, TutorTeam):
        raise Missing(_("没有编号为 %(pk)s 的导师团队，或不在您的查看范围内。") % {"pk": pk})
    return found


def rotation(actor: Actor, pk: int) -> Rotation:
    """One stay of a trainee of the actor's area; raises Missing."""
    found = (
        Rotation.objects.visible_to(actor, "training.view")
        .select_related("traineeship", "department")
        .filter(pk=pk)
        .first()
    )
    if not isinstance(found, Rotation):
        raise Missing(_("没有编号为 %(pk)s 的轮转，或不在您的查看范围内。") % {"pk": pk})
    return found


def absence(actor: Actor, pk: int) -> Absence:
    """One absence of a trainee of the actor's area; raises Missing."""
    found = (
        Absence.objects.visible_to(actor, "training.view").select_related("traineeship").filter(pk=pk).first()
    )
    if not isinstance(found, Absence):
        raise Missing(_("没有编号为 %(pk)s 的请假，或不在您的查看范围内。") % {"pk": pk})
    return found


def waits_for(actor: Actor) -> list[Waiting]:
    """What waits for a person: applications to answer, arrivals to note, entries to sign."""
    found = []
    today = timezone.localdate()
    if actor.may("training.approve"):
        mine = within(actor.paths("training.approve"), ("host_path",))
        number = Traineeship.objects.filter(mine, state=State.APPLIED).count()
        url = f"{link('training:list')}?state=applied"
        found.append(Waiting("training_applied", _("待答复的进修申请"), number, url))
    if actor.may("training.edit"):
        mine = within(actor.paths("training.edit"), ("host_path",))
        number = Traineeship.objects.filter(mine, state=State.ACCEPTED, planned_from__lte=today).count()
        url = f"{link('training:list')}?state=accepted"
        found.append(Waiting("training_arrival", _("待登记报到的进修人员"), number, url))
    if actor.may("training.teach") or actor.may("training.own"):
        url = link("training:signing" if actor.may("training.teach") else "training:teaching")
        found.append(Waiting("training_sign", _("待签字的进修日志"), to_sign(actor).count(), url))
    return [one for one in found if one.count]
