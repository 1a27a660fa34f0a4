"""Learning a lesson: its page, reports of the player, presence, slides, sign-in."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from duikou.core import documents
from duikou.core.errors import Conflict, DuikouError, Invalid, Missing
from duikou.core.faces import answer_form, done
from duikou.core.pages import PageRequest, both, page
from duikou.wings.education import actions, forms
from duikou.wings.education import parameters as house
from duikou.wings.education.actions import Report
from duikou.wings.education.models import Enrolment, Lesson
from duikou.wings.education.queries import courses as desk
from duikou.wings.education.queries import learning
from duikou.wings.education.views._common import lesson_url
from duikou.wings.education.wording import not_enrolled

MOST_BYTES = 4096  # of a player's report


def _own(request: PageRequest, lesson: Lesson) -> Enrolment:
    """The actor's own enrolment. Raises Conflict for who has not taken the course."""
    found = learning.own_in(request.actor, lesson.course)
    if found is None:
        raise Conflict(not_enrolled())
    return found


@page("course.view")
def lesson(request: PageRequest, pk: int) -> HttpResponse:
    """One lesson: what it is; for a learner what to do in it; for a teacher what belongs to it."""
    actor, found = request.actor, desk.lesson(request.actor, pk)
    own = learning.own_in(actor, found.course) if actor.may("course.learn") else None
    teaches = actor.may("course.teach", found.course.scope_path)
    now = timezone.now()
    why_shut, record = "", None
    if own is not None:
        why_shut = learning.why_shut(own, found)
        record = (
            learning.record_of(own, found)
            if why_shut
            else actions.open_lesson(actor=actor, enrolment=own, lesson=found)
        )
    speaks = bool(found.speaker and actor.user_id and found.speaker.user_id == actor.user_id)
    return render(
        request,
        "education/lesson.html",
        {
            "lesson": found,
            "course": found.course,
            "own": own,
            "record": record,
            "why_shut": why_shut,
            "teaches": teaches,
            "shows_code": (teaches or speaks) and found.takes_sign_in(now),
            "window": found.takes_sign_in(now),
            "over": found.sign_until is not None and now > found.sign_until,
            "percent": record.covered * 100 // found.length_seconds if record and found.length_seconds else 0,
            "minutes": found.length_seconds // 60,
            "seconds": found.length_seconds % 60,
            "form": forms.CodeForm() if own and found.held and not why_shut else None,
            "needs": [one.title for one in found.requires.all() if one.removed_at is None],
            "demo_data": found.demonstration,
        },
    )


@require_POST
@page("course.learn")
def beat(request: PageRequest, pk: int) -> HttpResponseBase:
    """A player's report as JSON: {"from": s, "to": s, "device": id, "rate": r, "at": epoch seconds}.

    Answers with what was counted, or with a message that the player shows.
    """
    try:
        found = desk.lesson(request.actor, pk)
        progress = actions.beat(
            actor=request.actor, enrolment=_own(request, found), lesson=found, report=_report(request)
        )
    except DuikouError as error:
        return JsonResponse({"code": error.code, "message": str(error.message)}, status=error.status)
    record = progress.record
    return JsonResponse(
        {
            "position": record.position,
            "covered": record.covered,
            "credited": record.credited,
            "done": record.done_at is not None,
            "check": progress.check.pk if progress.check else None,
        }
    )


def _report(request: HttpRequest) -> Report:
    """What a player said. Raises Invalid for anything but the shape above."""
    wrong = Invalid(_("播放报告的格式不对，请刷新页面。"))
    if len(request.body) > MOST_BYTES:
        raise wrong
    try:
        said: Any = json.loads(request.body)
        start, end, device = said["from"], said["to"], said["device"]
        sent = said.get("at")
        rate = said.get("rate", 1)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise wrong from error
    numbers = [start, end, rate, *([] if sent is None else [sent])]
    if any(isinstance(one, bool) or not isinstance(one, int | float) for one in numbers):
        raise wrong
    if any(not -1e12 < one < 1e12 for one in numbers):  # infinities and "not a number" fail this, too
        raise wrong
    if not isinstance(device, str) or not 1 <= len(device) <= 40 or not device.isprintable():
        raise wrong
    if rate > house.WATCHING.speed:
        raise Conflict(_("播放速度最高 %(most)s 倍，请调慢后继续。") % {"most": house.WATCHING.speed})
    return Report(int(start), int(end), device, None if sent is None else int(sent))


@page("course.learn")
def presence(request: PageRequest, pk: int) -> HttpResponse:
    """The part of the lesson's page that asks whether somebody is there, fetched anew every few seconds."""
    found = desk.lesson(request.actor, pk)
    record = learning.record_of(_own(request, found), found)
    context = {
        "lesson": found,
        "record": record,
        "check": learning.open_check(record) if record else None,
        "percent": record.covered * 100 // found.length_seconds if record and found.length_seconds else 0,
    }
    return render(request, "education/_presence.html", context)


@require_POST
@page("course.learn")
def here(request: PageRequest, pk: int, check: int) -> HttpResponse:
    """Say that one is there."""
    found = desk.lesson(request.actor, pk)
    actions.answer_check(actor=request.actor, enrolment=_own(request, found), lesson=found, check=check)
    if request.htmx:
        return redirect(reverse("education:presence", args=[pk]))
    return redirect(lesson_url(found))


@page("course.view")
def file(request: PageRequest, pk: int) -> HttpResponseBase:
    """The slides as a file: for learners while the lesson is open to them, and for teachers."""
    found = desk.lesson(request.actor, pk)
    if found.document is None:
        raise Missing(_("这个课时还没有课件。"))
    if not request.actor.may("course.teach", found.course.scope_path):
        own = _own(request, found)
        actions.open_lesson(actor=request.actor, enrolment=own, lesson=found)
    return documents.download(found.document)


@require_POST
@page("course.learn")
def read(request: PageRequest, pk: int) -> HttpResponse:
    """Say that the slides were read."""
    found = desk.lesson(request.actor, pk)
    own = _own(request, found)
    actions.read_slides(actor=request.actor, enrolment=own, lesson=found)
    done(request, _said(own))
    return redirect(lesson_url(found))


@both
@page("course.learn")
def sign_in(request: PageRequest, pk: int) -> HttpResponse:
    """Sign in with the code that the speaker shows."""
    found = desk.lesson(request.actor, pk)
    own = _own(request, found)
    form = forms.CodeForm(request.POST or None)
    context = {
        "form": form,
        "title": _("签到"),
        "course": found.course,
        "back": lesson_url(found),
        "hint": found.title,
        "button": _("签到"),
    }
    return answer_form(
        request,
        form,
        lambda data: actions.sign_in(actor=request.actor, enrolment=own, lesson=found, code=data["code"]),
        "education/act.html",
        context,
        said=_("已签到。"),
        then=lesson_url(found),
    )


def _said(own: Enrolment) -> str:
    own.refresh_from_db()
    if own.state == Enrolment.State.COMPLETED:
        return _("已完成全部要求，证书已发放。")
    return _("课时已完成。")
