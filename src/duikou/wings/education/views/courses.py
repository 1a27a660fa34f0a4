"""A course's page, and what its teachers do with it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duikou.core.actions import require
from duikou.core.errors import Missing
from duikou.core.faces import answer_form, form_key
from duikou.core.pages import PageRequest, both, page
from duikou.core.scope import Actor
from duikou.wings.education import actions, forms
from duikou.wings.education.audience import objection
from duikou.wings.education.models import Course, Enrolment
from duikou.wings.education.queries import courses as desk
from duikou.wings.education.queries import learning
from duikou.wings.education.views._common import (
    at_once,
    course_url,
    credit_words,
    on_course,
    standing_badge,
    state_badge,
)
from duikou.wings.education.wording import act_words
from duikou.wings.education.workflows import COURSE
from duikou.wings.hospitals import catalogue as register
from duikou.wings.pairings.queries.pairings import events_of


def _may_enrol(actor: Actor, course: Course, found: Enrolment | None) -> tuple[bool, str]:
    """Whether to offer enrolment, and what speaks against it."""
    if found is not None or actor.user_id is None or not actor.may("course.learn"):
        return False, ""
    person = learning.own_person(actor)
    if person is None:
        return False, _("您的账号还没有对应的人员，不能选课。请本院医务部门在人员登记中填写您的账号。")
    why = objection(course, person, timezone.localdate())
    return not why, why


@page("course.view")
def course(request: PageRequest, pk: int) -> HttpResponse:
    """One course: what it is, its lessons with the own progress, the quiz, and for teachers its making."""
    actor, found = request.actor, desk.find(request.actor, pk)
    own = learning.own_in(actor, found)
    teaches = actor.may("course.teach", found.scope_path)
    quiz = desk.quiz_of(found)
    may_enrol, why_not = _may_enrol(actor, found, own)
    standing = actions.standing_of(own) if own else None
    attempts = list(learning.attempts_of(own)) if own else []
    return render(
        request,
        "education/course.html",
        {
            "course": found,
            "state": state_badge(found),
            "specialty": register.specialty_label(found.specialty),
            "credit": credit_words(found),
            "limits": _limits(found),
            "rows": learning.rows_of(found, own),
            "own": own,
            "own_state": standing_badge(own) if own else "",
            "standing": standing,
            "certificate": getattr(own, "certificate", None) if own else None,
            "quiz": quiz,
            "attempts": attempts,
            "may_take": bool(
                own and quiz and standing and standing.lessons_done and not standing.passed
                and len([one for one in attempts if one.submitted_at]) < quiz.attempts
            ),
            "may_enrol": may_enrol,
            "why_not": why_not if own is None else "",
            "teaches": teaches,
            "enrols": actor.may("course.enrol") and found.state == Course.State.OPEN,
            "open_steps": {step.id for step in COURSE.available(found, actor)} if teaches else set(),
            "questions": desk.questions_of(found).count() if teaches else 0,
            "events": [
                (e.at, act_words(e.action), e.actor_label, e.reason) for e in reversed(events_of(found))
            ]
            if teaches
            else [],
            "demo_data": found.demonstration,
        },
    )  # fmt: skip


def _limits(found: Course) -> str:
    """For whom a course is, in words."""
    said = [str(found.get_audience_display())]
    if found.audience == Course.Audience.CHOSEN:
        said.append(_("、").join(one.name for one in found.hospitals.all()))
    said += [register.specialty_label(one) for one in found.specialties]
    said += [register.title_label(one) for one in found.titles]
    return " · ".join(said)


@both
@page("course.teach")
def new(request: PageRequest) -> HttpResponse:
    """A new course of the own hospital or department."""
    places = desk.places(request.actor)
    hospitals: list[tuple[int, str]] = []
    if places:
        hospitals = desk.audience_choices(desk.place(request.actor, places[0][0])[0])
    form = forms.NewCourseForm(
        request.POST or None, places=places, hospitals=hospitals, initial={"key": form_key()}
    )

    def do(data: dict[str, Any]) -> Course:
        hospital, department = desk.place(request.actor, data["place"])
        return actions.create(
            actor=request.actor,
            hospital=hospital,
            department=department,
            details=form.details(desk.hospitals_named),
            key=data["key"],
        )

    context = {
        "form": form,
        "title": _("开设课程"),
        "back": reverse("education:taught"),
        "hint": _("先填写课程，再添加课时和测验，最后开放选课。"),
    }
    said = _("课程已建立。请添加课时。")
    return answer_form(request, form, do, "education/act.html", context, said=said, then=course_url)


@both
@page("course.teach")
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Change what a course says of itself."""
    found = desk.own(request.actor, pk)
    first = {name: getattr(found, name) for name in forms.CourseForm.base_fields if name != "hospitals"}
    first["hospitals"] = [str(one.pk) for one in found.hospitals.all()]
    form = forms.CourseForm(
        request.POST or None, initial=first, hospitals=desk.audience_choices(found.hospital, found)
    )
    return on_course(
        request,
        found,
        form,
        lambda _data: actions.edit(
            actor=request.actor, course=found, details=form.details(desk.hospitals_named)
        ),
        title=_("修改课程"),
        said=_("已保存。"),
    )


