"""The host's pages: weeks to confirm, one person's week, corrections, volumes of work."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from duikou.core import documents
from duikou.core.actions import require
from duikou.core.errors import Conflict, Invalid
from duikou.core.faces import answer_form, badge, done, words
from duikou.core.listing import BadParameter, Column, FlagFilter, Listing
from duikou.core.pages import PageRequest, page
from duikou.wings.presence import actions, catalogue
from duikou.wings.presence.folding import monday_of
from duikou.wings.presence.forms import ConfirmForm, DayForm, WorkForm, seen
from duikou.wings.presence.queries import weeks as records
from duikou.wings.presence.views._common import near_day, subject

VIEW, CONFIRM = "presence.view", "presence.confirm"


def _waiting(line: records.WeekLine) -> str:
    if line.far:
        return badge(
            "danger", ngettext("%(n)d 天地点待核定", "%(n)d 天地点待核定", line.far) % {"n": line.far}
        )
    if line.waiting:
        return badge("warning", _("待确认 %(count)s 条") % {"count": line.waiting})
    return badge("success", _("科室已确认")) if line.confirmed else badge("neutral", _("无记录"))


WEEKS = Listing(
    key="presence-weeks",
    title=gettext_lazy("每周考勤与工作量"),
    empty=gettext_lazy("这一周没有在岗的派驻人员。"),
    columns=(
        Column(
            "person",
            gettext_lazy("派驻人员"),
            value=lambda r: r["line"].posting.person.name,
            href=lambda r: r["url"],
            sort="posting__person__name",
            head=True,
        ),
        Column(
            "supporter",
            pgettext_lazy("单数", "支援医院"),
            value=lambda r: r["line"].posting.supporter.name,
        ),
        Column(
            "recipient",
            pgettext_lazy("单数", "受援医院"),
            value=lambda r: r["line"].posting.recipient.name,
        ),
        Column(
            "department",
            gettext_lazy("派驻科室"),
            value=lambda r: getattr(r["line"].posting.host_department, "name", "") or "—",
        ),
        Column(
            "present",
            gettext_lazy("在岗天数"),
            value=lambda r: r["line"].present,
            sort="line__present",
            numeric=True,
        ),
        Column(
            "work",
            gettext_lazy("工作量合计"),
            value=lambda r: r["line"].work,
            sort="line__work",
            numeric=True,
        ),
        Column(
            "waiting",
            gettext_lazy("待确认"),
            value=lambda r: r["line"].waiting,
            html=lambda r: _waiting(r["line"]),
            sort="line__waiting",
        ),
    ),
    filters=(FlagFilter("open", gettext_lazy("有待确认")),),
)


def _monday(request: PageRequest, default: dt.date) -> dt.date:
    found = request.GET.get("week", "").strip()
    return monday_of(near_day("week", found)) if found else default


@page(VIEW)
def weeks(request: PageRequest) -> HttpResponseBase:
    """Everybody who is posted to the own hospital or department, by week."""
    today = timezone.localdate()
    monday = _monday(request, records.default_monday(request.actor, today))
    rows: list[dict[str, Any]] = [
        {
            "line": line,
            "posting": line.posting,
            "open": bool(line.waiting),
            "url": f"{reverse('presence:week', args=[line.posting.pk])}?week={monday}",
        }
        for line in records.week(request.actor, monday)
    ]
    return WEEKS.respond(
        request,
        rows,
        "presence/weeks.html",
        {
            "monday": monday,
            "sunday": monday + records.WEEK,
            "before": monday - dt.timedelta(days=7),
            "after": monday + dt.timedelta(days=7) if monday + dt.timedelta(days=7) <= today else None,
            "demo_data": any(row["posting"].demonstration for row in rows),
        },
    )


@page(VIEW)
def week(request: PageRequest, pk: int) -> HttpResponse:
    """One person's week: days, counters, what came from the phone and when, what was put right."""
    posting = records.posting(request.actor, pk)
    last = min(posting.last_day, timezone.localdate())
    monday = _monday(request, monday_of(max(last, posting.first_day)))
    return _week(request, records.week_of(posting, monday), ConfirmForm(initial={"monday": monday}))


