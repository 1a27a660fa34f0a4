"""What the pages share: badges, words, forms of one course."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from duikou.core.actions import require
from duikou.core.faces import answer_form, badge, done
from duikou.core.pages import PageRequest
from duikou.wings.education.models import Course, Enrolment, Lesson
from duikou.wings.education.queries import courses as desk
from duikou.wings.education.workflows import COURSE

LOOKS = {"draft": "neutral", "open": "success", "closed": "info"}
STANDING = {"active": "info", "completed": "success", "withdrawn": "neutral"}


def state_badge(course: Course) -> str:
    """A course's state as a badge."""
    return badge(LOOKS[course.state], COURSE.states[course.state].label)


def standing_badge(found: Enrolment) -> str:
    """An enrolment's state as a badge."""
    return badge(STANDING[found.state], found.get_state_display())


def credit_words(course: Any) -> str:
    """Class and number of a course's or certificate's credits; a dash without."""
    if course.credits is None:
        return "—"
    return _("%(class)s %(credits)s 分") % {
        "class": course.get_credit_class_display(),
        "credits": course.credits,
    }


def course_url(course: Course) -> str:
    """The address of a course's page."""
    return reverse("education:course", args=[course.pk])


def lesson_url(lesson: Lesson) -> str:
    """The address of a lesson's page."""
    return reverse("education:lesson", args=[lesson.pk])


def on_course(
    request: PageRequest,
    course: Course,
    form: Form,
    do: Callable[[Any], Any],
    *,
    title: str,
    said: str,
    hint: object = "",
    then: str | Callable[[Any], str] = "",
    permission: str = "course.teach",
    template: str = "education/act.html",
    **more: Any,
) -> HttpResponse:
    """Show an act's form on a course that the actor teaches; carry it out, or say what stands against it."""
    if permission:
        require(request.actor, permission, (course.scope_path,))
    back = course_url(course)
    context = {"form": form, "title": title, "course": course, "back": back, "hint": hint, **more}
    return answer_form(request, form, do, template, context, said=said, then=then or back)


def at_once(request: PageRequest, do: Callable[[], Any], said: str, then: str) -> HttpResponse:
    """Carry out an act that needs no form."""
    do()
    done(request, said)
    return redirect(then)


def taught_lesson(request: PageRequest, pk: int) -> Lesson:
    """A lesson of a course that the actor teaches. Raises Denied for one that is only seen."""
    lesson = desk.lesson(request.actor, pk)
    require(request.actor, "course.teach", (lesson.course.scope_path,))
    return lesson