@require_POST
@page("course.teach")
def open_(request: PageRequest, pk: int) -> HttpResponse:
    """Open for enrolment."""
    found = desk.own(request.actor, pk)
    return at_once(
        request,
        lambda: actions.open_(actor=request.actor, course=found),
        _("课程已开放选课。"),
        course_url(found),
    )


@both
@page("course.teach")
def step(request: PageRequest, pk: int, name: str) -> HttpResponse:
    """Close, or open again, with the reason."""
    acts = {
        "close": (actions.close, _("结束课程"), _("课程已结束。已发的证书不受影响。")),
        "reopen": (actions.reopen, _("重新开放"), _("课程已重新开放。")),
    }
    if name not in acts:
        raise Missing(_("没有这一步。"))
    act, title, said = acts[name]
    found = desk.own(request.actor, pk)
    form = forms.ReasonForm(request.POST or None)
    return on_course(
        request,
        found,
        form,
        lambda data: act(actor=request.actor, course=found, reason=data["reason"]),
        title=title,
        said=said,
        button=title,
    )


@require_POST
@page("course.learn")
def enrol(request: PageRequest, pk: int) -> HttpResponse:
    """Take a course oneself."""
    found = desk.find(request.actor, pk)
    return at_once(
        request,
        lambda: actions.enrol(actor=request.actor, course=found),
        _("已选课，可以开始学习。"),
        course_url(found),
    )


@both
@page("course.enrol")
def enrol_staff(request: PageRequest, pk: int) -> HttpResponse:
    """Put own staff into a course."""
    require(request.actor, "course.enrol", None)
    found = desk.find(request.actor, pk)
    staff = list(desk.staff_for(request.actor, found)[:300])
    form = forms.StaffForm(request.POST or None, found=staff)
    return on_course(
        request,
        found,
        form,
        lambda data: actions.enrol_staff(
            actor=request.actor,
            course=found,
            persons=desk.staff_named(request.actor, found, data["persons"]),
        ),
        title=_("为本科室（本院）人员选课"),
        said=_("已选课。"),
        hint="" if staff else _("没有可以选课的人员：都已在课程中，或不在您的范围内。"),
        permission="",
    )


@both
@page("course.view")
def withdraw(request: PageRequest, pk: int) -> HttpResponse:
    """Leave a course."""
    found = learning.enrolment(request.actor, pk)
    mine = found.person.user_id == request.actor.user_id
    if not mine:
        require(request.actor, "course.enrol", (found.home_path,))
    form = forms.PlainForm(request.POST or None) if mine else forms.ReasonForm(request.POST or None)
    return on_course(
        request,
        found.course,
        form,
        lambda data: actions.withdraw(actor=request.actor, enrolment=found, reason=data.get("reason", "")),
        title=_("退出课程"),
        said=_("已退出课程；学习记录保留，重新选课后继续。"),
        hint=_("退出后不能再学习和测验；重新选课后接着原来的进度。"),
        permission="",
        then=reverse("education:courses"),
        button=_("退出课程"),
    )
