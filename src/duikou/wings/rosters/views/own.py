"""One's own duties on the phone: this month, wishes, exchanges, the calendar's secret address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from icalendar import Event

from duikou.core.errors import Conflict, Invalid, Missing
from duikou.core.faces import add_errors, done
from duikou.core.feeds import calendar_file
from duikou.core.pages import PageRequest, both, page
from duikou.core.scope import Actor
from duikou.wings.people.models import Person
from duikou.wings.rosters import actions, queries
from duikou.wings.rosters.actions.feeds import FEED
from duikou.wings.rosters.forms import ReasonForm, SwapForm, WishForm
from duikou.wings.rosters.models import Duty, SwapRequest
from duikou.wings.rosters.queries import rules as reading
from duikou.wings.rosters.queries.duties import own_departments, own_person
from duikou.wings.rosters.sheet import last_of
from duikou.wings.rosters.views._common import answer, month_of, next_month, swap_badge

AHEAD = 400  # days of a feed after today
MOST = 1000


@page("roster.own")
def mine(request: PageRequest) -> HttpResponse:
    """My duties of a month."""
    return _mine(request)


def _mine(
    request: PageRequest, *, address: str = "", form: WishForm | None = None, status: int = 200
) -> HttpResponse:
    person = own_person(request.actor)
    first = month_of(request) or _month(request.actor)
    duties = list(queries.own_duties(request.actor, first, last_of(first)))
    today = timezone.localdate()
    wishes = reading.own_wishes(person) if person else []
    departments = own_departments(person) if person else []
    if form is None and departments:
        form = WishForm(departments=departments)
    return render(
        request,
        "rosters/mine.html",
        {
            "person": person,
            "month": f"{first:%Y-%m}",
            "before": f"{next_month(first, -1):%Y-%m}",
            "after": f"{next_month(first):%Y-%m}",
            "duties": [
                {
                    "duty": duty,
                    "weekday": WEEKDAYS[duty.day.weekday()],
                    "today": duty.day == today,
                    "times": _times(duty),
                }
                for duty in duties
            ],
            "hours": f"{sum(duty.shift.minutes for duty in duties) / 60:.1f}".removesuffix(".0"),
            "wishes": wishes,
            "wish_form": form,
            "swaps": [
                {
                    "swap": swap,
                    "badge": swap_badge(swap),
                    "asked_of_me": person is not None and swap.other_id == person.pk,
                }
                for swap in queries.own_swaps(request.actor)[:20]
            ],
            "feed": FEED.of(request.actor),
            "address": address,
            "demo_data": any(duty.demonstration for duty in duties),
        },
        status=status,
    )


def _month(actor: Actor) -> dt.date:
    """This month; where it has none, that of the latest duty."""
    first = timezone.localdate().replace(day=1)
    if queries.own_duties(actor, first, last_of(first)).exists():
        return first
    last = queries.own_duties(actor, dt.date.min, dt.date.max).order_by("-day").first()
    return last.day.replace(day=1) if last else first


def _times(duty: Duty) -> str:
    begin = dt.datetime.combine(duty.day, duty.shift.start)
    end = begin + dt.timedelta(minutes=duty.shift.minutes)
    next_day = _("次日 ") if end.date() > duty.day else ""
    return f"{begin:%H:%M}–{next_day}{end:%H:%M}"


@require_POST
@page("roster.own")
def wish(request: PageRequest) -> HttpResponse:
    """Wish for a day."""
    person = _person(request.actor)
    form = WishForm(request.POST, departments=own_departments(person))
    if form.is_valid():
        department, shift = form.wished()
        try:
            actions.make_wish(
                actor=request.actor,
                person=person,
                department=department,
                day=form.cleaned_data["day"],
                shift=shift,
            )
        except Invalid as error:
            add_errors(form, error)
        else:
            done(request, _("意愿已登记；排班时会尽量照顾。"))
            return redirect("rosters:mine")
    return _mine(request, form=form, status=422)


@require_POST
@page("roster.own")
def drop_wish(request: PageRequest, pk: int) -> HttpResponse:
    """Take a wish back."""
    person = own_person(request.actor)
    found = reading.own_wishes(person).filter(pk=pk).first() if person else None
    if found is None:
        raise Missing(_("没有编号为 %(pk)s 的意愿。") % {"pk": pk})
    actions.drop_wish(actor=request.actor, wish=found)
    done(request, _("意愿已撤回。"))
    return redirect("rosters:mine")


@both
@page("roster.own")
def ask(request: PageRequest, pk: int) -> HttpResponse:
    """Ask a colleague to exchange a duty."""
    duty = queries.own_duties(request.actor, dt.date.min, dt.date.max).filter(pk=pk).first()
    if duty is None:
        raise Missing(_("没有编号为 %(pk)s 的班次，或不是您的班次。") % {"pk": pk})
    found = {str(one.pk): one for one in queries.counterparts(duty)}
    form = SwapForm(
        request.POST or None,
        choices=[(key, f"{one.day} {one.shift.name} · {one.person.name}") for key, one in found.items()],
    )
    return answer(
        request,
        form,
        lambda data: actions.ask(
            actor=request.actor, mine=duty, theirs=found[data["other"]], reason=data["reason"]
        ),
        back=reverse("rosters:mine"),
        title=_("申请换班：%(day)s %(shift)s") % {"day": duty.day, "shift": duty.shift.name},
        said=_("换班申请已发给对方。"),
        crumbs=[(reverse("rosters:mine"), _("我的班次"))],
        hint=_("只列出前后 14 天内、换了也不违反排班规则的班次；对方同意并经科室批准后生效。")
        if found
        else _("前后 14 天内没有换了也不违反排班规则的班次。"),
    )


@page("roster.own")
def own_swap(request: PageRequest, pk: int) -> HttpResponse:
    """One exchange of one's own: what it is about and what can be done."""
    swap = _own_swap(request.actor, pk)
    return render(request, "rosters/swap.html", _swap_context(request, swap, own=True))


