"""Wishes of those who are rostered: made by oneself."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from duikou.core.actions import act
from duikou.core.errors import Missing, refused
from duikou.core.scope import Actor
from duikou.wings.hospitals.models import Department
from duikou.wings.hospitals.units import path_in
from duikou.wings.people.models import Person
from duikou.wings.rosters.actions._common import oneself
from duikou.wings.rosters.models import Roster, Shift, Wish
from duikou.wings.rosters.sheet import key_of, people_of

MOST = 10  # wishes of a person for a month


def make_wish(
    *, actor: Actor, person: Person, department: Department, day: dt.date, shift: Shift | None
) -> Wish:
    """Wish for a shift, or for a day off, on a day; the wish of the day before it is replaced.

    Raises Denied for somebody else's, Invalid where the person does not work there on that day, the
    month is published already, or there are too many wishes.
    """
    with act("roster_wish.make", actor=actor, permission="roster.own") as event:
        oneself(actor, person)
        if key_of(person.pk) not in people_of(department, day, day):
            raise refused("day", _("%(day)s 您不在该科室排班。请核对日期。") % {"day": day})
        if shift is not None and (shift.department_id != department.pk or shift.retired_at is not None):
            raise refused("shift", _("该科室没有这个班次。"))
        first = day.replace(day=1)
        if Roster.objects.filter(department=department, month=first, state="published").exists():
            raise refused("day", _("%(month)s 的排班表已经发布。请改用换班。") % {"month": f"{first:%Y-%m}"})
        month = Wish.objects.filter(
            department=department, person=person, day__year=day.year, day__month=day.month
        )
        if month.exclude(day=day).count() >= MOST:
            raise refused("day", _("每月最多 %(n)s 个意愿。请先撤回一个。") % {"n": MOST})
        wish, _made = Wish.objects.update_or_create(
            department=department,
            person=person,
            day=day,
            defaults={
                "shift": shift,
                "scope_path": path_in(department.hospital, department),
                "made_by_id": actor.user_id,
            },
        )
        event.note(wish, after={"day": day, "shift": shift.name if shift else ""}, scope_path=wish.scope_path)
    return wish


def drop_wish(*, actor: Actor, wish: Wish) -> None:
    """Take one's own wish back."""
    with act("roster_wish.drop", actor=actor, permission="roster.own") as event:
        oneself(actor, wish.person)
        event.note(wish, before={"day": wish.day}, scope_path=wish.scope_path)
        if not Wish.objects.filter(pk=wish.pk).delete()[0]:
            raise Missing(_("这个意愿已经撤回。"))
