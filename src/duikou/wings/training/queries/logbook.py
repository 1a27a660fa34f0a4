"""Entries of logbooks: whose tutor somebody is, what waits for a signature, what adds up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, Sum
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.scope import Actor, ScopedQuerySet, within
from duikou.wings.training.models import LogEntry, Rotation, Traineeship

State = LogEntry.State


@dataclass(frozen=True, slots=True)
class Total:
    """How often something was done in a traineeship, and how much of it is signed."""

    kind: str
    label: str
    number: int
    signed: int


def _taught_by(actor: Actor) -> Q:
    """Condition of an entry: the actor is the tutor of the stay that its day lies in."""
    if actor.user_id is None or not actor.may("training.own"):
        return Q(pk__in=[])
    stays = Rotation.objects.filter(
        traineeship=OuterRef("traineeship"),
        withdrawn_at=None,
        first_day__lte=OuterRef("on"),
        last_day__gte=OuterRef("on"),
        tutor__user=actor.user_id,
    )
    return Q(Exists(stays))


def may_sign(actor: Actor, entry: LogEntry) -> bool:
    """Whether the actor is the tutor of the entry's day (heads of departments sign by permission)."""
    return LogEntry.objects.filter(_taught_by(actor), pk=entry.pk).exists()


def to_sign(actor: Actor) -> ScopedQuerySet:
    """Entries that wait for the actor: as the tutor of the stay, or as the department's head."""
    mine = within(actor.paths("training.teach"), ("host_path",))
    own = Q(traineeship__person__user=actor.user_id) if actor.user_id else Q(pk__in=[])
    rows: ScopedQuerySet = LogEntry.objects.filter(state=State.WRITTEN)
    if mine:  # an empty condition means everything
        rows = rows.filter(mine | _taught_by(actor))
    return rows.exclude(own).select_related("traineeship__person", "traineeship__recipient")


def entry_to_sign(actor: Actor, pk: int) -> LogEntry:
    """One entry that the actor may sign or give back, signed or not; raises Missing."""
    mine = within(actor.paths("training.teach"), ("host_path",))
    rows = LogEntry.objects.select_related("traineeship__person")
    if mine:
        rows = rows.filter(mine | _taught_by(actor))
    return _one(rows.filter(pk=pk).first(), pk)


def own_entry(actor: Actor, pk: int) -> LogEntry:
    """One entry of the actor's own book; raises Missing."""
    rows = LogEntry.objects.filter(traineeship__person__user=actor.user_id or 0)
    return _one(rows.select_related("traineeship__person").filter(pk=pk).first(), pk)


def totals(traineeship: Traineeship) -> Iterable[Total]:
    """The counters of a logbook in the order of the list of kinds; one query."""
    found = {
        kind: (number, signed or 0)
        for kind, number, signed in LogEntry.objects.filter(traineeship=traineeship)
        .order_by()
        .values("kind")
        .annotate(all=Sum("number"), signed=Sum("number", filter=Q(state=State.SIGNED)))
        .values_list("kind", F("all"), F("signed"))
    }
    return [
        Total(kind.value, str(kind.label), *found[kind.value])
        for kind in LogEntry.Kind
        if kind.value in found
    ]


def _one(found: LogEntry | None, pk: int) -> LogEntry:
    if found is None:
        raise Missing(_("没有编号为 %(pk)s 的日志，或不在您的查看范围内。") % {"pk": pk})
    return found
