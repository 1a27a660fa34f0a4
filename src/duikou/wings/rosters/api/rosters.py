"""Rosters with their duties, cover and conflicts: opened, worked out, changed, published, taken back."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from duikou.core.faces import words
from duikou.core.rest import (
    Answer,
    Because,
    Body,
    Call,
    Day,
    Id,
    Limit,
    Offset,
    Page,
    Ref,
    Versioned,
    Yes,
    operation,
    page_of,
)
from duikou.wings.rosters import actions, queries
from duikou.wings.rosters.board import cover_of
from duikou.wings.rosters.models import Roster
from duikou.wings.rosters.sheet import sheet_of

router = Router(tags=["rosters"])
State = Literal["draft", "published"]
MonthName = Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="2014-06")]


class RosterItem(Answer):
    """A department's roster of a month (`month`: its first day); `posted` of its people are posted."""

    id: int
    hospital_id: int
    hospital: str
    department_id: int
    department: str
    month: dt.date
    state: State
    people: int
    posted: int
    shifts: int
    version: int
    demonstration: bool


class RosterDuty(Answer):
    """One shift of one person on one day; `fixed`: set by hand."""

    id: int
    person_id: int
    person: str
    posting_id: int | None
    day: dt.date
    shift_id: int
    shift: str
    fixed: bool


class RosterConflict(Answer):
    """A rule that the roster breaks; with a `hard` one it cannot be published."""

    rule: str
    hard: bool
    day: dt.date | None
    text: str
    cost: int


class RosterCover(Answer):
    """How many are on a shift of a day (`there`), and how many it takes (`need`)."""

    shift_id: int
    day: dt.date
    there: int
    need: int


class RosterChange(Answer):
    """A cell that the last working out changed of the draft; null: a day off."""

    person_id: int
    day: dt.date
    shift_before: int | None
    shift_after: int | None


class RosterRecord(RosterItem):
    """A roster with its duties, its cover and what is in conflict.

    `cost`, `bound` and `changes`: of the last working out.
    """

    duties: list[RosterDuty]
    conflicts: list[RosterConflict]
    cover: list[RosterCover]
    cost: int | None
    bound: int | None
    changes: list[RosterChange]


def _item(roster: Any) -> dict[str, Any]:
    return {
        "id": roster.pk,
        "hospital_id": roster.hospital_id,
        "hospital": roster.hospital.name,
        "department_id": roster.department_id,
        "department": roster.department.name,
        "month": roster.month,
        "state": roster.state,
        "people": roster.people,
        "posted": roster.posted,
        "shifts": roster.shifts,
        "version": roster.version,
        "demonstration": roster.demonstration,
    }


