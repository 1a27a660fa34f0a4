"""Courses: begun, changed, opened, closed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.actions import act
from duikou.core.errors import Conflict, Invalid, refused
from duikou.core.scope import Actor
from duikou.core.workflow import move
from duikou.wings.education.actions import _common
from duikou.wings.education.models import Course, Lesson, Quiz
from duikou.wings.education.parameters import WATCH_PERCENT
from duikou.wings.education.workflows import COURSE
from duikou.wings.hospitals import catalogue as register
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.hospitals.units import path_in
from duikou.wings.patients import consents

MOST_TEXT = 4000
MOST_HOURS, MOST_CREDITS = Decimal("999.9"), Decimal("99.9")


@dataclass(frozen=True, slots=True)
class Details:
    """What a course says of itself. Hours, credits, class and project are given data."""

    title: str
    specialty: str
    valid_from: dt.date
    valid_to: dt.date
    about: str = ""
    language: str = "zh"
    audience: str = "pairs"
    hospitals: Sequence[Hospital] = ()
    specialties: Sequence[str] = ()
    titles: Sequence[str] = ()
    watch_percent: int = WATCH_PERCENT
    hours: Decimal | None = None
    credit_class: str = ""
    credits: Decimal | None = None
    project_code: str = ""


def create(
    *,
    actor: Actor,
    hospital: Hospital,
    department: Department | None = None,
    details: Details,
    key: str = "",
) -> Course:
    """Begin a course of a hospital, or of one of its departments. The same form sent twice is one course."""
    place = path_in(hospital, department)
    with act("course.create", actor=actor, permission=_common.TEACH, on=place) as event:
        if department is not None and department.hospital_id != hospital.pk:
            raise refused("department", _("请选择本院的科室。"))
        values = _checked(details)
        course = Course(
            hospital=hospital,
            department=department,
            scope_path=place,
            made_by_id=actor.user_id,
            request_key=key,
            **values,
        )
        try:
            with transaction.atomic():
                course.save()
        except IntegrityError:
            before = Course.objects.filter(made_by=actor.user_id, request_key=key).first() if key else None
            if before is None:
                raise
            return before
        course.hospitals.set(details.hospitals if course.audience == Course.Audience.CHOSEN else [])
        event.note(course, after=_noted(course))
    return course


def edit(*, actor: Actor, course: Course, details: Details, version: int | None = None) -> Course:
    """Change what a course says of itself, on the version that was read."""
    with act("course.edit", actor=actor, permission=_common.TEACH, on=course) as event:
        held = _common.editable(course)
        before = _noted(held)
        values = _checked(details)
        won = Course.objects.filter(pk=course.pk, version=course.version if version is None else version)
        if not won.update(version=F("version") + 1, **values):
            raise Conflict(_("课程刚被他人改动。请刷新后再试。"))
        course.refresh_from_db()
        course.hospitals.set(details.hospitals if course.audience == Course.Audience.CHOSEN else [])
        event.note(course, before=before, after=_noted(course))
    return course


def open_(*, actor: Actor, course: Course, version: int | None = None) -> Course:
    """Open a course for enrolment. Raises Conflict, with all that is still lacking."""
    with transaction.atomic():
        COURSE.transitions["open"].require(course, actor)
        if lacking := _lacking(course):
            raise Conflict(_("课程还不能开放：") + _("；").join(lacking))
        _step(course, "open", actor, version=version)
    return course


def close(*, actor: Actor, course: Course, reason: str, version: int | None = None) -> Course:
    """Close a course: nobody enrols or learns any more; certificates stand."""
    return _step(course, "close", actor, reason=reason, version=version)


def reopen(*, actor: Actor, course: Course, reason: str, version: int | None = None) -> Course:
    """Open a closed course again."""
    return _step(course, "reopen", actor, reason=reason, version=version)


def _step(course: Course, name: str, actor: Actor, *, reason: str = "", version: int | None = None) -> Course:
    course.version = course.version if version is None else version
    move(COURSE, course, name, actor=actor, reason=reason, changes={"reason": reason.strip()[:500]})
    return course


def _lacking(course: Course) -> list[str]:
    """What a course still lacks before people can learn in it."""
    lessons = list(course.lessons.filter(removed_at=None).select_related("patient__merged_into", "document"))
    found = []
    if not any(lesson.required for lesson in lessons):
        found.append(_("至少要有一个必修课时"))
    found += [
        _("课时“%(title)s”没有课件文件") % {"title": one.title}
        for one in lessons
        if one.kind == Lesson.Kind.SLIDES and one.document is None
    ]
    found += [
        _("课时“%(title)s”没有视频") % {"title": one.title}
        for one in lessons
        if one.kind == Lesson.Kind.RECORDED and not one.length_seconds
    ]
    found += [
        _("课时“%(title)s”涉及的患者对教学使用的同意已失效") % {"title": one.title}
        for one in lessons
        if one.patient is not None and consents.standing(one.patient, "teaching") is None
    ]
    quiz = Quiz.objects.filter(course=course).first()
    there = course.questions.filter(retired_at=None).count()
    if quiz is not None and there < quiz.draw:
        found.append(
            _("题库有 %(there)s 题，少于每次抽取的 %(draw)s 题") % {"there": there, "draw": quiz.draw}
        )
    return found


def _checked(details: Details) -> dict[str, Any]:
    """The columns; raises Invalid at the field that is wrong."""
    if details.valid_to < details.valid_from:
        raise refused("valid_to", _("截止日期不能早于开始日期 %(day)s。") % {"day": details.valid_from})
    known = dict(register.specialty_choices())
    for field_, given in (("specialty", [details.specialty]), ("specialties", list(details.specialties))):
        if any(one not in known for one in given):
            raise refused(field_, _("请选择目录中的专业。"))
    for field_, value, choices in (
        ("audience", details.audience, Course.Audience.values),
        ("language", details.language, Course.Language.values),
        ("credit_class", details.credit_class, Course.CreditClass.values),
    ):
        if value not in choices:
            raise refused(field_, _("请选择列出的一项。"))
    if details.audience == Course.Audience.CHOSEN and not details.hospitals:
        raise refused("hospitals", _("面向指定医院的课程，请至少选择一家医院。"))
    if not 1 <= details.watch_percent <= 100:
        raise refused("watch_percent", _("观看比例应为 1–100。"))
    return {
        "title": guard.line(details.title, "title", _("课程名称"), 120),
        "about": guard.line(details.about, "about", "", MOST_TEXT, required=False),
        "specialty": details.specialty,
        "language": details.language,
        "audience": details.audience,
        "specialties": list(dict.fromkeys(details.specialties)),
        "titles": [guard.line(one, "titles", _("职称"), 40) for one in dict.fromkeys(details.titles)],
        "valid_from": details.valid_from,
        "valid_to": details.valid_to,
        "watch_percent": details.watch_percent,
        **_worth(details),
    }


def _worth(details: Details) -> dict[str, Any]:
    code = guard.line(details.project_code, "project_code", "", 40, required=False)
    for name, value, most in (
        ("hours", details.hours, MOST_HOURS),
        ("credits", details.credits, MOST_CREDITS),
    ):
        if value is not None and not 0 < value <= most:
            raise refused(name, _("应大于 0，不超过 %(most)s。") % {"most": most})
    if details.credits is None and details.credit_class:
        raise refused("credits", _("选了学分类别，请填写获批的学分。"))
    if details.credits is not None and not (details.credit_class and code):
        name = "credit_class" if not details.credit_class else "project_code"
        raise Invalid(
            _("授予学分的课程，须写明学分类别和项目编号。"),
            fields={name: [_("授予学分的课程必须填写。")]},
        )
    return {
        "hours": details.hours,
        "credits": details.credits,
        "credit_class": details.credit_class,
        "project_code": code,
    }


def _noted(course: Course) -> dict[str, Any]:
    return {
        "title": course.title,
        "audience": course.audience,
        "valid_from": course.valid_from.isoformat(),
        "valid_to": course.valid_to.isoformat(),
        "credits": None if course.credits is None else str(course.credits),
        "credit_class": course.credit_class,
        "project_code": course.project_code,
    }
