"""Enrolments, progress, attempts and certificates as an actor may see them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from duikou.core.scope import Actor, ScopedQuerySet
from duikou.wings.education.actions import attending
from duikou.wings.education.models import (
    Attempt,
    Course,
    CourseCertificate,
    Enrolment,
    Lesson,
    LessonRecord,
    PresenceCheck,
)
from duikou.wings.education.queries.courses import one
from duikou.wings.people.models import Person

State = Enrolment.State


def enrolments(actor: Actor) -> ScopedQuerySet:
    """Of the own staff, of the courses taught, one's own: with lessons done and the best result."""
    rows: ScopedQuerySet = Enrolment.objects.visible_to(actor)
    needed = (
        Lesson.objects.filter(course=OuterRef("course"), removed_at=None, required=True)
        .order_by()
        .values("course")
        .annotate(found=Count("pk"))
        .values("found")
    )
    return rows.select_related("course__hospital", "person", "hospital", "department").annotate(
        needed=Coalesce(Subquery(needed), 0),
        done=Count(
            "records",
            filter=Q(
                records__done_at__isnull=False,
                records__lesson__required=True,
                records__lesson__removed_at=None,
            ),
            distinct=True,
        ),
        best=Max("attempts__percent"),
    )


def own_enrolments(actor: Actor) -> QuerySet[Enrolment]:
    """The actor's own, those that are running first."""
    if actor.user_id is None:
        return Enrolment.objects.none()
    rows = enrolments(actor).filter(person__user=actor.user_id)
    return rows.select_related("course__hospital", "certificate")


def own_person(actor: Actor) -> Person | None:
    """Whom the actor's account belongs to."""
    if actor.user_id is None:
        return None
    return Person.objects.filter(user=actor.user_id).select_related("hospital", "department").first()


def own_in(actor: Actor, course: Course) -> Enrolment | None:
    """The actor's own enrolment in a course, unless it was left."""
    if actor.user_id is None:
        return None
    return (
        Enrolment.objects.filter(course=course, person__user=actor.user_id)
        .exclude(state=State.WITHDRAWN)
        .select_related("course__hospital", "person", "hospital")
        .first()
    )


def enrolment(actor: Actor, pk: int) -> Enrolment:
    """One enrolment."""
    return one(enrolments(actor), pk)


def learners(actor: Actor, course: Course) -> QuerySet[Enrolment]:
    """Who learns in a course, as far as the actor may see."""
    return enrolments(actor).filter(course=course)


def attempt(actor: Actor, pk: int) -> Attempt:
    """One of the actor's own attempts: nobody reads somebody else's answers."""
    rows = Attempt.objects.filter(enrolment__person__user=actor.user_id or 0)
    return one(
        rows.select_related("enrolment__course__hospital", "enrolment__person", "enrolment__hospital"), pk
    )


def attempts_of(found: Enrolment) -> QuerySet[Attempt]:
    """Attempts in order."""
    return found.attempts.order_by("number")


def certificate(actor: Actor, pk: int) -> CourseCertificate:
    """One certificate."""
    return one(CourseCertificate.objects.visible_to(actor).select_related("enrolment__person"), pk)


def certificates(actor: Actor) -> QuerySet[CourseCertificate]:
    """All that the actor may see."""
    return CourseCertificate.objects.visible_to(actor).select_related("enrolment")


def open_check(record: LessonRecord) -> PresenceCheck | None:
    """The question whether somebody is there that stands unanswered."""
    return record.checks.filter(answered=None).first()


@dataclass(frozen=True, slots=True)
class Row:
    """A lesson with where a learner stands in it. `shut`: why it cannot be learnt now."""

    lesson: Lesson
    record: LessonRecord | None
    waits_for: tuple[str, ...]  # titles of lessons that must be done before

    @property
    def done(self) -> bool:
        """Whether it is done."""
        return self.record is not None and self.record.done_at is not None

    @property
    def percent(self) -> int:
        """How much of a recording was seen."""
        length = self.lesson.length_seconds
        return min(100, self.record.covered * 100 // length) if self.record and length else 0


def rows_of(course: Course, found: Enrolment | None) -> list[Row]:
    """Every lesson of a course with the learner's progress: three queries, whatever their number."""
    lessons = list(course.lessons.filter(removed_at=None).prefetch_related("requires").order_by("position"))
    records = {one.lesson_id: one for one in found.records.all()} if found else {}
    done = {pk for pk, record in records.items() if record.done_at is not None}
    return [
        Row(
            lesson,
            records.get(lesson.pk),
            tuple(
                need.title
                for need in lesson.requires.all()
                if need.removed_at is None and need.pk not in done
            ),
        )
        for lesson in lessons
    ]


def why_shut(found: Enrolment, lesson: Lesson) -> str:
    """Why a lesson cannot be learnt now; empty when it can."""
    return attending.shut(found, lesson)


def record_of(found: Enrolment, lesson: Lesson) -> LessonRecord | None:
    """The learner's progress in a lesson."""
    return found.records.filter(lesson=lesson).first()


def signed_in(lesson: Lesson) -> QuerySet[LessonRecord]:
    """Who signed in to a lesson, in order."""
    rows = lesson.records.exclude(signed_at=None).annotate(who=F("enrolment__person__name"))
    return rows.select_related("enrolment__person", "enrolment__hospital").order_by("signed_at", "pk")