@operation(
    router, "GET", "/rosters", response=Page[RosterItem], permission="roster.view",
    zh="月排班表", en="Monthly rosters",
)  # fmt: skip
def list_rosters(
    request: Call,
    hospital: Id | None = None,
    department: Id | None = None,
    state: State | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """Rosters of the caller's departments, latest month first."""
    rows = queries.rosters(request.actor)
    for name, value in (("hospital", hospital), ("department", department), ("state", state)):
        if value is not None:
            rows = rows.filter(**{name: value})
    return page_of(rows.order_by("-month", "department_id"), limit, offset, _item)


def _record(request: Call, pk: int) -> dict[str, Any]:
    roster = queries.find_roster(request.actor, pk)
    sheet = sheet_of(roster)
    persons = {duty.person_id for duty in sheet.duties}
    roster.people = len(persons)  # type: ignore[attr-defined]
    roster.posted = len({d.person_id for d in sheet.duties if d.posting_id})  # type: ignore[attr-defined]
    roster.shifts = len(sheet.duties)  # type: ignore[attr-defined]
    return {
        **_item(roster),
        "cost": roster.cost,
        "bound": roster.bound,
        "duties": [
            {
                "id": duty.pk,
                "person_id": duty.person_id,
                "person": duty.person.name,
                "posting_id": duty.posting_id,
                "day": duty.day,
                "shift_id": duty.shift_id,
                "shift": duty.shift.name,
                "fixed": duty.fixed,
            }
            for duty in sheet.duties
        ],
        "conflicts": [
            {
                "rule": one.rule,
                "hard": one.hard,
                "day": None if one.day is None else sheet.problem.date(one.day),
                "text": words(one.text),
                "cost": one.cost,
            }
            for one in sheet.conflicts
        ],
        "cover": [
            {"shift_id": line.shift.pk, "day": cell.day, "there": cell.there, "need": cell.need}
            for line in cover_of(sheet)
            for cell in line.cells
        ],
        "changes": [
            {"person_id": person, "day": day, "shift_before": before, "shift_after": after}
            for person, day, before, after in roster.changes
        ],
    }


@operation(
    router, "GET", "/rosters/{roster_id}", response=RosterRecord, permission="roster.view",
    zh="一张排班表", en="One roster",
)  # fmt: skip
def roster(request: Call, roster_id: Id) -> Any:
    """With every duty and every conflict."""
    return _record(request, roster_id)


class NewRoster(Body):
    """The roster of a department for a month."""

    department_id: Ref
    month: MonthName


@operation(
    router, "POST", "/rosters", response=RosterRecord, permission="roster.edit",
    zh="新建排班表", en="Open a roster",
)  # fmt: skip
def open_roster(request: Call, body: NewRoster) -> Any:
    """The department needs rules and people; 409 where the month has a roster."""
    department = queries.find_department(request.actor, body.department_id)
    made = actions.open_roster(
        actor=request.actor,
        department=department,
        month=dt.date.fromisoformat(f"{body.month}-01"),
    )
    return _record(request, made.pk)


class Solving(Answer):
    """The job that works the roster out; see `/jobs/{job_id}`."""

    job_id: str


@operation(
    router, "POST", "/rosters/{roster_id}/solve", response=Solving, permission="roster.edit",
    zh="后台生成排班表", en="Work a roster out",
)  # fmt: skip
def solve_roster(request: Call, roster_id: Id) -> Any:
    """From the draft that there is, in the background; fixed cells stay."""
    found = queries.find_roster(request.actor, roster_id)
    return {"job_id": str(actions.request_solution(actor=request.actor, roster=found).pk)}


class NewCell(Versioned):
    """One person's day: the shift, or null for none; `fixed`: working the roster out keeps it."""

    person_id: Ref
    day: Day
    shift_id: Ref | None = None
    fixed: Yes = True


@operation(
    router, "POST", "/rosters/{roster_id}/cells", response=RosterRecord, permission="roster.edit",
    zh="更改一格班次", en="Change one cell",
)  # fmt: skip
def change_cell(request: Call, roster_id: Id, body: NewCell) -> Any:
    """Refused for leave, days not on post and missing skills; other conflicts are in the answer."""
    found = queries.find_roster(request.actor, roster_id)
    actions.assign(
        actor=request.actor,
        roster=found,
        version=body.version,
        person_id=body.person_id,
        day=body.day,
        shift_id=body.shift_id,
        fixed=body.fixed,
    )
    return _record(request, roster_id)


@operation(
    router, "POST", "/rosters/{roster_id}/publish", response=RosterRecord, permission="roster.edit",
    zh="发布排班表", en="Publish a roster",
)  # fmt: skip
def publish_roster(request: Call, roster_id: Id, body: Versioned) -> Any:
    """Refused while a hard conflict is left."""
    found = queries.find_roster(request.actor, roster_id)
    actions.publish(actor=request.actor, roster=found, version=body.version)
    return _record(request, roster_id)


class TakenBack(Versioned, Because):
    """Why a published roster is taken back."""


@operation(
    router, "POST", "/rosters/{roster_id}/reopen", response=RosterRecord, permission="roster.edit",
    zh="收回排班表", en="Take a roster back",
)  # fmt: skip
def reopen_roster(request: Call, roster_id: Id, body: TakenBack) -> Any:
    """To correct it; nobody sees duties of it until it is published anew."""
    found: Roster = queries.find_roster(request.actor, roster_id)
    actions.reopen(actor=request.actor, roster=found, version=body.version, reason=body.reason)
    return _record(request, roster_id)
