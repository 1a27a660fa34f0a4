"""One traineeship, one's own, a place with its turns, a team of tutors."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from duikou.core.pages import PageRequest, page
from duikou.core.scope import Actor
from duikou.wings.training.forms import EntryForm
from duikou.wings.training.models import Traineeship
from duikou.wings.training.queries import logbook, trainees
from duikou.wings.training.queries import places as place_queries
from duikou.wings.training.views.lists import specialty_words, state_badge
from duikou.wings.training.workflows import TRAINING

State = Traineeship.State


def _acts(actor: Actor, one: Traineeship) -> list[dict[str, str]]:
    """What the actor may do now: name of the address, words, look."""
    open_ = {step.id for step in TRAINING.available(one, actor)}
    host = actor.may("training.edit", one.host_path)
    teaches = host or actor.may("training.teach", one.host_path)
    studied = one.state in Traineeship.SERVED
    going = one.state in (State.ACCEPTED, State.IN_TRAINING)
    offered = (
        ("accept", pgettext("派驻", "接收"), "accept" in open_),
        ("refuse", _("不接收"), "refuse" in open_),
        ("arrive", _("登记报到"), "arrive" in open_),
        ("rotate", _("安排轮转"), host and going),
        ("assign", _("指定导师团队"), host and going and one.pairing_id is not None),
        ("appraise", _("考核"), teaches and one.state == State.ENDED),  # then it comes first
        ("absence", _("登记请假"), host and studied),
        ("appraise", _("考核"), teaches and one.state == State.IN_TRAINING),
        ("end", _("结束进修"), "end" in open_),
        ("correct", _("更正日期"), host and studied),
        ("withdraw", _("撤回申请"), "withdraw" in open_),
    )
    return [
        {"url": reverse(f"training:{name}", args=[one.pk]), "label": label}
        for name, label, shown in offered
        if shown
    ]


NEXT = {
    State.APPLIED: gettext_lazy("等支援医院接收或不接收；结对医院优先，再按申请先后（规则 AGR-11）。"),
    State.ACCEPTED: gettext_lazy("支援医院指定导师团队、安排轮转；人到以后登记报到。"),
    State.IN_TRAINING: gettext_lazy("本人用手机记日志，带教老师签字；中期和结业由支援医院考核。"),
}


def _next(one: Traineeship, found: trainees.Whole) -> object:
    """What comes next, in words."""
    if one.state != State.ENDED:
        return NEXT.get(State(one.state), "")
    passed = any(row.kind == "final" and row.replaced_at is None for row in found.appraisals)
    return (
        _("结业考核已登记；学分按进修天数和考核认定。")
        if passed
        else _("等支援医院结业考核；考核合格才能认定学分。")
    )


def _context(one: Traineeship) -> dict[str, Any]:
    found = trainees.whole(one)
    return {
        "next_words": _next(one, found),
        "one": one,
        "whole": found,
        "state": state_badge(one),
        "specialty": specialty_words(one),
        "totals": logbook.totals(one) if one.state in Traineeship.SERVED else [],
        "demo_data": one.demonstration,
    }


@page("training.view")
def detail(request: PageRequest, pk: int) -> HttpResponse:
    """A traineeship with what may be done about it."""
    one = trainees.traineeship(request.actor, pk)
    host = request.actor.may("training.edit", one.host_path)
    return render(
        request,
        "training/detail.html",
        {**_context(one), "acts": _acts(request.actor, one), "may_withdraw": host},
    )


@page("training.own")
def mine(request: PageRequest) -> HttpResponse:
    """One's own traineeships."""
    rows = list(trainees.own(request.actor))
    return render(
        request,
        "training/mine.html",
        {
            "name": rows[0].person.name if rows else "",
            "demo_data": any(one.demonstration for one in rows),
            "rows": [(one, state_badge(one), specialty_words(one)) for one in rows],
        },
    )


def show_own(request: PageRequest, one: Traineeship, form: EntryForm | None = None) -> HttpResponse:
    """One's own traineeship with the logbook; `form` is the refused one."""
    writes = one.state in Traineeship.SERVED
    day = min(max(timezone.localdate(), one.first_day), one.last_day)
    return render(
        request,
        "training/own.html",
        {**_context(one), "form": form or (EntryForm(initial={"on": day.isoformat()}) if writes else None)},
        status=422 if form else 200,
    )


@page("training.own")
def own(request: PageRequest, pk: int) -> HttpResponse:
    """One's own traineeship."""
    return show_own(request, trainees.own_traineeship(request.actor, pk))


@page("training.view")
def place(request: PageRequest, pk: int) -> HttpResponse:
    """An offered place; its own hospital sees who waits, in which order and why."""
    found = place_queries.place(request.actor, pk)
    actor = request.actor
    host = actor.may("training.view", found.host_path)
    return render(
        request,
        "training/place.html",
        {
            "place": found,
            "specialty": specialty_words(found),
            "turns": place_queries.turns(found) if host else [],
            "host": host,
            "may_close": actor.may("training.edit", found.host_path) and found.closed_on is None,
            "may_apply": actor.may("training.edit") and not host and found.closed_on is None,
            "demo_data": found.demonstration,
        },
    )


@page("training.view")
def team(request: PageRequest, pk: int) -> HttpResponse:
    """A team of tutors with its trainees."""
    found = trainees.team(request.actor, pk)
    rows = trainees.trained(request.actor).filter(team=found)
    return render(
        request,
        "training/team.html",
        {
            "team": found,
            "specialty": specialty_words(found),
            "rows": [(one, state_badge(one)) for one in rows],
            "may_end": request.actor.may("training.edit", found.host_path) and found.ended_on is None,
            "demo_data": found.demonstration,
        },
    )
