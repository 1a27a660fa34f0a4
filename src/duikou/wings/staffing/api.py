"""REST routes of the overview of people."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from duikou.core.errors import Missing
from duikou.core.listing.parameters import BadParameter
from duikou.core.rest import Answer, Call, Code, Id, Limit, Offset, Page, operation, page_of
from duikou.wings.staffing.figures import Tally, rounded
from duikou.wings.staffing.queries import people
from duikou.wings.staffing.queries.gaps import Proposal, proposals
from duikou.wings.staffing.queries.overview import Line, overview
from duikou.wings.staffing.queries.rows import Area, area_of, month_of

router = Router(tags=["staffing"])
routers = (router,)
MonthName = Annotated[
    str,
    Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", description="2014-06; left out: the latest with staff"),
]
Number = Annotated[float, Field(description="to one decimal")]


class StaffSums(Answer):
    """Posted staff: persons on post in the month, person-months, days on post of the days planned."""

    persons: int
    managers: int
    month: Number
    year: Number
    rate: Number | None


class StaffFigures(StaffSums):
    """With the agreed number (null: still to be agreed), continuity of batches, and trainees.

    `done` counts only the pairings whose agreement has a number, in its own period. `swap_rate`: of the
    trainees' days in the month (`training_days`) those with their specialty posted (`replaced_days`), in
    per cent.
    """

    agreed: int | None
    done: Number | None
    open_pairings: int
    continuity: Number | None
    breaks: int
    bare_days: int
    trainees: int
    training_year: Number
    training_days: int
    replaced_days: int
    swap_rate: Number | None


class TitleStaff(StaffSums):
    """One title, as held when nominated."""

    title: str


class SpecialtyStaff(StaffSums):
    """One specialty."""

    specialty: str


class CountyStaff(StaffFigures):
    """One county: its recipients together."""

    code: str
    name: str
    recipients: int


class HospitalStaff(StaffFigures):
    """One hospital; continuity is a matter of recipients."""

    id: int
    name: str
    side: Literal["recipient", "supporter"]
    county_code: str


class StaffingOverview(Answer):
    """A month in the caller's area; `swap_rate` is that of `whole`."""

    month: str
    until: dt.date
    whole: StaffFigures
    swap_rate: Number | None
    titles: list[TitleStaff]
    specialties: list[SpecialtyStaff]
    counties: list[CountyStaff]
    hospitals: list[HospitalStaff]
    demonstration: bool


def _float(number: Decimal | None) -> float | None:
    return None if number is None else float(number)


def _sums(one: Tally) -> dict[str, Any]:
    return {
        "persons": len(one.persons),
        "managers": len(one.managers),
        "month": _float(rounded(one.month)),
        "year": _float(rounded(one.year)),
        "rate": _float(one.rate),
    }


def _figures(line: Line) -> dict[str, Any]:
    against = line.against
    return {
        **_sums(line.sent),
        "agreed": against.target if against.agreed else None,
        "done": _float(rounded(against.done)) if against.agreed else None,
        "open_pairings": against.open,
        "continuity": _float(line.continuity.percent),
        "breaks": len(line.continuity.breaks),
        "bare_days": line.continuity.days - line.continuity.covered,
        "trainees": len(line.studying.persons),
        "training_year": _float(rounded(line.studying.year)),
        "training_days": line.swap.days,
        "replaced_days": line.swap.replaced,
        "swap_rate": _float(line.swap.percent),
    }


def _area(request: Call, place: int | None) -> Area:
    """The caller's area, narrowed to a unit inside it; what is not there is missing, not malformed."""
    try:
        return area_of(request.actor, str(place or ""))
    except BadParameter as error:
        raise Missing(_("没有这个组织，或不在您的管理范围内。")) from error


