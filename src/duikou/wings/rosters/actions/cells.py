"""One cell of a roster by hand: whoever is away or does not work there is refused at once."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from duikou.core.actions import act
from duikou.core.errors import refused
from duikou.core.faces import words
from duikou.core.scope import Actor
from duikou.engines.rostering import Assignment, check
from duikou.wings.rosters.actions._common import claim_draft
from duikou.wings.rosters.models import Duty, Roster
from duikou.wings.rosters.sheet import key_of, sheet_of

NEVER = ("busy", "unknown", "skill")  # conflicts that a cell may not even have in a draft


def assign(
    *,
    actor: Actor,
    roster: Roster,
    version: int,
    person_id: int,
    day: dt.date,
    shift_id: int | None,
    fixed: bool = True,
) -> Roster:
    """Put a person on a shift; without a shift the cell is free.

    `fixed`: working out anew keeps the cell; else it is a place to begin from.
    Raises Invalid for leave, days not on post and missing skills, with the reason; other conflicts are
    shown on the page and have to be solved before the roster is published. Raises Conflict when the
    roster is published or was changed since it was read.
    """
    with act("roster.assign", actor=actor, permission="roster.edit", on=roster) as event:
        sheet = sheet_of(roster)
        key = key_of(person_id)
        if day not in sheet.days:
            raise refused("day", _("%(day)s 不在本月排班表内。") % {"day": day})
        who = sheet.people.get(key)
        if who is None:
            raise refused("person", _("该人员不在本科室本月的排班人员中。"))
        shift = sheet.shifts.get(str(shift_id)) if shift_id else None
        if shift_id and (shift is None or shift.retired_at is not None):
            raise refused("shift", _("本科室没有这个班次，或已停用。"))
        before = next((one for one in sheet.duties if one.person_id == person_id and one.day == day), None)
        if shift is not None:
            cell = Assignment(key, sheet.number(day), str(shift.pk))
            others = [one for one in sheet.assignments if (one.staff, one.day) != (key, cell.day)]
            for conflict in check(sheet.problem, [*others, cell]):
                if conflict.rule in NEVER and conflict.staff == key and conflict.day == cell.day:
                    raise refused("shift", words(conflict.text))
        claim_draft(roster, version)
        Duty.objects.filter(roster=roster, person=person_id, day=day).delete()
        if shift is not None:
            Duty.objects.create(
                roster=roster,
                scope_path=roster.scope_path,
                person=who.person,
                posting=who.posting_on(day),
                day=day,
                shift=shift,
                fixed=fixed,
            )
        event.note(
            roster,
            before={"person": who.person.name, "day": day, "shift": before.shift.name if before else ""},
            after={
                "person": who.person.name,
                "day": day,
                "shift": shift.name if shift else "",
                "fixed": fixed and shift is not None,
            },
        )
    return roster
