"""One hospital's techniques: standing, approvals, cases, what happened in order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.models import StoredDocument
from duikou.core.scope import Actor
from duikou.policy.model import Technique
from duikou.wings.capabilities.models import Approval, Performance
from duikou.wings.hospitals import catalogue
from duikou.wings.hospitals.models import Capability, Hospital
from duikou.wings.hospitals.queries import find_hospital
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person

Row = TypeVar("Row", Approval, Performance)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a technique's timeline, newest first on the page."""

    on: dt.date
    at: dt.datetime
    title: str
    detail: str
    by: str
    document: StoredDocument | None
    approval: Approval | None = None  # for the buttons beside it
    performance: Performance | None = None
    cancelled: str = ""  # why it no longer stands


@dataclass(frozen=True, slots=True)
class Record:
    """A technique at a hospital."""

    hospital: Hospital
    technique: Technique
    capability: Capability | None
    approvals: Sequence[Approval]
    performances: Sequence[Performance]
    supporters: Sequence[Hospital]  # that support the hospital today
    persons: Sequence[Person]  # of those supporters

    @property
    def cases(self) -> int:
        """Cases that stand."""
        return sum(done.cases for done in self.performances if done.withdrawn_at is None)

    def leave_of(self, hospital: Hospital, today: dt.date) -> Approval | None:
        """The hospital's approval that holds today."""
        return next(
            (
                each
                for each in self.approvals
                if each.hospital_id == hospital.pk
                and each.kind == Approval.Kind.LEAVE
                and each.on <= today
                and (each.ended_on is None or each.ended_on > today)
            ),
            None,
        )


def recipient(actor: Actor, pk: int) -> Hospital:
    """A hospital whose record the actor may see. Raises Missing.

    A supporter sees the records of the hospitals that it supports, as it sees their entries.
    """
    found = find_hospital(actor, pk)
    partners = Pairing.objects.visible_to(actor, "capability.view").filter(recipient=found)
    if not actor.may("capability.view", found.scope_path) and not partners.exists():
        raise Missing(_("没有编号为 %(pk)s 的医院，或不在您的查看范围内。") % {"pk": pk})
    return found


def technique(technique_id: str) -> Technique:
    """A technique of the catalogue. Raises Missing."""
    found = catalogue.techniques().get(technique_id)
    if found is None:
        raise Missing(_("技术目录中没有“%(id)s”。请从技术能力页进入。") % {"id": technique_id})
    return found


def record(actor: Actor, hospital: Hospital, technique_id: str) -> Record:
    """Everything that the page of a technique shows, in a fixed number of queries."""
    found = technique(technique_id)
    capability = Capability.objects.filter(hospital=hospital, technique=technique_id).first()
    mine = Q(capability=capability) if capability else Q(pk__in=[])
    supporters = supporters_of(hospital, timezone.localdate())
    return Record(
        hospital,
        found,
        capability,
        list(Approval.objects.filter(mine).select_related("hospital", "approved_by", "document")),
        list(
            Performance.objects.filter(mine).select_related("supporter", "person", "recorded_by", "document")
        ),
        supporters,
        list(Person.objects.filter(hospital__in=supporters, left_on=None).order_by("hospital_id", "name")),
    )


def supporters_of(hospital: Hospital, day: dt.date) -> list[Hospital]:
    """Hospitals that support the hospital on a day; where none does, those of its latest pairings."""
    pairings = Pairing.objects.filter(recipient=hospital).select_related("supporter").order_by("-end", "pk")
    found = [pairing for pairing in pairings if pairing.start <= day <= pairing.end]
    if not found and pairings:
        last = max(pairing.end for pairing in pairings)
        found = [pairing for pairing in pairings if pairing.end == last]
    return list({pairing.supporter_id: pairing.supporter for pairing in found}.values())


def last_day(hospital: Hospital, today: dt.date) -> dt.date:
    """The day that forms begin with: today, or the last day on which somebody supported the hospital."""
    ends = Pairing.objects.filter(recipient=hospital).values_list("end", flat=True)
    return min(today, max(ends, default=today))


def timeline(record: Record) -> list[Entry]:
    """Approvals, ends and cases, newest first."""
    entries = []
    for each in record.approvals:
        title = f"{each.hospital.name} · {each.get_kind_display()}"
        ended = _("%(on)s 起停止：%(why)s") % {"on": each.ended_on, "why": each.ended_reason}
        entries.append(
            Entry(
                each.on,
                each.recorded_at,
                title,
                each.number,
                str(each.approved_by or "—"),
                each.document,
                approval=each,
                cancelled=ended if each.ended_on else "",
            )
        )
    for done in record.performances:
        who = " · ".join(filter(None, (str(done.supporter or ""), done.person.name if done.person else "")))
        title = _("%(by)s %(cases)s 例") % {"by": done.get_by_display(), "cases": done.cases}
        withdrawn = _("已撤回：%(why)s") % {"why": done.withdrawn_reason}
        entries.append(
            Entry(
                done.on,
                done.recorded_at,
                title,
                " · ".join(filter(None, (who, done.note))),
                str(done.recorded_by or "—"),
                done.document,
                performance=done,
                cancelled=withdrawn if done.withdrawn_at else "",
            )
        )
    return sorted(entries, key=lambda entry: (entry.on, entry.at), reverse=True)


def approval(actor: Actor, pk: int) -> Approval:
    """One approval of a hospital whose record the actor may see. Raises Missing."""
    return _one(actor, Approval.objects.select_related("capability__hospital", "hospital", "document"), pk)


def performance(actor: Actor, pk: int) -> Performance:
    """One record of cases of a hospital whose record the actor may see. Raises Missing."""
    return _one(actor, Performance.objects.select_related("capability__hospital", "document"), pk)


def _one(actor: Actor, rows: QuerySet[Row], pk: int) -> Row:
    """The row, if its recipient's record is for this actor's eyes: supporters see it, too."""
    found = rows.filter(pk=pk).first()
    if found is not None:
        with suppress(Missing):
            recipient(actor, found.capability.hospital_id)
            return found
    raise Missing(_("没有编号为 %(pk)s 的记录，或不在您的查看范围内。") % {"pk": pk})
