"""Numbers of remote education per pair, department, teacher and month; no name of anybody who learns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncMonth

from duikou.core.scope import Actor, within
from duikou.wings.education.models import Enrolment, LessonRecord

KEYS: dict[str, tuple[str, str]] = {
    "pair": ("course__hospital__name", "hospital__name"),
    "department": ("hospital__name", "department__name"),
}


@dataclass(slots=True)
class Line:
    """One pair, department, teacher or month with its numbers."""

    first: str
    second: str
    courses: int
    learners: int
    lessons_done: int
    signed: int
    completed: int
    hours_watched: float  # credited, to one decimal
    demonstration: bool


def counts(actor: Actor, by: str) -> list[Line]:
    """Learning in the actor's area, in two queries whatever the rows."""
    area = within(actor.paths("course.count"), ("home_path", "teach_path"))
    enrolled: Any = Enrolment.objects.filter(area).exclude(state=Enrolment.State.WITHDRAWN).order_by()
    records: Any = LessonRecord.objects.filter(enrolment__in=enrolled.values("pk")).order_by()
    if by == "teacher":
        people: Any = None
        done: Any = records.values(
            first=F("lesson__course__hospital__name"), second=F("lesson__speaker_name")
        )
    elif by == "month":
        people = enrolled.annotate(first=TruncMonth("enrolled_at")).values("first")
        done = records.exclude(done_at=None).annotate(first=TruncMonth("done_at")).values("first")
    else:
        first, second = KEYS[by]
        people = enrolled.values(first=F(first), second=F(second))
        done = records.values(first=F(f"enrolment__{first}"), second=F(f"enrolment__{second}"))
    lines: dict[tuple[str, str], Line] = {}
    if people is not None:
        for row in people.annotate(
            courses=Count("course", distinct=True),
            learners=Count("person", distinct=True),
            completed=Count("pk", filter=Q(state=Enrolment.State.COMPLETED)),
            invented=Count("pk", filter=Q(demonstration=True)),
        ):
            line = _line(lines, row, by)
            line.courses, line.learners, line.completed = row["courses"], row["learners"], row["completed"]
            line.demonstration |= bool(row["invented"])
    for row in done.annotate(
        courses=Count("lesson__course", distinct=True),
        learners=Count("enrolment__person", distinct=True),
        lessons_done=Count("pk", filter=Q(done_at__isnull=False)),
        signed=Count("pk", filter=Q(signed_at__isnull=False)),
        seconds=Sum("credited"),
        invented=Count("pk", filter=Q(demonstration=True)),
    ):
        line = _line(lines, row, by)
        if people is None:
            line.courses, line.learners = row["courses"], row["learners"]
        line.lessons_done, line.signed = row["lessons_done"], row["signed"]
        line.hours_watched = round((row["seconds"] or 0) / 3600, 1)
        line.demonstration |= bool(row["invented"])
    return sorted(lines.values(), key=lambda line: (line.first, line.second))


def _line(lines: dict[tuple[str, str], Line], row: dict[str, Any], by: str) -> Line:
    first = row["first"].strftime("%Y-%m") if by == "month" else row["first"] or ""
    key = (first, row.get("second") or "")
    return lines.setdefault(key, Line(*key, 0, 0, 0, 0, 0, 0.0, False))
