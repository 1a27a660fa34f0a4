"""Making lessons: their form, order, slides, code of sign-in, who signed in."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duikou.core.errors import Conflict
from duikou.core.pages import PageRequest, both, page
from duikou.core.times import time_words
from duikou.wings.education import actions, forms
from duikou.wings.education.actions import Plan
from duikou.wings.education.models import Course, Lesson
from duikou.wings.education.queries import courses as desk
from duikou.wings.education.queries import learning
from duikou.wings.education.views._common import at_once, course_url, lesson_url, on_course, taught_lesson
from duikou.wings.media import queries as videos


def _form(request: PageRequest, course: Course, lesson: Lesson | None) -> forms.LessonForm:
    earlier = [one for one in desk.lessons_of(course) if lesson is None or one.position < lesson.position]
    postings = [
        (one.pk, f"{one.person.name} → {one.recipient.name} {one.first_day}")
        for one in desk.postings_for(request.actor, course)[:200]
    ]
    first: dict[str, Any] = {}
    if lesson is not None:
        first = {
            name: getattr(lesson, name)
            for name in ("kind", "title", "about", "required", "speaker_name", "place", "minutes")
        }
        for name in ("begins_at", "ends_at", "sign_from", "sign_until"):
            if at := getattr(lesson, name):
                first[name] = timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")
        first |= {
            "requires": [str(one.pk) for one in lesson.requires.all()],
            "speaker": lesson.speaker_id,
            "posting": lesson.posting_id,
            "patient": lesson.patient.number if lesson.patient else "",
        }
    return forms.LessonForm(
        request.POST or None,
        earlier=earlier,
        speakers=desk.speakers_for(course)[:500],
        postings=postings,
        initial=first,
    )


def _plan(request: PageRequest, course: Course, lesson: Lesson | None, form: forms.LessonForm) -> Plan:
    """The plan of a form, with the rows that its keys name."""
    data = form.cleaned_data
    number = data["patient"].strip()
    kept = lesson.patient if lesson is not None else None
    patient = None
    if number:
        same = kept is not None and kept.number == number.upper()
        patient = kept if same else desk.patient_for(request.actor, number)
    posting = data["posting"]
    if posting is not None:
        posting = desk.posting_for(request.actor, course, posting)
    speaker = data["speaker"]
    if speaker is not None:
        speaker = desk.one(desk.speakers_for(course), speaker)
    requires = [one for one in desk.lessons_of(course) if str(one.pk) in data["requires"]]
    return form.plan(requires=requires, speaker=speaker, posting=posting, patient=patient)


@both
@page("course.teach")
def new(request: PageRequest, pk: int) -> HttpResponse:
    """A lesson at the end of a course."""
    course = desk.own(request.actor, pk)
    form = _form(request, course, None)
    return on_course(
        request,
        course,
        form,
        lambda _data: actions.add(
            actor=request.actor, course=course, plan=_plan(request, course, None, form)
        ),
        title=_("添加课时"),
        said=_("课时已添加。"),
        then=lambda made: lesson_url(made),
    )


@both
@page("course.teach")
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Change a lesson."""
    lesson = taught_lesson(request, pk)
    form = _form(request, lesson.course, lesson)
    return on_course(
        request,
        lesson.course,
        form,
        lambda _data: actions.edit_lesson(
            actor=request.actor, lesson=lesson, plan=_plan(request, lesson.course, lesson, form)
        ),
        title=_("修改课时"),
        said=_("已保存。"),
        then=lesson_url(lesson),
    )


@require_POST
@page("course.teach")
def move(request: PageRequest, pk: int, way: str) -> HttpResponse:
    """One place up or down."""
    lesson = taught_lesson(request, pk)
    return at_once(
        request,
        lambda: actions.move(actor=request.actor, lesson=lesson, up=way == "up"),
        _("次序已调整。"),
        course_url(lesson.course),
    )


@require_POST
@page("course.teach")
def remove(request: PageRequest, pk: int) -> HttpResponse:
    """Take a lesson out."""
    lesson = taught_lesson(request, pk)
    return at_once(
        request,
        lambda: actions.remove(actor=request.actor, lesson=lesson),
        _("课时已移除；已有的学习记录保留。"),
        course_url(lesson.course),
    )


@both
@page("course.teach")
def slides(request: PageRequest, pk: int) -> HttpResponse:
    """The PDF of a lesson."""
    lesson = taught_lesson(request, pk)
    form = forms.SlidesForm(request.POST or None, request.FILES or None)
    return on_course(
        request,
        lesson.course,
        form,
        lambda data: actions.set_slides(
            actor=request.actor,
            lesson=lesson,
            filename=data["file"].name or "",
            content=data["file"].read(),
        ),
        title=_("上传课件"),
        said=_("课件已上传。"),
        then=lesson_url(lesson),
    )


@both
@page("course.teach")
def video(request: PageRequest, pk: int) -> HttpResponse:
    """Which recording a lesson shows, or which broadcast while it is held."""
    lesson = taught_lesson(request, pk)
    recordings = [one for one in videos.recordings(request.actor)[:200] if one.ready]
    live = [one for one in videos.broadcasts(request.actor)[:50] if one.live] if lesson.held else []
    found = [(f"r{one.number}", f"{one.title} · {time_words(one.added_at)}") for one in recordings]
    found += [(f"b{one.number}", _("直播：%(title)s") % {"title": one.title}) for one in live]
    form = forms.VideoForm(request.POST or None, found=found)

    def do(data: dict[str, Any]) -> Lesson:
        kind, number = data["video"][0], data["video"][1:]
        if kind == "b":
            return actions.set_broadcast(
                actor=request.actor, lesson=lesson, broadcast=videos.broadcast(request.actor, number)
            )
        return actions.set_recording(
            actor=request.actor, lesson=lesson, recording=videos.recording(request.actor, number)
        )

    hint = _("没有可以播放的录像。请先上传视频，处理完成后再选。")
    return on_course(
        request,
        lesson.course,
        form,
        do,
        title=_("选择视频"),
        said=_("已保存。"),
        hint="" if found else hint,
        then=lesson_url(lesson),
    )


@page("course.view")
def code(request: PageRequest, pk: int) -> HttpResponse:
    """The code of sign-in in large figures, for the room to see; a script-less page reloads itself."""
    lesson = desk.lesson(request.actor, pk)
    why = shown = ""
    left = 30
    try:
        shown, left = actions.code_of(actor=request.actor, lesson=lesson)
    except Conflict as error:
        why = str(error.message)
    context = {
        "lesson": lesson,
        "course": lesson.course,
        "code": shown,
        "why": why,
        "signed": learning.signed_in(lesson).count(),
    }
    answer = render(request, "education/code.html", context)
    answer["Refresh"] = str(max(5, min(left, 30)))
    answer["Cache-Control"] = "private, no-store"
    return answer


@page("course.teach")
def signed(request: PageRequest, pk: int) -> HttpResponse:
    """Who signed in to a lesson."""
    lesson = taught_lesson(request, pk)
    context = {"lesson": lesson, "course": lesson.course, "rows": learning.signed_in(lesson)[:2000]}
    return render(request, "education/signed.html", context)
