"""All consultations that wait for a live session with one hospital's experts, as a problem for the engine.

`problem_of` makes the problem from the tables, `outcome_of` makes rows for people of what was found.
Nothing is written here; whoever accepts a plan writes (`actions.planning`).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.errors import Conflict
from duikou.core.faces import words
from duikou.engines.scheduling import BadProblem, Meeting, Plan, Problem, Request, Seat
from duikou.engines.scheduling import Expert as Offered
from duikou.engines.scheduling.check import check_problem
from duikou.engines.scheduling.explain import Other, why_meeting, why_none
from duikou.engines.text import Text
from duikou.wings.hospitals.catalogue import pack
from duikou.wings.hospitals.models import Hospital
from duikou.wings.telehealth import catalogue
from duikou.wings.telehealth.actions.answers import candidate_of, reasons
from duikou.wings.telehealth.models import Consultation, Expert, Opinion, Slot

CELL = 5  # minutes
PER_DAY = 1440 // CELL
LEAD = dt.timedelta(minutes=30)  # nobody is told of a session that begins in a moment
URGENT = {"routine": 1, "urgent": 4, "emergency": 16}
POOL = "pool"  # who is eligible is judged by the rules, not by the engine's specialties
OTHERS = 8  # experts of whom it is told why they were not chosen
State = Consultation.State


def waiting(hospital: Hospital) -> list[Consultation]:
    """Consultations that want a live session, have no time yet, and have or need one expert."""
    alone = Q(state=State.ASSIGNED) | (Q(state=State.ACCEPTED) & ~Q(kind=Consultation.Kind.GROUP))
    rows = Consultation.objects.filter(alone, invited=hospital, live=True, slot=None)
    return list(rows.select_related("patient__merged_into", "inviting").order_by("pk"))


def problem_of(hospital: Hospital, now: dt.datetime) -> Problem:
    """The problem as it stands. Raises Conflict when nothing waits, or no expert offers a time."""
    days = catalogue.number(catalogue.TIMES, "days_ahead")
    first = timezone.localdate(now)
    frame = Problem(first, days, PER_DAY, (), ())
    cases = waiting(hospital)
    if not cases:
        raise Conflict(_("没有等待安排连线时间的会诊：只安排希望实时连线、还没有时间的。"))
    experts = _experts(hospital, frame, now)
    if not any(one.free for one in experts.values()):
        raise Conflict(_("专家没有登记今后的空闲时段。请专家先登记，或直接书面答复。"))
    held, fixed = _held(hospital, frame, now)
    problem = Problem(
        first,
        days,
        PER_DAY,
        tuple(experts.values()),
        (*(_request(one, frame, now, set(experts)) for one in cases), *held),
        fixed=fixed,
        forbidden=_forbidden(cases, hospital, experts),
    )
    try:
        check_problem(problem)
    except BadProblem as error:
        raise Conflict(words(error.text)) from None
    return problem


def _cell(frame: Problem, at: dt.datetime, *, up: bool) -> int:
    """The cell of a moment in the hospitals' clock; upwards to the next whole one."""
    local = timezone.localtime(at).replace(tzinfo=None)
    cell = frame.cell_of(local)
    return cell + 1 if up and frame.time_of(cell) < local else cell


