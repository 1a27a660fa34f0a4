"""Times of live sessions: the own ones on the phone, the calendar's feed, the plan for all who wait."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from icalendar import Event

from duikou.core.errors import Conflict, Invalid
from duikou.core.faces import badge, done, words
from duikou.core.feeds import calendar_file
from duikou.core.listing import ChoiceFilter, Column, Listing
from duikou.core.pages import PageRequest, page
from duikou.wings.telehealth import actions, planning
from duikou.wings.telehealth.actions.feeds import FEED
from duikou.wings.telehealth.models import Consultation, Escalation, Slot, TimePlan
from duikou.wings.telehealth.queries import desk, times
from duikou.wings.telehealth.workflows import CONSULTATION

State = TimePlan.State
LOOKS = {
    State.WAITING: "info",
    State.PROPOSED: "warning",
    State.ACCEPTED: "success",
    State.DROPPED: "neutral",
}
LEVELS = {1: "neutral", 2: "warning", 3: "danger"}


@page("consult.view")
def mine(request: PageRequest) -> HttpResponse:
    """My live sessions and, for an expert, the times that are offered."""
    return _mine(request)


def _mine(request: PageRequest, address: str = "") -> HttpResponse:
    expert = times.own_expert(request.actor)
    slots = desk.slots_of(expert).filter(consultation=None) if expert else []
    return render(
        request,
        "telehealth/times.html",
        {
            "sessions": times.own_sessions(request.actor),
            "expert": expert,
            "slots": slots,
            "feed": FEED.of(request.actor),
            "address": address,
        },
    )


@require_POST
@page("consult.view")
def feed_renew(request: PageRequest) -> HttpResponse:
    """A new secret address, shown this once."""
    token = FEED.renew(actor=request.actor)
    return _mine(request, request.build_absolute_uri(reverse("telehealth:feed", args=[token])))


@require_POST
@page("consult.view")
def feed_stop(request: PageRequest) -> HttpResponse:
    """No feed any more."""
    FEED.stop(actor=request.actor)
    done(request, _("订阅地址已停用。"))
    return redirect("telehealth:times")


@require_safe
@never_cache
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """What a calendar programme reads: numbers and hospitals, nothing of any patient."""
    reader = FEED.reader(token)
    if reader is None:
        raise Http404
    return calendar_file(reader, "consultations", _("远程会诊"), _events(request, times.own_sessions(reader)))


def _events(request: HttpRequest, rows: Any) -> Iterator[Event]:
    host = request.get_host().partition(":")[0]
    slot: Slot
    for slot in rows:
        one = slot.consultation
        assert one is not None
        event = Event()
        event.add("uid", f"consultation-{one.pk}@{host}")
        event.add("sequence", one.version)
        event.add("dtstamp", timezone.now())
        event.add("dtstart", slot.begins_at)
        event.add("dtend", slot.ends_at)
        event.add("summary", f"{one.get_kind_display()} {one.pk}")
        event.add("description", f"{one.inviting.name} → {one.invited.name}\n{slot.expert.person.name}")
        event.add("url", request.build_absolute_uri(reverse("telehealth:consultation", args=[one.pk])))
        yield event


@page("consult.answer")
def plan(request: PageRequest) -> HttpResponse:
    """All who wait for a time, and the last proposal."""
    return _plan(request)


def _plan(request: PageRequest, objection: str = "", status: int = 200) -> HttpResponse:
    asked = request.POST.get("hospital") or request.GET.get("hospital") or ""
    found = times.hospital(request.actor, int(asked) if asked.isascii() and asked.isdigit() else None)
    last = times.latest_plan(found)
    job = times.job_of(last) if last else None
    running = last is not None and last.state == State.WAITING and job is not None and job.state in job.OPEN
    context = {
        "hospital": found,
        "hospitals": times.answering(request.actor)[:50],
        "waiting": planning.waiting(found),
        "plan": last,
        "badge": badge(LOOKS[State(last.state)], last.get_state_display()) if last else "",
        "running": running,
        "job": job,
        "failed": last is not None and last.state == State.WAITING and not running,
        "meetings": [_shown(row) for row in last.result.get("meetings", ())] if last else [],
        "unserved": [_shown(row) for row in last.result.get("unserved", ())] if last else [],
        "open": last is not None and last.state in TimePlan.OPEN,
        "proposed": last is not None and last.state == State.PROPOSED,
        "best": last is not None and last.result.get("status") == "optimal",
        "objection": objection,
    }
    return render(request, "telehealth/plan.html", context, status=status)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """A row of a proposal in the language of the request."""
    return {
        "number": row["consultation"],
        "name": row.get("name", ""),
        "begins": parse_datetime(row["begins"]) if "begins" in row else None,
        "ends": parse_datetime(row["ends"]) if "ends" in row else None,
        "why": words(row["why"]),
        "others": [words(one) for one in row["others"]],
    }


@page("consult.answer")
def progress(request: PageRequest, pk: int) -> HttpResponse:
    """How far it is; the page is read anew when it has ended."""
    one = times.plan(request.actor, pk)
    job = times.job_of(one)
    if one.state != State.WAITING or job is None or job.state not in job.OPEN:
        response = render(request, "web/fragment.html", {})
        response["HX-Refresh"] = "true"
        return response
    return render(request, "telehealth/_progress.html", {"plan": one, "job": job})


@require_POST
@page("consult.answer")
def solve(request: PageRequest) -> HttpResponse:
    """Have times worked out."""
    asked = request.POST.get("hospital", "")
    found = times.hospital(request.actor, int(asked) if asked.isascii() and asked.isdigit() else None)
    try:
        actions.request_plan(actor=request.actor, hospital=found)
    except (Conflict, Invalid) as error:
        return _plan(request, str(error.message), error.status)
    done(request, _("正在后台求解。"))
    return redirect(f"{reverse('telehealth:plan')}?hospital={found.pk}")


@require_POST
@page("consult.answer")
def accept(request: PageRequest, pk: int) -> HttpResponse:
    """Agree on all proposed times."""
    return _decide(request, pk, actions.accept_plan, _("已采用：时间已约定，没有专家的已指派专家。"))


@require_POST
@page("consult.answer")
def drop(request: PageRequest, pk: int) -> HttpResponse:
    """Leave everything as it is."""
    return _decide(request, pk, actions.drop_plan, _("已放弃，一切保持不变。"))


def _decide(request: PageRequest, pk: int, act: Any, said: str) -> HttpResponse:
    one = times.plan(request.actor, pk)
    try:
        act(actor=request.actor, plan=one)
    except (Conflict, Invalid) as error:
        return _plan(request, str(error.message), error.status)
    done(request, said)
    return redirect(f"{reverse('telehealth:plan')}?hospital={one.hospital_id}")


OVERDUE = Listing(
    key="overdue-consultations",
    title=pgettext_lazy("导航", "会诊超时"),
    default_sort="due_at",
    empty=gettext_lazy("没有超过时限的会诊。"),
    columns=(
        Column("consultation", gettext_lazy("编号"), head=True, sort=True),
        Column("inviting", gettext_lazy("邀请医院"), sort=True),
        Column("invited", gettext_lazy("受邀医院"), sort=True),
        Column(
            "state",
            gettext_lazy("环节"),
            value=lambda row: CONSULTATION.states[row["state"]].label,
            sort=True,
        ),
        Column(
            "urgency",
            gettext_lazy("紧急程度"),
            value=lambda row: Consultation.Urgency(row["urgency"]).label,
            sort=True,
        ),
        Column("due_at", gettext_lazy("限时"), sort=True),
        Column(
            "level",
            gettext_lazy("上报到"),
            value=lambda row: Escalation.Level(row["level"]).label,
            html=lambda row: badge(LEVELS[row["level"]], Escalation.Level(row["level"]).label),
            sort=True,
        ),
        Column(
            "demonstration",
            gettext_lazy("演示"),
            value=lambda row: _("演示数据") if row["demonstration"] else "",
        ),
    ),
    filters=(ChoiceFilter("level", gettext_lazy("上报到"), ("level",), choices=Escalation.Level.choices),),
)


@page("consult.count")
def overdue(request: PageRequest) -> HttpResponseBase:
    """Clocks that ran out, for authorities and offices."""
    lead = _("各环节时限和上报比例按规则 TEL-10、TEL-11（待核定）。没有任何患者的信息。")
    return OVERDUE.respond(request, times.overdue(request.actor), "telehealth/list.html", {"lead": lead})
