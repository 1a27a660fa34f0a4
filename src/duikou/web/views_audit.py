"""Pages of the audit trail."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from duikou.core import trail
from duikou.core.exports import text
from duikou.core.listing import (
    BadParameter,
    ChoiceFilter,
    Column,
    DateFilter,
    FlagFilter,
    Listing,
    TextFilter,
)
from duikou.core.pages import PageRequest, page
from duikou.core.scope import Actor
from duikou.web.acts import ROUTINE, act_label, actor_words, described, target_url

FIELDS = ("number", "at", "actor_label", "action", "target_type", "target_id", "target_label", "reason")


def _midnight(day: dt.date) -> dt.datetime:
    """The beginning of a day here: a bound that the index on `at` can use.

    Days at the ends of the calendar, which no time zone can shift, are taken a year further in.
    """
    day = min(max(day, dt.date(2, 1, 1)), dt.date(9998, 12, 31))
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def _up_to(rows: Any, value: str) -> Any:
    if not (value.isascii() and value.isdigit() and len(value) < 19):
        raise BadParameter("upto", value, _("事件序号"))
    return rows.filter(number__lte=int(value))


def _routine(rows: Any, value: bool) -> Any:
    return rows.filter(action__in=ROUTINE) if value else rows.exclude(action__in=ROUTINE)


def _about(rows: Any, value: str) -> Any:
    kind, _colon, number = value.partition(":")
    return rows.filter(target_type=kind, target_id=number)


def _with_addresses(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    here = reverse("audit:list")
    for row in rows:
        row["url"] = f"{here}{row['number']}/"
    return rows


def _events(actor: Actor) -> Listing:
    """The list; the acts to choose from are asked for once per request."""
    acts = sorted(((name, act_label(name)) for name in trail.action_names(actor)), key=lambda pair: pair[1])
    return Listing(
        key="audit",
        title=pgettext_lazy("导航", "审计日志"),
        default_sort="-number",
        size=50,
        empty=gettext_lazy("您的范围内还没有事件。"),
        columns=(
            Column("number", gettext_lazy("序号"), head=True, sort=True, href=lambda r: r["url"]),
            Column("at", gettext_lazy("时间")),
            Column("actor_label", gettext_lazy("操作人"), value=lambda r: actor_words(r["actor_label"])),
            Column("action", gettext_lazy("操作"), value=lambda r: act_label(r["action"])),
            Column("target_label", gettext_lazy("对象")),
            Column("reason", gettext_lazy("理由")),
            Column("code", gettext_lazy("操作代码"), value=lambda r: r["action"], on_page=False),
            Column("target_type", gettext_lazy("对象类型"), on_page=False),
            Column("target_id", gettext_lazy("对象编号"), on_page=False),
        ),
        filters=(
            TextFilter("q", gettext_lazy("对象或理由"), ("target_label", "reason")),
            ChoiceFilter("action", gettext_lazy("操作"), choices=acts),
            FlagFilter("routine", gettext_lazy("登录等日常事件"), apply=_routine),
            TextFilter("person", gettext_lazy("操作人"), ("actor_label",)),
            DateFilter(
                "since", gettext_lazy("起"), apply=lambda rows, day: rows.filter(at__gte=_midnight(day))
            ),
            DateFilter(
                "until",
                gettext_lazy("止（含）"),
                apply=lambda rows, day: rows.filter(
                    at__lt=_midnight(min(day, dt.date(9998, 12, 31)) + dt.timedelta(days=1))
                ),
            ),
            TextFilter("upto", gettext_lazy("序号不大于"), apply=_up_to),
            TextFilter("target", gettext_lazy("对象标识"), apply=_about),
        ),
        prepare=_with_addresses,
    )


@page("audit.view")
def events(request: PageRequest) -> HttpResponseBase:
    """The events of the actor's area, newest first."""
    rows = trail.events(request.actor).values(*FIELDS)
    check = trail.latest_check(request.actor)
    watch = check is not None and trail.may_watch(request.actor, check)
    context = {"check": check, "check_url": reverse("jobs:job", args=[check.pk]) if check and watch else ""}
    return _events(request.actor).respond(request, rows, "web/pages/audit_list.html", context)


@page("audit.view")
def event(request: PageRequest, number: int) -> HttpResponse:
    """One event: who, what, before and after, and its place in the chain."""
    found = trail.event(request.actor, number)
    older, newer = trail.neighbours(request.actor, number)
    context = {
        "event": found,
        "label": act_label(found.action),
        "actor_words": actor_words(found.actor_label),
        "at": text(found.at),
        "changes": [described(change) for change in trail.changes(found)],
        "has_before": found.before is not None,
        "target_url": target_url(found),
        "same_target": f"{reverse('audit:list')}?target={found.target_type}:{found.target_id}"
        if found.target_type and found.target_id
        else "",
        "older": older,
        "newer": newer,
    }
    return render(request, "web/pages/audit_event.html", context)


@require_POST
@page("audit.view")
def verify(request: PageRequest) -> HttpResponse:
    """Have the chain checked in the background, and go to watch it."""
    return redirect("jobs:job", trail.request_verification(actor=request.actor).pk)
