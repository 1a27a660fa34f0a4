"""The department's rules: limits, shifts, people, days away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Model
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.actions import act
from duikou.core.errors import Conflict, refused
from duikou.core.scope import Actor
from duikou.wings.hospitals.models import Department
from duikou.wings.people.models import Person
from duikou.wings.rosters.actions._common import place_of
from duikou.wings.rosters.models import Absence, Member, RosterRules, Shift
from duikou.wings.rosters.sheet import key_of, people_of

LONGEST_ABSENCE = 366

# What a department starts from and then changes: usual hours of a county hospital, no rule of any document.
USUAL_SHIFTS: tuple[dict[str, Any], ...] = (
    {"name": "门诊", "mark": "门", "kind": "outpatient", "start": dt.time(8), "minutes": 540},
    {
        "name": "病房",
        "mark": "病",
        "kind": "ward",
        "start": dt.time(8),
        "minutes": 600,
        "weekend_need": 1,
    },
    {
        "name": "值班",
        "mark": "值",
        "kind": "duty",
        "start": dt.time(17),
        "minutes": 900,
        "weekend_need": 1,
        "rest_after": True,
    },
)
SHIFT_FIELDS = (
    "name", "mark", "kind", "start", "minutes", "weekday_need", "weekend_need", "senior_need", "skill",
    "rest_after", "position",
)  # fmt: skip
LIMITS = (
    "rest_hours", "max_run", "max_duties", "max_weekends", "max_hours", "cover_weight", "wish_weight",
    "fair_weight",
)  # fmt: skip


def begin(*, actor: Actor, department: Department) -> RosterRules:
    """Give a department rules and the usual shifts to start from; the rules that it has already stay."""
    with act("roster_rules.begin", actor=actor, permission="roster.edit") as event:
        path = place_of(department, actor)
        rules, made = RosterRules.objects.get_or_create(department=department, defaults={"scope_path": path})
        if made:
            Shift.objects.bulk_create(
                Shift(department=department, scope_path=path, position=number, **values)
                for number, values in enumerate(USUAL_SHIFTS, start=1)
            )
        event.note(rules, after={"department": department.name, "made": made}, scope_path=path)
    return rules


def set_limits(*, actor: Actor, rules: RosterRules, version: int, values: Mapping[str, int]) -> RosterRules:
    """Change limits and weights. Raises Conflict when somebody else was faster."""
    with act("roster_rules.change", actor=actor, permission="roster.edit", on=rules) as event:
        before = {name: getattr(rules, name) for name in LIMITS}
        changed = {name: values[name] for name in LIMITS}
        _check(RosterRules(pk=rules.pk, department=rules.department, **changed), LIMITS)
        won = RosterRules.objects.filter(pk=rules.pk, version=version).update(
            version=F("version") + 1, **changed
        )
        if not won:
            raise Conflict(_("排班规则刚被他人改动。请刷新后再试。"))
        rules.refresh_from_db()
        event.note(rules, before=before, after=changed)
    return rules


def keep_shift(
    *, actor: Actor, department: Department, values: Mapping[str, Any], shift: Shift | None = None
) -> Shift:
    """Add a shift, or change one. A shift that stands in rosters keeps its times and kind."""
    with act("roster_shift.keep", actor=actor, permission="roster.edit") as event:
        path = place_of(department, actor)
        row = shift or Shift(department=department, scope_path=path)
        before = {name: getattr(row, name) for name in SHIFT_FIELDS} if shift else None
        if shift and shift.retired_at is not None:
            raise Conflict(_("这个班次已经停用，请新建一个。"))
        if shift and shift.duties.exists():
            for name in ("kind", "start", "minutes"):
                if values[name] != getattr(shift, name):
                    raise refused(
                        name, _("这个班次已经排过班，不能改类别和时间。请停用它，另建一个新的班次。")
                    )
        for name in SHIFT_FIELDS:
            setattr(row, name, values[name].strip() if isinstance(values[name], str) else values[name])
        if not 30 <= row.minutes <= 2880:
            raise refused("minutes", _("时长应为 30 到 2880 分钟，实际 %(n)s。") % {"n": row.minutes})
        if row.senior_need > max(row.weekday_need, row.weekend_need):
            raise refused("senior_need", _("其中副高以上的人数多于所需人数。请改正。"))
        _check(row, SHIFT_FIELDS)
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as error:
            raise refused(
                "mark", _("简称“%(mark)s”已被本科室另一个班次使用。请换一个。") % {"mark": row.mark}
            ) from error
        event.note(
            row,
            before=before and {k: str(v) for k, v in before.items()},
            after={name: str(getattr(row, name)) for name in SHIFT_FIELDS},
            scope_path=path,
        )
    return row


def retire_shift(*, actor: Actor, shift: Shift) -> None:
    """Use a shift no more; rosters keep what was made with it."""
    with act("roster_shift.retire", actor=actor, permission="roster.edit", on=shift) as event:
        if not Shift.objects.filter(pk=shift.pk, retired_at=None).update(retired_at=timezone.now()):
            raise Conflict(_("这个班次已经停用。"))
        event.note(shift)


def set_member(
    *,
    actor: Actor,
    department: Department,
    person: Person,
    takes_part: bool,
    skills: str = "",
    max_duties: int | None = None,
) -> Member:
    """Say how a person takes part. Raises Invalid for somebody who does not work in the department."""
    with act("roster_member.set", actor=actor, permission="roster.edit") as event:
        path = place_of(department, actor)
        _check_works_there(department, person, dt.date.min, dt.date.max)
        words = "、".join(filter(None, (one.strip() for one in skills.replace("，", "、").split("、"))))
        row = Member.objects.filter(department=department, person=person).first()
        row = row or Member(department=department, scope_path=path, person=person)
        row.takes_part, row.skills, row.max_duties = takes_part, words, max_duties
        _check(row, ("takes_part", "skills", "max_duties"))
        row.save()
        event.note(
            row,
            after={"takes_part": takes_part, "skills": words, "max_duties": max_duties},
            scope_path=path,
        )
    return row


def add_absence(
    *,
    actor: Actor,
    department: Department,
    person: Person,
    first_day: dt.date,
    last_day: dt.date,
    reason: str,
) -> Absence:
    """Enter days on which a person cannot be rostered; leave from a posting is known without it."""
    with act("roster_absence.add", actor=actor, permission="roster.edit") as event:
        path = place_of(department, actor)
        if last_day < first_day:
            raise refused(
                "last_day",
                _("最后一天 %(last)s 早于第一天 %(first)s。请改正日期。")
                % {"first": first_day, "last": last_day},
            )
        if (last_day - first_day).days >= LONGEST_ABSENCE:
            raise refused("last_day", _("一次最多登记 %(n)s 天。请分段登记。") % {"n": LONGEST_ABSENCE})
        if reason not in Absence.Reason.values:
            raise refused("reason", _("请选择事由。"))
        _check_works_there(department, person, first_day, last_day)
        row = Absence.objects.create(
            department=department,
            scope_path=path,
            person=person,
            first_day=first_day,
            last_day=last_day,
            reason=reason,
        )
        event.note(
            row,
            after={"first_day": first_day, "last_day": last_day, "reason": reason},
            scope_path=path,
        )
    return row


def withdraw_absence(*, actor: Actor, absence: Absence) -> None:
    """Take entered days back."""
    with act("roster_absence.withdraw", actor=actor, permission="roster.edit", on=absence) as event:
        if not Absence.objects.filter(pk=absence.pk, withdrawn_at=None).update(withdrawn_at=timezone.now()):
            raise Conflict(_("这条记录已经撤回。请刷新页面。"))
        event.note(absence)


def _check_works_there(department: Department, person: Person, first: dt.date, last: dt.date) -> None:
    known = Member.objects.filter(department=department, person=person).exists()
    if not known and key_of(person.pk) not in people_of(department, first, last):
        raise refused(
            "person", _("%(person)s 在这段日期不在本科室工作，也未派驻到本科室。") % {"person": person.name}
        )


def _check(row: Model, fields: tuple[str, ...]) -> None:
    """Raise Invalid for values outside the limits of their columns."""
    guard.check(type(row), {name: getattr(row, name) for name in fields})
    from django.core.exceptions import ValidationError

    for name in fields:
        column = row._meta.get_field(name)
        try:
            column.clean(getattr(row, name), row)  # type: ignore[union-attr]
        except ValidationError as error:
            raise refused(name, " ".join(error.messages)) from error