def _week(request: PageRequest, found: records.Week, form: ConfirmForm, status: int = 200) -> HttpResponse:
    posting, monday = found.posting, found.monday
    today = timezone.localdate()
    known = catalogue.of_posting(posting)
    place = {name: at for at, name in enumerate(known)}  # counters stand as the pack has them
    return render(
        request,
        "presence/week.html",
        {
            "week": found,
            "posting": posting,
            "sunday": monday + records.WEEK,
            "before": monday - dt.timedelta(days=7) if monday > posting.first_day else None,
            "after": monday + dt.timedelta(days=7)
            if monday + dt.timedelta(days=7) <= min(posting.last_day, today)
            else None,
            "days": [
                {"line": line, "may": line.inside and line.day <= today, "far": _far(line)}
                for line in found.days
            ],
            "work": [
                {
                    "title": words(known[name].title) if name in known else name,
                    "cells": [{"day": line.day, "row": line.work.get(name)} for line in found.days],
                    "sum": sum(line.work[name].count for line in found.days if name in line.work),
                }
                for name in sorted(found.activities, key=lambda one: (place.get(one, len(place)), one))
            ],
            "corrections": [
                {"row": row, "what": subject(row)} for line in found.days for row in line.corrections
            ],
            "proofs": [
                {"row": row, "what": catalogue.label(row.activity)}
                for line in found.days
                for row in line.proofs
            ],
            "form": form,
            "may_confirm": _may_confirm(request, found),
            "demo_data": found.is_demonstration,
        },
        status=status,
    )


def _far(line: records.DayLine) -> bool:
    return line.record is not None and records.is_undecided(line.record)


def _may_confirm(request: PageRequest, found: records.Week) -> bool:
    own = request.actor.user_id == found.posting.person.user_id
    return not own and request.actor.may(CONFIRM, found.posting.host_path)


@require_POST
@page(CONFIRM)
def confirm(request: PageRequest, pk: int) -> HttpResponse:
    """Confirm a week as it stands."""
    posting = records.posting(request.actor, pk)
    require(request.actor, CONFIRM, (posting.host_path,))
    form = ConfirmForm(request.POST)
    if not form.is_valid():
        raise BadParameter("monday", request.POST.get("monday", "")[:20], "2014-03-03")
    monday = monday_of(near_day("monday", str(form.cleaned_data["monday"])))
    try:
        actions.confirm_week(
            actor=request.actor, posting=posting, monday=monday, remark=form.cleaned_data["remark"]
        )
    except (Invalid, Conflict) as error:
        form.add_error(None, str(error.message))
        return _week(request, records.week_of(posting, monday), form, error.status)
    done(request, _("这一周已确认。"))
    return redirect(f"{reverse('presence:week', args=[pk])}?week={monday}")


@require_http_methods(["GET", "POST"])
@page(CONFIRM)
def correct(request: PageRequest, pk: int, day: str) -> HttpResponse:
    """Put a day, or one of its counters, right."""
    posting = records.posting(request.actor, pk)
    require(request.actor, CONFIRM, (posting.host_path,))
    on = near_day("day", day)
    monday = monday_of(on)
    line = next(each for each in records.week_of(posting, monday).days if each.day == on)
    is_work = "activity" in request.POST
    posted = request.POST if request.method == "POST" else None
    day_form = DayForm(
        None if is_work else posted,
        auto_id="day_%s",
        initial={"version": line.record.version if line.record else 0},
    )
    work_form = WorkForm(
        posted if is_work else None,
        auto_id="work_%s",
        activities=list(catalogue.of_posting(posting)),
        initial={"seen": seen(line.work)},
    )
    form: DayForm | WorkForm = work_form if is_work else day_form
    return answer_form(
        request,
        form,
        lambda _data: _carry_out(request, posting, on, form),
        "presence/correct.html",
        {
            "posting": posting,
            "line": line,
            "monday": monday,
            "day_form": day_form,
            "work_form": work_form,
            "work": [(catalogue.label(name), row.count) for name, row in line.work.items()],
        },
        said=_("已更正。"),
        then=f"{reverse('presence:week', args=[pk])}?week={monday}",
    )


def _carry_out(request: PageRequest, posting: Any, on: dt.date, form: DayForm | WorkForm) -> None:
    data = form.cleaned_data
    if isinstance(form, WorkForm):
        actions.correct_work(
            actor=request.actor,
            posting=posting,
            day=on,
            activity=data["activity"],
            count=data["count"],
            reason=data["reason"],
            version=form.version(data["activity"]),
        )
    else:
        actions.correct_day(
            actor=request.actor,
            posting=posting,
            day=on,
            present=data["present"] == "yes",
            reason=data["reason"],
            version=data["version"],
        )


@page(VIEW)
def proof(request: PageRequest, pk: int) -> HttpResponse:
    """A file that a posted person has added."""
    return documents.download(records.proof(request.actor, pk).document)