@operation(
    router, "GET", "/staffing", response=StaffingOverview, permission="staffing.view",
    zh="人员帮扶总览", en="Overview of people",
)  # fmt: skip
def staffing_overview(request: Call, month: MonthName | None = None, place: Id | None = None) -> Any:
    """The figures of the page; `place`: a province or city (organisation unit) of the caller's area."""
    found = overview(_area(request, place), month_of(request.actor, month or ""))
    return {
        "month": found.month.name,
        "until": found.month.until,
        "whole": _figures(found.whole),
        "swap_rate": _float(found.whole.swap.percent),
        "titles": [{"title": key, **_sums(one)} for key, one in found.titles.items()],
        "specialties": [{"specialty": key, **_sums(one)} for key, one in found.specialties.items()],
        "counties": [
            {"code": c.county.code, "name": c.county.name, "recipients": c.recipients, **_figures(c.line)}
            for c in found.counties
        ],
        "hospitals": [
            *(
                {
                    "id": one.hospital.pk,
                    "name": one.hospital.name,
                    "side": "recipient",
                    "county_code": one.county.code,
                    **_figures(one.line),
                }
                for one in found.recipients
            ),
            *(
                {
                    "id": one.hospital.pk,
                    "name": one.hospital.name,
                    "side": "supporter",
                    "county_code": "",
                    **_figures(one.line),
                    "continuity": None,
                    "breaks": 0,
                    "bare_days": 0,
                }
                for one in found.supporters
            ),
        ],
        "demonstration": found.demonstration,
    }


class WhereaboutsItem(Answer):
    """A person on post or in training on a day of the month."""

    kind: Literal["posting", "training"]
    id: int
    person: str
    title: str
    specialty: str
    office: str
    home: str
    home_department: str
    host: str
    host_department: str
    county_code: str
    county: str
    first: dt.date
    last: dt.date
    leave_days: int
    demonstration: bool


@operation(
    router, "GET", "/staffing/people", response=Page[WhereaboutsItem], permission="posting.view",
    zh="谁在哪里", en="Who is where",
)  # fmt: skip
def staffing_people(
    request: Call,
    month: MonthName | None = None,
    place: Id | None = None,
    kind: Literal["posting", "training"] | None = None,
    county: Code | None = None,
    specialty: Code | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """Whose postings and traineeships the caller may see."""
    rows = people.whereabouts(_area(request, place), month_of(request.actor, month or "", "posting.view"))
    wanted = {"kind": kind, "county_code": county, "specialty": specialty}
    asked = {name: value for name, value in wanted.items() if value is not None}
    found = [row for row in rows if all(getattr(row, name) == value for name, value in asked.items())]
    return page_of(found, limit, offset)


class GapItem(Answer):
    """Days without anybody of a specialty ("": without anybody at all), and the step that would close them.

    `number` is the nomination to approve or the request to nominate for.
    """

    recipient_id: int
    recipient: str
    county_code: str
    specialty: str
    first: dt.date
    last: dt.date
    days: int
    unmanned: bool
    pairing_id: int
    supporters: list[str]
    step: Literal["approve", "nominate", "ask"]
    number: int | None
    candidates: int | None


@operation(
    router, "GET", "/staffing/gaps", response=Page[GapItem], permission="staffing.view",
    zh="即将出现的缺口", en="Upcoming gaps",
)  # fmt: skip
def staffing_gaps(
    request: Call,
    month: MonthName | None = None,
    place: Id | None = None,
    step: Literal["approve", "nominate", "ask"] | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """In the three months after the month, the nearest first."""
    found = proposals(_area(request, place), month_of(request.actor, month or ""))
    return page_of([one for one in found if step in (None, one.step)], limit, offset, _gap)


def _gap(one: Proposal) -> dict[str, Any]:
    return {
        "recipient_id": one.recipient.pk,
        "recipient": one.recipient.name,
        "county_code": one.county.code,
        "specialty": one.gap.specialty,
        "first": one.gap.first,
        "last": one.gap.last,
        "days": one.gap.days,
        "unmanned": one.gap.unmanned,
        "pairing_id": one.pairing.pk,
        "supporters": [each.name for each in one.supporters],
        "step": one.step,
        "number": one.number,
        "candidates": one.candidates,
    }
