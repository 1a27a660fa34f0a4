"""Courses as an actor may see them; one row each raises Missing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.scope import Actor, ScopedQuerySet, around, within
from duikou.wings.education.models import Course, Enrolment, Lesson, Question, QuestionBatch, Quiz
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.pairings.models import Pairing
from duikou.wings.patients.models import Patient
from duikou.wings.people.models import Person
from duikou.wings.postings.models import Posting

TEACH = "course.teach"


def courses(actor: Actor) -> ScopedQuerySet:
    """Those that are offered to the actor, those that the actor takes or teaches, with their numbers."""
    rows: ScopedQuerySet = Course.objects.visible_to(actor)
    return rows.select_related("hospital", "department").annotate(
        lesson_count=Count("lessons", filter=Q(lessons__removed_at=None), distinct=True),
        learner_count=Count(
            "enrolments", filter=~Q(enrolments__state=Enrolment.State.WITHDRAWN), distinct=True
        ),
    )


def taught(actor: Actor) -> QuerySet[Course]:
    """Those that the actor teaches, in any state."""
    return courses(actor).filter(within(actor.paths(TEACH), ("scope_path",)))


def find(actor: Actor, pk: int) -> Course:
    """One course."""
    return one(courses(actor), pk)


def own(actor: Actor, pk: int) -> Course:
    """One that the actor teaches."""
    return one(taught(actor), pk)


def lesson(actor: Actor, pk: int) -> Lesson:
    """A lesson of a course that the actor sees."""
    rows = Lesson.objects.filter(course__in=Course.objects.visible_to(actor), removed_at=None)
    return one(
        rows.select_related(
            "course__hospital", "course__department", "speaker", "document", "posting__person",
            "posting__recipient", "patient__merged_into", "recording", "broadcast",
        ),
        pk,
    )  # fmt: skip


def with_kind(rows: QuerySet[Course], kind: str) -> QuerySet[Course]:
    """Those that hold a lesson of a kind."""
    return rows.filter(pk__in=Lesson.objects.filter(kind=kind, removed_at=None).values("course"))


def lessons_of(course: Course) -> QuerySet[Lesson]:
    """Lessons in order, with what each needs."""
    rows = course.lessons.filter(removed_at=None).select_related("document", "patient__merged_into")
    return rows.prefetch_related("requires").order_by("position")


def quiz_of(course: Course) -> Quiz | None:
    """How the course is examined."""
    return Quiz.objects.filter(course=course).first()


def questions_of(course: Course) -> QuerySet[Question]:
    """The bank as it stands."""
    return course.questions.filter(retired_at=None)


def question(actor: Actor, pk: int) -> Question:
    """A question of a course that the actor teaches: nobody else ever reads one."""
    rows = Question.objects.filter(course__in=taught(actor).values("pk"), retired_at=None)
    return one(rows.select_related("course__hospital"), pk)


def batch(actor: Actor, pk: int) -> QuestionBatch:
    """A workbook that was handed in for a course that the actor teaches."""
    rows = QuestionBatch.objects.filter(course__in=taught(actor).values("pk"))
    return one(rows.select_related("course"), pk)


def places(actor: Actor) -> list[tuple[str, str]]:
    """Hospitals and departments for which the actor may make courses, for a form."""
    paths = actor.paths(TEACH)
    hospitals = Hospital.objects.filter(within(paths, ("scope_path",))).order_by("name")
    departments = (
        Department.objects.filter(within(paths, ("org__path", "hospital__scope_path")), closed_on=None)
        .select_related("hospital")
        .order_by("hospital__name", "name")
    )
    found = [(f"h{row.pk}", row.name) for row in hospitals[:50]]
    return found + [(f"d{row.pk}", f"{row.hospital.name} · {row.name}") for row in departments[:300]]


def place(actor: Actor, key: str) -> tuple[Hospital, Department | None]:
    """One of them. Raises Missing."""
    number = int(key[1:]) if key[1:].isascii() and key[1:].isdigit() and len(key) < 19 else 0
    paths = actor.paths(TEACH)
    if key[:1] == "d":
        rows = Department.objects.filter(within(paths, ("org__path", "hospital__scope_path")), closed_on=None)
        department = one(rows.select_related("hospital__org", "org"), number)
        return department.hospital, department
    rows = Hospital.objects.filter(within(paths, ("scope_path",)))
    return one(rows.select_related("org"), number), None


def audience_choices(hospital: Hospital, course: Course | None = None) -> list[tuple[int, str]]:
    """Hospitals that a course can be meant for: recipients of today, and those that it names already."""
    recipients = Pairing.objects.on(timezone.localdate()).filter(supporter=hospital).values("recipient")
    wanted = Q(pk__in=recipients)
    if course is not None:  # whose pairing has ended stays named until somebody takes it out
        wanted |= Q(pk__in=course.hospitals.values("pk"))
    mine = Hospital.objects.filter(wanted).order_by("name")
    return [(row.pk, row.name) for row in mine]


def hospitals_named(keys: Iterable[int]) -> list[Hospital]:
    """Hospitals by key. Raises Missing for one that is none."""
    wanted = set(keys)
    found = list(Hospital.objects.filter(pk__in=wanted))
    if len(found) != len(wanted):
        raise Missing(_("没有这家医院。"))
    return found


def postings_for(actor: Actor, course: Course) -> QuerySet[Posting]:
    """Postings of the offering hospital that the actor sees, the latest first."""
    rows = Posting.objects.visible_to(actor, "posting.view").filter(
        supporter=course.hospital_id, state__in=Posting.SERVED
    )
    return rows.select_related("person", "recipient").order_by("-first_day", "pk")


def posting_for(actor: Actor, course: Course, pk: int) -> Posting:
    """One of them."""
    return one(postings_for(actor, course), pk)


def speakers_for(course: Course) -> QuerySet[Person]:
    """Staff of the offering hospital."""
    return Person.objects.filter(hospital=course.hospital_id, left_on=None).order_by("name")


def patient_for(actor: Actor, number: str) -> Patient:
    """A patient whom the actor sees as one of those who treat. Raises Missing."""
    rows = Patient.objects.visible_to(actor).standing()
    found = rows.filter(number=number.strip().upper()[:10]).first()
    if found is None:
        raise Missing(_("没有编号为 %(number)s 的患者，或不在您的查看范围内。") % {"number": number[:10]})
    return found


def staff_for(actor: Actor, course: Course) -> QuerySet[Person]:
    """Own staff whom the actor may put into a course: those who are not in it."""
    paths = actor.paths("course.enrol")
    there = Enrolment.objects.filter(course=course).exclude(state=Enrolment.State.WITHDRAWN)
    mine = within(paths, ("hospital__scope_path", "department__org__path"))
    return (
        Person.objects.filter(mine, left_on=None)
        .exclude(pk__in=there.values("person"))
        .select_related("hospital", "department__org")
        .order_by("name", "pk")
    )


def staff_named(actor: Actor, course: Course, keys: Iterable[int]) -> list[Person]:
    """Some of them. Raises Missing for one that is none."""
    wanted = set(keys)
    found = list(staff_for(actor, course).filter(pk__in=wanted))
    if len(found) != len(wanted):
        raise Missing(_("没有这位人员，或不在您的范围内，或已在课程中。"))
    return found


def own_hospitals(actor: Actor) -> QuerySet[Hospital]:
    """Hospitals of the actor's own, for the list's filter."""
    paths = actor.paths("course.view")
    return Hospital.objects.filter(within(paths, ("scope_path",)) | around(paths, ("scope_path",)))


def one(rows: Any, pk: int) -> Any:
    """The row with a key. Raises Missing."""
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有编号为 %(pk)s 的记录，或不在您的查看范围内。") % {"pk": pk})
    return found
