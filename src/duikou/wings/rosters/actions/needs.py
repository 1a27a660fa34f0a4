"""How many the shifts take: by day of the week, and on dates of their own, such as holidays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db.models import F
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.actions import act
from duikou.core.errors import Conflict, refused
from duikou.core.scope import Actor
from duikou.wings.hospitals.models import Department
from duikou.wings.rosters.actions._common import place_of
from duikou.wings.rosters.models import Need, RosterRules, Shift
from duikou.wings.rosters.models.rules import MOST_NEEDED
from duikou.wings.rosters.needs import WEEK, Needs, needs_of

LONGEST = 31  # dates set at once
EARLIEST, LATEST = dt.date(2012, 1, 1), dt.date(2100, 12, 31)


def set_week(
    *, actor: Actor, rules: RosterRules, version: int, people: Mapping[tuple[int, int], int]
) -> RosterRules:
    """Set what the shifts take on each day of the week, by shift and day (0: Monday).

    What is as usual for the shift is not kept, so that a later change of the shift counts there. Raises
    Conflict when somebody else was faster, Invalid for shifts of others and impossible numbers.
    """
    department = rules.department
    with act("roster_need.set_week", actor=actor, permission="roster.edit", on=rules) as event:
        shifts = _shifts_of(department)
        usual, before = Needs(), needs_of(department)
        for (shift, weekday), number in people.items():
            if weekday not in WEEK:
                raise refused("people", _("星期应为 0（星期一）到 6（星期日）。"))
            _check(shifts, shift, number)
        if not RosterRules.objects.filter(pk=rules.pk, version=version).update(version=F("version") + 1):
            raise Conflict(_("排班规则刚被他人改动。请刷新后再试。"))
        Need.objects.filter(day=None, shift__in={shift for shift, _weekday in people}).delete()
        Need.objects.bulk_create(
            Need(
                department=department,
                scope_path=rules.scope_path,
                shift=shifts[shift],
                weekday=weekday,
                people=number,
            )
            for (shift, weekday), number in people.items()
            if number != usual.on_weekday(shifts[shift], weekday)
        )
        after = needs_of(department)
        event.note(rules, before=_told(before, shifts), after=_told(after, shifts))
        rules.refresh_from_db()
    return rules


def set_days(
    *,
    actor: Actor,
    department: Department,
    first_day: dt.date,
    last_day: dt.date,
    people: Mapping[int, int],
    note: str = "",
) -> list[dt.date]:
    """Set what the shifts take from `first_day` to `last_day`, both included; returns the dates.

    The numbers go before those of the day of the week. What was set for these dates before is replaced.
    """
    with act("roster_need.set_days", actor=actor, permission="roster.edit") as event:
        path = place_of(department, actor)
        if last_day < first_day:
            raise refused(
                "last_day",
                _("最后一天 %(last)s 早于第一天 %(first)s。请改正日期。")
                % {"first": first_day, "last": last_day},
            )
        if not EARLIEST <= first_day <= last_day <= LATEST:
            raise refused(
                "first_day",
                _("日期应在 %(from)s 到 %(to)s 之间。") % {"from": EARLIEST, "to": LATEST},
            )
        length = (last_day - first_day).days + 1
        if length > LONGEST:
            raise refused("last_day", _("一次最多设定 %(n)s 天。请分段设定。") % {"n": LONGEST})
        shifts = _shifts_of(department)
        if not people:
            raise refused("people", _("没有写明任何班次的人数。"))
        for shift, number in people.items():
            _check(shifts, shift, number)
        note = note.strip()
        guard.check(Need, {"note": note})
        days = [first_day + dt.timedelta(days=n) for n in range(length)]
        Need.objects.filter(department=department, day__in=days).delete()
        Need.objects.bulk_create(
            Need(
                department=department,
                scope_path=path,
                shift=shifts[shift],
                day=day,
                people=number,
                note=note,
            )
            for day in days
            for shift, number in people.items()
        )
        event.note(
            label=department.name,
            after={
                "first_day": first_day,
                "last_day": last_day,
                "note": note,
                "people": {shifts[shift].name: number for shift, number in people.items()},
            },
            scope_path=path,
        )
    return days


def drop_day(*, actor: Actor, department: Department, day: dt.date) -> None:
    """Let a date be as its day of the week again."""
    with act("roster_need.drop_day", actor=actor, permission="roster.edit") as event:
        path = place_of(department, actor)
        if not Need.objects.filter(department=department, day=day).delete()[0]:
            raise Conflict(_("%(day)s 没有单独设定人数，或已经取消。") % {"day": day})
        event.note(label=department.name, before={"day": day}, scope_path=path)


def _shifts_of(department: Department) -> dict[int, Shift]:
    return {one.pk: one for one in Shift.objects.filter(department=department, retired_at=None)}


def _check(shifts: Mapping[int, Shift], shift: int, number: int) -> None:
    if shift not in shifts:
        raise refused("people", _("本科室没有这个班次，或已停用。"))
    if not 0 <= number <= MOST_NEEDED:
        raise refused(
            "people",
            _("“%(shift)s”的人数应为 0 到 %(most)s，实际 %(n)s。")
            % {"shift": shifts[shift].name, "most": MOST_NEEDED, "n": number},
        )


def _told(needs: Needs, shifts: Mapping[int, Shift]) -> dict[str, list[int]]:
    """The week of each shift, for the trail."""
    return {one.name: [needs.on_weekday(one, weekday) for weekday in WEEK] for one in shifts.values()}
