"""What a department rosters by: limits, shifts with their numbers of each day, single dates."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from duikou.core.errors import Missing
from duikou.core.rest import (
    Answer,
    Body,
    Call,
    Count,
    Day,
    FormLine,
    Id,
    Limit,
    Offset,
    Page,
    Ref,
    Versioned,
    operation,
    page_of,
)
from duikou.wings.rosters import actions, queries
from duikou.wings.rosters.models import RosterRules
from duikou.wings.rosters.needs import WEEK, needs_of, special_days
from duikou.wings.rosters.queries import rules as reading

router = Router(tags=["rosters"])


class RosterDepartment(Answer):
    """A department of the caller; `begun`: it has rules."""

    id: int
    department: str
    hospital_id: int
    hospital: str
    begun: bool


@operation(
    router, "GET", "/roster-departments", response=Page[RosterDepartment], permission="roster.view",
    zh="排班的科室", en="Departments that roster",
)  # fmt: skip
def list_roster_departments(request: Call, limit: Limit = 50, offset: Offset = 0) -> Any:
    """By hospital and name."""
    return page_of(
        reading.departments_with_rules(request.actor),
        limit,
        offset,
        lambda one: {
            "id": one.pk,
            "department": one.name,
            "hospital_id": one.hospital_id,
            "hospital": one.hospital.name,
            "begun": one.begun,
        },
    )


class RosterShift(Answer):
    """A shift in use. `week`: how many it takes, Monday first."""

    id: int
    name: str
    mark: str
    kind: Literal["outpatient", "ward", "duty"]
    start: dt.time
    minutes: int
    senior_need: int
    skill: str
    rest_after: bool
    week: list[int]


class ShiftPeople(Answer):
    """How many a shift takes."""

    shift_id: int
    people: int


class SpecialDate(Answer):
    """A date with numbers of its own, which go before those of the day of the week."""

    day: dt.date
    note: str
    people: list[ShiftPeople]


class DepartmentRules(RosterDepartment):
    """With limits, shifts and dates of their own; `version` is null where nothing has begun."""

    version: int | None
    rest_hours: int | None
    max_run: int | None
    max_duties: int | None
    max_weekends: int | None
    max_hours: int | None
    shifts: list[RosterShift]
    special_dates: list[SpecialDate]


LIMITS = ("version", "rest_hours", "max_run", "max_duties", "max_weekends", "max_hours")


def _answer(request: Call, pk: int) -> dict[str, Any]:
    department = queries.find_department(request.actor, pk)
    rules = reading.rules_of(department)
    shifts = list(reading.shifts_of([department]))
    needs = needs_of(department)
    return {
        "id": department.pk,
        "department": department.name,
        "hospital_id": department.hospital_id,
        "hospital": department.hospital.name,
        "begun": rules is not None,
        **{name: getattr(rules, name, None) for name in LIMITS},
        "shifts": [
            {
                "id": one.pk,
                "name": one.name,
                "mark": one.mark,
                "kind": one.kind,
                "start": one.start,
                "minutes": one.minutes,
                "senior_need": one.senior_need,
                "skill": one.skill,
                "rest_after": one.rest_after,
                "week": [needs.on_weekday(one, weekday) for weekday in WEEK],
            }
            for one in shifts
        ],
        "special_dates": [
            {
                "day": one.day,
                "note": one.note,
                "people": [{"shift_id": shift, "people": n} for shift, n in sorted(one.people.items())],
            }
            for one in special_days(needs, shifts)
        ],
    }


@operation(
    router, "GET", "/roster-departments/{department_id}", response=DepartmentRules,
    permission="roster.view", zh="一个科室的排班规则", en="A department's roster rules",
)  # fmt: skip
def department_rules(request: Call, department_id: Id) -> Any:
    """With what the shifts take on each day of the week and on single dates."""
    return _answer(request, department_id)


class WeekOfShift(Versioned):
    """How many a shift takes on each day of the week, Monday first; `version` of the rules."""

    shift_id: Ref
    week: Annotated[list[Count], Field(min_length=7, max_length=7)]


@operation(
    router, "POST", "/roster-departments/{department_id}/week", response=DepartmentRules,
    permission="roster.edit", zh="设定每天所需人数", en="Set the week of a shift",
)  # fmt: skip
def set_week(request: Call, department_id: Id, body: WeekOfShift) -> Any:
    """Other shifts stay as they are."""
    actions.set_week(
        actor=request.actor,
        rules=_rules(request, department_id),
        version=body.version,
        people={(body.shift_id, weekday): number for weekday, number in enumerate(body.week)},
    )
    return _answer(request, department_id)


class PeopleOfShift(Body):
    """How many a shift takes."""

    shift_id: Ref
    people: Count


class SpecialDates(Body):
    """Dates from `first_day` to `last_day`, at most 31; `note` is shown on the roster."""

    first_day: Day
    last_day: Day
    note: FormLine | None = None
    people: Annotated[list[PeopleOfShift], Field(min_length=1, max_length=50)]


@operation(
    router, "POST", "/roster-departments/{department_id}/dates", response=DepartmentRules,
    permission="roster.edit", zh="设定节假日人数", en="Set the need of single dates",
)  # fmt: skip
def set_dates(request: Call, department_id: Id, body: SpecialDates) -> Any:
    """What was set for these dates before is replaced."""
    actions.set_days(
        actor=request.actor,
        department=queries.find_department(request.actor, department_id),
        first_day=body.first_day,
        last_day=body.last_day,
        note=body.note or "",
        people={one.shift_id: one.people for one in body.people},
    )
    return _answer(request, department_id)


class OneDate(Body):
    """A date."""

    day: Day


@operation(
    router, "POST", "/roster-departments/{department_id}/dates/drop", response=DepartmentRules,
    permission="roster.edit", zh="取消单独设定的人数", en="Drop a date's own numbers",
)  # fmt: skip
def drop_date(request: Call, department_id: Id, body: OneDate) -> Any:
    """The date goes by its day of the week again."""
    actions.drop_day(
        actor=request.actor,
        department=queries.find_department(request.actor, department_id),
        day=body.day,
    )
    return _answer(request, department_id)


def _rules(request: Call, pk: int) -> RosterRules:
    found = reading.rules_of(queries.find_department(request.actor, pk))
    if found is None:
        raise Missing(f"科室 {pk} 还没有排班规则 / department {pk} has no roster rules yet")
    return found
