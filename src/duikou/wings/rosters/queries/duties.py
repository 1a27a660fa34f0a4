"""Duties of a person, published ones only, and with whom they can be exchanged."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.scope import Actor
from duikou.wings.hospitals.models import Department
from duikou.wings.people.models import Person
from duikou.wings.postings.models import Posting
from duikou.wings.rosters.actions.swaps import new_conflicts
from duikou.wings.rosters.models import Duty, SwapRequest
from duikou.wings.rosters.sheet import ROSTERED, sheet_of

NEAR = dt.timedelta(days=14)  # duties that are offered for an exchange lie so near


def duties_of(person: Person, first: dt.date, last: dt.date) -> QuerySet[Duty]:
    """A person's published duties from `first` to `last`, both included. Unscoped: for other wings."""
    return (
        Duty.objects.filter(person=person, day__range=(first, last), roster__state="published")
        .select_related("shift", "roster__department", "roster__hospital", "posting")
        .order_by("day")
    )


def own_person(actor: Actor) -> Person | None:
    """The person behind an account that may see its own duties."""
    if actor.user_id is None or not actor.may("roster.own"):
        return None
    return (
        Person.objects.select_related("department__hospital", "hospital").filter(user=actor.user_id).first()
    )


def own_duties(actor: Actor, first: dt.date, last: dt.date) -> QuerySet[Duty]:
    """One's own published duties."""
    person = own_person(actor)
    return duties_of(person, first, last) if person else Duty.objects.none()


def own_departments(person: Person) -> list[Department]:
    """Where a person is rostered: the own department, and those of the postings."""
    posted = Posting.objects.filter(person=person, state__in=ROSTERED).values("host_department")
    rows = Department.objects.filter(roster_rules__isnull=False).select_related("hospital", "org")
    return list(rows.filter(Q(pk=person.department_id) | Q(pk__in=posted)).order_by("pk"))


def own_swaps(actor: Actor) -> QuerySet[SwapRequest]:
    """Exchanges that one has asked for or is asked for."""
    mine = SwapRequest.own_rows(actor)
    rows = SwapRequest.objects.filter(mine) if mine else SwapRequest.objects.none()
    return rows.select_related("asker", "other", "asker_shift", "other_shift", "roster__department")


def duty_beside(duty: Duty, pk: int) -> Duty:
    """Another duty of the same roster, to exchange with; raises Missing where there is none."""
    found = (
        Duty.objects.filter(roster=duty.roster_id, pk=pk).select_related("shift", "person", "roster").first()
    )
    if found is None:
        raise Missing(_("没有编号为 %(pk)s 的班次，或不在同一张排班表上。") % {"pk": pk})
    return found


def counterparts(duty: Duty) -> list[Duty]:
    """Colleagues' duties of the same roster that may lawfully be exchanged with this one, nearest first."""
    sheet = sheet_of(duty.roster)
    own_days = {one.day for one in sheet.duties if one.person_id == duty.person_id}
    taken = {(one.person_id, one.day) for one in sheet.duties}
    found = []
    for one in sheet.duties:
        if one.person_id == duty.person_id or abs(one.day - duty.day) > NEAR:
            continue
        if one.day == duty.day and one.shift_id == duty.shift_id:
            continue  # nothing would change
        if one.day != duty.day and (one.day in own_days or (one.person_id, duty.day) in taken):
            continue  # one of them works already on the other's day
        if not new_conflicts(sheet, duty, one):
            found.append(one)
    return sorted(found, key=lambda one: (abs(one.day - duty.day), one.day, one.person.name))
