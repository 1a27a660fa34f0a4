"""What a department rosters by: rules, shifts, who takes part, days away, wishes.

The department comes from `find_department`, so that its rows are within the actor's reach.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.jobs.models import Job
from duikou.core.scope import Actor
from duikou.wings.hospitals.models import Department
from duikou.wings.people.models import Person
from duikou.wings.rosters.models import Absence, Member, Roster, RosterRules, Shift, Wish
from duikou.wings.rosters.queries.rosters import departments


def departments_with_rules(actor: Actor) -> QuerySet[Department]:
    """Departments whose rosters the actor sees, and whether they have begun."""
    rows: QuerySet[Department] = departments(actor, "roster.view").annotate(
        begun=Exists(RosterRules.objects.filter(department=OuterRef("pk")))
    )
    return rows


def rules_of(department: Department) -> RosterRules | None:
    """The rules, where the department has begun."""
    return RosterRules.objects.filter(department=department).first()


def shifts_of(departments: Iterable[Department | int | str]) -> QuerySet[Shift]:
    """Shifts in use."""
    return Shift.objects.filter(department__in=list(departments), retired_at=None).select_related(
        "department"
    )


def left_out_of(department: Department) -> QuerySet[Member]:
    """Who takes no part."""
    return Member.objects.filter(department=department, takes_part=False).select_related("person")


def member_of(department: Department, person: int) -> Member | None:
    """How a person takes part, where something was set."""
    return Member.objects.filter(department=department, person=person).select_related("person").first()


def absences_of(department: Department, first: dt.date, last: dt.date) -> QuerySet[Absence]:
    """Days away that touch a time."""
    return Absence.objects.filter(
        department=department, withdrawn_at=None, last_day__gte=first, first_day__lte=last
    ).select_related("person")


def wishes_of(department: Department, first: dt.date, last: dt.date) -> QuerySet[Wish]:
    """Wishes for days of a time."""
    return Wish.objects.filter(department=department, day__range=(first, last)).select_related(
        "person", "shift"
    )


def find_shift(actor: Actor, pk: int) -> Shift:
    """One shift. Raises Missing."""
    found = Shift.objects.visible_to(actor).select_related("department__hospital").filter(pk=pk).first()
    if not isinstance(found, Shift):
        raise Missing(_("没有编号为 %(pk)s 的班次，或不在您的查看范围内。") % {"pk": pk})
    return found


def find_absence(actor: Actor, pk: int) -> Absence | None:
    """Entered days away that the actor may take back."""
    return Absence.objects.visible_to(actor, "roster.edit").filter(pk=pk).first()


# ---------------------------------------------------------------- one's own


def own_wishes(person: Person | None) -> QuerySet[Wish]:
    """One's own wishes."""
    return Wish.objects.filter(person=person).select_related("shift", "department", "person")


def job_of(roster: Roster) -> Job | None:
    """The work on a roster that is not over."""
    if not roster.job_id:
        return None
    return Job.objects.filter(pk=roster.job_id, state__in=(Job.State.READY, Job.State.RUNNING)).first()