def _stretches(frame: Problem, begins: dt.datetime, ends: dt.datetime) -> list[tuple[int, int]]:
    """A time as stretches that each lie within one day."""
    first = max(_cell(frame, begins, up=True), 0)
    last = min(_cell(frame, ends, up=False), frame.days * PER_DAY)
    found = []
    while first < last:
        midnight = (first // PER_DAY + 1) * PER_DAY
        found.append((first, min(last, midnight)))
        first = midnight
    return found


def _experts(hospital: Hospital, frame: Problem, now: dt.datetime) -> dict[str, Offered]:
    rows = Expert.objects.filter(hospital=hospital, left_at=None).select_related("person").order_by("pk")
    free: dict[int, list[tuple[int, int]]] = {row.pk: [] for row in rows}
    slots = Slot.objects.filter(expert__in=rows, withdrawn_at=None, consultation=None, ends_at__gt=now)
    for slot in slots:
        free[slot.expert_id] += _stretches(frame, max(slot.begins_at, now), slot.ends_at)
    return {
        str(row.pk): Offered(
            key=str(row.pk),
            name=row.person.name,
            hospital=str(hospital.pk),
            specialties=frozenset((POOL,)),
            grade=pack().title_rank(row.person.title),
            free=tuple(sorted(free[row.pk])),
            most=catalogue.number(catalogue.TIMES, "most_a_day"),
            buffer=-(-catalogue.number(catalogue.TIMES, "pause_minutes") // CELL),
        )
        for row in rows
    }


def _held(hospital: Hospital, frame: Problem, now: dt.datetime) -> tuple[list[Request], tuple[Meeting, ...]]:
    """Times that are agreed already: they stand, with their pauses."""
    rows = Slot.objects.filter(
        expert__hospital=hospital, expert__left_at=None, withdrawn_at=None, ends_at__gt=now
    ).exclude(consultation=None)
    requests, meetings = [], []
    for slot in rows:
        for first, last in _stretches(frame, slot.begins_at, slot.ends_at)[:1]:
            key = f"held{slot.pk}"
            requests.append(Request(key, key, (Seat(POOL, 0),), last - first, first, last))
            meetings.append(Meeting(key, first, (str(slot.expert_id),)))
    return requests, tuple(meetings)


def _request(one: Consultation, frame: Problem, now: dt.datetime, experts: set[str]) -> Request:
    length = -(-catalogue.number(catalogue.TIMES, "session_minutes") // CELL)
    horizon = frame.days * PER_DAY
    release = _cell(frame, now + LEAD, up=True)
    until = one.due_at if one.state == State.ASSIGNED else catalogue.due(one.urgency, State.ASSIGNED, now)
    due = min(_cell(frame, until, up=False), horizon) if until else horizon
    urgency, wished = URGENT[one.urgency], frozenset[int]()
    if one.wanted_at is not None:
        day = frame.day_of(_cell(frame, one.wanted_at, up=False))
        if 0 <= day < frame.days:
            wished = frozenset((day,))
            due = max(due, (day + 1) * PER_DAY)  # the inviting side asked for that day itself
    if due - release < length:  # late already: as soon as can be
        due, urgency = horizon, urgency * 2
    earlier = _earlier(one)
    return Request(
        key=str(one.pk),
        name=f"{one.get_kind_display()} {one.pk}",
        seats=(Seat(POOL, 0),),
        length=length,
        release=release,
        due=due,
        urgency=urgency,
        days=wished,
        earlier=earlier if earlier in experts else None,
    )


def _earlier(one: Consultation) -> str | None:
    """The expert who signed for this patient before."""
    rows = Opinion.objects.filter(consultation__patient=one.patient_id).exclude(consultation=one)
    found = rows.order_by("-signed_at").values_list("seat__expert", flat=True).first()
    return None if found is None else str(found)


def _forbidden(
    cases: list[Consultation], hospital: Hospital, experts: dict[str, Offered]
) -> frozenset[tuple[str, str]]:
    """Who may not be asked: anybody but the expert named; where none is, whoever the rules refuse."""
    rows = Expert.objects.filter(hospital=hospital, left_at=None).select_related(
        "person__user", "person__department__org", "hospital"
    )
    known = {str(row.pk): (row, candidate_of(row)) for row in rows}
    found = set()
    for one in cases:
        seats = one.seats.filter(released_at=None, chair=True)
        named = {str(pk) for pk in seats.values_list("expert", flat=True)}
        for key in experts:
            row, candidate = known[key]
            if one.state == State.ASSIGNED:
                barred = key not in named
            else:
                barred = any(reason.blocking for reason in reasons(row, one, candidate))
            if barred:
                found.add((str(one.pk), key))
    return frozenset(found)


def outcome_of(problem: Problem, plan: Plan) -> dict[str, Any]:
    """What was found, as it is kept and shown: each time with its reason, each that got none with its own."""
    names = {expert.key: expert.name for expert in problem.experts}
    requests = {request.key: request for request in problem.requests}
    met = [one for one in plan.meetings if not one.request.startswith("held")]
    rows = []
    for meeting in sorted(met, key=lambda one: (one.start, one.request)):
        text, others = why_meeting(problem, plan.meetings, meeting)
        begins = _moment(problem, meeting.start)
        ends = _moment(problem, meeting.start + requests[meeting.request].length)
        rows.append(
            {
                "consultation": int(meeting.request),
                "expert": int(meeting.experts[0]),
                "name": names[meeting.experts[0]],
                "begins": begins.isoformat(),
                "ends": ends.isoformat(),
                "why": both(text),
                "others": _told(others),
            }
        )
    none = []
    for key in sorted(plan.unserved, key=int):
        text, others = why_none(problem, plan.meetings, requests[key])
        none.append({"consultation": int(key), "why": both(text), "others": _told(others)})
    return {
        "meetings": rows,
        "unserved": none,
        "status": plan.status.value,
        "cost": plan.value.total,
        "bound": plan.bound,
        "seconds": round(plan.cpu_seconds, 2),
    }


def _moment(problem: Problem, cell: int) -> dt.datetime:
    return timezone.make_aware(problem.time_of(cell))


def both(text: Text) -> dict[str, str]:
    """A text as JSON."""
    return {"zh": text.zh, "en": text.en}


def _told(others: tuple[Other, ...]) -> list[dict[str, str]]:
    return [both(one.text) for one in others[:OTHERS]]