@page("roster.view")
def swap(request: PageRequest, pk: int) -> HttpResponse:
    """One exchange, for the head."""
    found = _managed_swap(request.actor, pk)
    return render(request, "rosters/swap.html", _swap_context(request, found, own=False))


def _swap_context(request: PageRequest, swap: SwapRequest, *, own: bool) -> dict[str, Any]:
    user = request.actor.user_id
    return {
        "swap": swap,
        "badge": swap_badge(swap),
        "own": own,
        "may_answer": own and swap.state == "asked" and swap.other.user_id == user,
        "may_withdraw": own and swap.state in SwapRequest.OPEN and swap.asker.user_id == user,
        "may_decide": not own
        and swap.state == "agreed"
        and request.actor.may("roster.edit", swap.scope_path),
        "demo_data": swap.demonstration,
    }


@require_POST
@page("roster.own")
def answer_swap(request: PageRequest, pk: int, step: str) -> HttpResponse:
    """Agree, decline, or withdraw."""
    found = _own_swap(request.actor, pk)
    if step == "withdraw":
        actions.withdraw(actor=request.actor, swap=found)
        done(request, _("换班申请已撤回。"))
    elif step in ("agree", "decline"):
        actions.answer(actor=request.actor, swap=found, agree=step == "agree")
        done(request, _("您的答复已记下。"))
    else:
        raise Missing(_("没有这一步。"))
    return redirect("rosters:mine")


@require_POST
@page("roster.edit")
def approve_swap(request: PageRequest, pk: int) -> HttpResponse:
    """The head approves."""
    found = _managed_swap(request.actor, pk)
    actions.decide(actor=request.actor, swap=found, approve=True)
    done(request, _("换班已批准，班次已对调。"))
    return redirect("rosters:swap", pk)


@both
@page("roster.edit")
def refuse_swap(request: PageRequest, pk: int) -> HttpResponse:
    """The head refuses, with a reason."""
    found = _managed_swap(request.actor, pk)
    return answer(
        request,
        ReasonForm(request.POST or None),
        lambda data: actions.decide(actor=request.actor, swap=found, approve=False, reason=data["reason"]),
        back=reverse("rosters:swap", args=[pk]),
        title=_("不批准换班：%(what)s") % {"what": found},
        said=_("已答复申请人。"),
        crumbs=[(reverse("rosters:swaps"), _("换班申请"))],
    )


def _person(actor: Actor) -> Person:
    person = own_person(actor)
    if person is None:
        raise Conflict(_("您的账号没有关联人员登记。请联系本院联络员。"))
    return person


def _own_swap(actor: Actor, pk: int) -> SwapRequest:
    found: SwapRequest | None = queries.own_swaps(actor).filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有编号为 %(pk)s 的换班申请。") % {"pk": pk})
    return found


def _managed_swap(actor: Actor, pk: int) -> SwapRequest:
    found: SwapRequest | None = queries.managed_swaps(actor).filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有编号为 %(pk)s 的换班申请，或不在您的查看范围内。") % {"pk": pk})
    return found


# ---------------------------------------------------------------- the feed


@require_POST
@page("roster.own")
def renew(request: PageRequest) -> HttpResponse:
    """A new secret address, shown this once."""
    token = FEED.renew(actor=request.actor)
    return _mine(request, address=request.build_absolute_uri(reverse("rosters:feed", args=[token])))


@require_POST
@page("roster.own")
def stop(request: PageRequest) -> HttpResponse:
    """No feed any more."""
    FEED.stop(actor=request.actor)
    done(request, _("订阅地址已停用。"))
    return redirect("rosters:mine")


@require_safe
@never_cache
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """What a calendar programme reads; whoever has the address is let in, and nobody else."""
    reader = FEED.reader(token)
    if reader is None:
        raise Http404
    return calendar_file(reader, "duties", _("我的班次"), _events(request, reader))


def _events(request: HttpRequest, reader: Actor) -> Iterator[Event]:
    host = request.get_host().partition(":")[0]
    today, zone = timezone.localdate(), timezone.get_current_timezone()
    # The latest duties come along whenever they were: a calendar that is opened late is not empty.
    rows = queries.own_duties(reader, dt.date.min, today + dt.timedelta(days=AHEAD)).order_by("-day")[:MOST]
    for duty in rows:
        begin = dt.datetime.combine(duty.day, duty.shift.start, tzinfo=zone)
        event = Event()
        event.add("uid", f"duty-{duty.person_id}-{duty.day.isoformat()}@{host}")
        event.add("sequence", duty.roster.version)
        event.add("dtstamp", timezone.now())
        event.add("dtstart", begin)
        event.add("dtend", begin + dt.timedelta(minutes=duty.shift.minutes))
        event.add("summary", f"{duty.shift.name} · {duty.roster.department.name}")
        event.add("location", duty.roster.hospital.name)
        yield event
