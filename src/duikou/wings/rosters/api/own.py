"""One's own duties and wishes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _
from ninja import Router

from duikou.core.errors import Conflict, Invalid, Missing
from duikou.core.rest import Answer, Body, Call, Day, Id, Ref, operation
from duikou.wings.people.models import Person
from duikou.wings.rosters import actions, queries
from duikou.wings.rosters.models import Duty, Wish
from duikou.wings.rosters.queries import rules as reading
from duikou.wings.rosters.queries.duties import own_departments, own_person

router = Router(tags=["rosters"])
LONGEST = 366  # days of duties in one answer


class OwnDuty(Answer):
    """A published duty of the caller."""

    id: int
    day: dt.date
    shift: str
    start: dt.time
    minutes: int
    hospital: str
    department: str


def _duty(duty: Duty) -> dict[str, Any]:
    return {
        "id": duty.pk,
        "day": duty.day,
        "shift": duty.shift.name,
        "start": duty.shift.start,
        "minutes": duty.shift.minutes,
        "hospital": duty.roster.hospital.name,
        "department": duty.roster.department.name,
    }


@operation(
    router, "GET", "/my/duties", response=list[OwnDuty], permission="roster.own",
    zh="我的班次", en="My duties",
)  # fmt: skip
def my_duties(request: Call, first: Day, last: Day) -> Any:
    """From `first` to `last`, both included, at most a year."""
    if not 0 <= (last - first).days < LONGEST:
        raise Invalid(
            "last 应不早于 first，最多一年 / last must not be before first, a year at most",
            fields={"last": ["1–366"]},
        )
    return [_duty(duty) for duty in queries.own_duties(request.actor, first, last)]


class OwnWish(Answer):
    """A wish of the caller for a day: a shift, or (null) a day off. It is weighed, not promised."""

    id: int
    department_id: int
    department: str
    day: dt.date
    shift_id: int | None
    shift: str | None


def _wish(wish: Wish) -> dict[str, Any]:
    return {
        "id": wish.pk,
        "department_id": wish.department_id,
        "department": wish.department.name,
        "day": wish.day,
        "shift_id": wish.shift_id,
        "shift": wish.shift.name if wish.shift else None,
    }


@operation(
    router, "GET", "/my/duty-wishes", response=list[OwnWish], permission="roster.own",
    zh="我的排班意愿", en="My wishes for rosters",
)  # fmt: skip
def my_wishes(request: Call) -> Any:
    """In the order of the days."""
    person = own_person(request.actor)
    return [_wish(wish) for wish in reading.own_wishes(person)] if person else []


class NewWish(Body):
    """For a day in a department where the caller is rostered; without a shift: a day off."""

    department_id: Ref
    day: Day
    shift_id: Ref | None = None


@operation(
    router, "POST", "/my/duty-wishes", response=OwnWish, permission="roster.own",
    zh="登记排班意愿", en="Make a wish",
)  # fmt: skip
def make_wish(request: Call, body: NewWish) -> Any:
    """Replaces the wish for that day; refused once the month is published."""
    person = _person(request)
    departments = {one.pk: one for one in own_departments(person)}
    department = departments.get(body.department_id)
    if department is None:
        raise Missing(_("没有编号为 %(pk)s 的科室，或不在您的查看范围内。") % {"pk": body.department_id})
    shift = None
    if body.shift_id is not None:
        shift = reading.shifts_of([department]).filter(pk=body.shift_id).first()
        if shift is None:
            raise Invalid(_("该科室没有这个班次。"), fields={"shift_id": [_("该科室没有这个班次。")]})
    return _wish(
        actions.make_wish(
            actor=request.actor, person=person, department=department, day=body.day, shift=shift
        )
    )


@operation(
    router, "POST", "/my/duty-wishes/{my_wish_id}/drop", response=list[OwnWish], permission="roster.own",
    zh="撤回排班意愿", en="Take a wish back",
)  # fmt: skip
def drop_wish(request: Call, my_wish_id: Id) -> Any:
    """What is left is in the answer."""
    person = own_person(request.actor)
    found = reading.own_wishes(person).filter(pk=my_wish_id).first() if person else None
    if found is None:
        raise Missing(_("没有编号为 %(pk)s 的意愿。") % {"pk": my_wish_id})
    actions.drop_wish(actor=request.actor, wish=found)
    return my_wishes(request)


def _person(request: Call) -> Person:
    person = own_person(request.actor)
    if person is None:
        raise Conflict(_("您的账号没有关联人员登记。请联系本院联络员。"))
    return person
