"""Lists: postings, requests, managers, conduct records, one's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from duikou.core.faces import badge, row_url
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
from duikou.wings.hospitals import catalogue
from duikou.wings.postings.models import ConductRecord, Posting, StaffRequest
from duikou.wings.postings.queries import coverage as coverages
from duikou.wings.postings.queries import desk, waiting
from duikou.wings.postings.secondments import upward

LOOKS = {
    "nominated": "warning", "approved": "info", "on_post": "success", "ended": "neutral",
    "refused": "danger", "withdrawn": "neutral", "open": "warning", "filled": "success",
    "declined": "danger", "notice": "warning", "dispute": "danger",
}  # fmt: skip
SPECIALTIES = lambda _actor: catalogue.specialty_choices()  # noqa: E731


def state_badge(row: Any) -> str:
    """The state of a posting or request as a badge."""
    return badge(LOOKS.get(row.state, "neutral"), row.get_state_display())


def _demo(row: Any) -> str:
    return _("演示数据") if row.demonstration else ""


def _invented(rows: Any) -> bool:
    """Whether one of the rows is demonstration data: the page then says so."""
    return bool(rows.filter(demonstration=True).exists())


def _columns(url: str) -> tuple[Column, ...]:
    return (
        Column(
            "person",
            gettext_lazy("派驻人员"),
            head=True,
            value=lambda p: p.person.name,
            href=lambda p: row_url(url, p.pk),
            sort=("person__name", "pk"),
            whole=True,
        ),
        Column(
            "title",
            gettext_lazy("职称"),
            value=lambda p: catalogue.title_label(p.title),
            sort=True,
            whole=True,
        ),
        Column(
            "specialty",
            gettext_lazy("专业"),
            value=lambda p: catalogue.specialty_label(p.specialty),
            sort=True,
        ),
        Column("office", gettext_lazy("身份"), value=lambda p: p.get_office_display(), whole=True),
        Column(
            "supporter",
            pgettext_lazy("单数", "支援医院"),
            value=lambda p: p.supporter.name,
            sort=("supporter__name", "pk"),
        ),
        Column(
            "recipient",
            pgettext_lazy("单数", "受援医院"),
            value=lambda p: p.recipient.name,
            sort=("recipient__name", "pk"),
        ),
        Column(
            "department",
            gettext_lazy("派驻科室"),
            value=lambda p: p.host_department.name if p.host_department else "",
        ),
        Column("first_day", gettext_lazy("第一天"), sort=True),
        Column("last_day", gettext_lazy("最后一天"), sort=True),
        Column(
            "state", gettext_lazy("状态"), value=lambda p: p.get_state_display(), html=state_badge, sort=True
        ),
        Column("rule", gettext_lazy("未同意所依规则"), on_page=False),
        Column("demonstration", gettext_lazy("演示"), value=_demo, on_page=False),
    )


def _waits(rows: Any, value: str, actor: Any) -> Any:
    found = waiting.to_approve(actor) if value == "approve" else waiting.to_note(actor)
    return rows.filter(pk__in=found.values("pk"))


POSTINGS = Listing(
    key="postings",
    title=pgettext_lazy("导航", "派驻"),
    default_sort="-first_day",
    empty=gettext_lazy("还没有派驻。受援医院提出需求，支援医院提名后就会列在这里。"),
    columns=_columns("postings:posting"),
    filters=(
        TextFilter(
            "q",
            gettext_lazy("姓名或医院"),
            ("person__name", "supporter__name", "recipient__name"),
        ),
        ChoiceFilter("state", gettext_lazy("状态"), ("state",), choices=Posting.State.choices),
        ChoiceFilter("specialty", gettext_lazy("专业"), ("specialty",), choices=SPECIALTIES),
        DateFilter(
            "on",
            gettext_lazy("某日在岗"),
            apply=lambda rows, day: rows.filter(
                state__in=Posting.SERVED, first_day__lte=day, last_day__gte=day
            ),
        ),
    ),
)
MANAGERS = Listing(
    key="posted-managers",
    title=pgettext_lazy("导航", "双向挂职"),
    default_sort="-first_day",
    empty=gettext_lazy("还没有派驻管理人员。"),
    columns=_columns("postings:posting"),
    filters=(
        ChoiceFilter(
            "office",
            gettext_lazy("身份"),
            ("office",),
            choices=[choice for choice in Posting.Office.choices if choice[0]],
        ),
        ChoiceFilter("state", gettext_lazy("状态"), ("state",), choices=Posting.State.choices),
    ),
)
MINE = Listing(
    key="my-postings",
    title=pgettext_lazy("导航", "我的派驻"),
    default_sort="-first_day",
    empty=gettext_lazy("您没有派驻记录。"),
    columns=_columns("postings:own"),
)
REQUESTS = Listing(
    key="staff-requests",
    title=pgettext_lazy("导航", "派驻需求"),
    default_sort="-wanted_from",
    empty=gettext_lazy("还没有派驻需求。受援医院可在这里提出要什么专业、什么职称的人、几个月、为什么。"),
    columns=(
        Column(
            "recipient",
            pgettext_lazy("单数", "受援医院"),
            head=True,
            value=lambda r: r.recipient.name,
            href=lambda r: row_url("postings:request", r.pk),
            sort=("recipient__name", "pk"),
        ),
        Column(
            "supporter",
            pgettext_lazy("单数", "支援医院"),
            value=lambda r: r.supporter.name,
            sort=("supporter__name", "pk"),
        ),
        Column(
            "specialty",
            gettext_lazy("专业"),
            value=lambda r: catalogue.specialty_label(r.specialty),
            sort=True,
        ),
        Column("title", gettext_lazy("最低职称"), value=lambda r: catalogue.title_label(r.title), sort=True),
        Column("people", gettext_lazy("人数"), numeric=True, sort=True),
        Column("months", gettext_lazy("月数"), numeric=True, sort=True),
        Column("wanted_from", gettext_lazy("希望到岗"), sort=True),
        Column(
            "state", gettext_lazy("状态"), value=lambda r: r.get_state_display(), html=state_badge, sort=True
        ),
        Column("purpose", gettext_lazy("目的"), on_page=False, width=50),
        Column("demonstration", gettext_lazy("演示"), value=_demo, on_page=False),
    ),
    filters=(
        TextFilter("q", gettext_lazy("医院"), ("supporter__name", "recipient__name")),
        ChoiceFilter("state", gettext_lazy("状态"), ("state",), choices=StaffRequest.State.choices),
        ChoiceFilter("specialty", gettext_lazy("专业"), ("specialty",), choices=SPECIALTIES),
    ),
)
CONDUCT = Listing(
    key="conduct",
    title=pgettext_lazy("导航", "违纪与纠纷"),
    default_sort="-happened_on",
    empty=gettext_lazy("没有违纪通报，也没有纠纷记录。"),
    columns=(
        Column(
            "person",
            gettext_lazy("派驻人员"),
            head=True,
            value=lambda c: c.posting.person.name,
            href=lambda c: row_url("postings:record", c.pk),
            sort=("posting__person__name", "pk"),
        ),
        Column("kind", gettext_lazy("类别"), value=lambda c: c.get_kind_display(), sort=True),
        Column("happened_on", gettext_lazy("发生日期"), sort=True),
        Column("supporter", pgettext_lazy("单数", "支援医院"), value=lambda c: c.posting.supporter.name),
        Column("recipient", pgettext_lazy("单数", "受援医院"), value=lambda c: c.posting.recipient.name),
        Column(
            "acknowledged",
            gettext_lazy("支援医院确认收到"),
            value=lambda c: _("已确认") if c.acknowledged_at else _("未确认"),
        ),
        Column("settled_on", gettext_lazy("了结日期"), sort=True, nulls_last=True),
        Column("demonstration", gettext_lazy("演示"), value=_demo, on_page=False),
    ),
    filters=(
        ChoiceFilter("kind", gettext_lazy("类别"), ("kind",), choices=ConductRecord.Kind.choices),
        FlagFilter(
            "acknowledged",
            gettext_lazy("支援医院确认收到"),
            apply=lambda rows, value: rows.filter(acknowledged_at__isnull=not value),
        ),
    ),
)
WAITS = {"approve": waiting.to_approve, "note": waiting.to_note}


def _narrowed(request: PageRequest, rows: Any, kinds: Mapping[str, Callable[[Any], Any]]) -> Any:
    """Only the rows that wait for the actor, where the address asks for them."""
    asked = request.GET.get("waits", "")
    if not asked:
        return rows
    if asked not in kinds:
        raise BadParameter("waits", asked, " / ".join(kinds))
    return rows.filter(pk__in=kinds[asked](request.actor).values("pk"))


@page("posting.view")
def postings(request: PageRequest) -> HttpResponseBase:
    """The postings of the actor's area."""
    rows = _narrowed(request, desk.postings(request.actor), WAITS)
    sends = desk.pairings_of(request.actor, "supporter_path").exists()
    return POSTINGS.respond(
        request, rows, "postings/list.html", {"may_nominate": sends, "demo_data": _invented(rows)}
    )


@page("posting.view")
def requests(request: PageRequest) -> HttpResponseBase:
    """Requests for staff."""
    rows = _narrowed(request, desk.requests(request.actor), {"yes": waiting.to_answer})
    asks = desk.pairings_of(request.actor, "recipient_path").exists()
    return REQUESTS.respond(
        request, rows, "postings/requests.html", {"may_ask": asks, "demo_data": _invented(rows)}
    )


@page("posting.view")
def managers(request: PageRequest) -> HttpResponseBase:
    """Two-way secondments: managers posted down, and those whom the recipients send up."""
    rows = desk.managers(request.actor)
    return MANAGERS.respond(
        request,
        rows,
        "postings/managers.html",
        {"upward": upward(request.actor), "demo_data": _invented(rows)},
    )


@page("conduct.view")
def conduct(request: PageRequest) -> HttpResponseBase:
    """Conduct records of the own hospital; nobody else's list has them."""
    rows = desk.office_conduct(request.actor)
    return CONDUCT.respond(request, rows, "postings/conduct.html", {"demo_data": _invented(rows)})


@page("posting.own")
def mine(request: PageRequest) -> HttpResponseBase:
    """One's own postings."""
    rows = desk.own_postings(request.actor)
    return MINE.respond(request, rows, "postings/mine.html", {"demo_data": _invented(rows)})


COVERAGE = Listing(
    key="posting-coverage",
    title=pgettext_lazy("导航", "在岗连续性"),
    default_sort="hospital",
    empty=gettext_lazy("这一年没有您范围内的受援医院。"),
    size=50,
    columns=(
        Column(
            "hospital",
            pgettext_lazy("单数", "受援医院"),
            head=True,
            value=lambda line: line.hospital.name,
            href=lambda line: f"{reverse('postings:list')}?q={line.hospital.name}",
        ),
        Column("people", gettext_lazy("派驻人数"), numeric=True, sort=True),
        Column("most", gettext_lazy("同时在岗最多"), numeric=True, sort=True),
        Column("covered", gettext_lazy("有人在岗天数"), numeric=True, sort=True),
        Column("paired", gettext_lazy("结对天数"), numeric=True, sort=True),
        Column(
            "missing",
            gettext_lazy("无人在岗天数"),
            numeric=True,
            value=lambda line: line.paired - line.covered,
        ),
        Column(
            "gaps",
            gettext_lazy("无人在岗的日期"),
            value=lambda line: _("；").join(f"{first} – {last}" for first, last in line.gaps),
            width=40,
        ),
        Column("verdict", gettext_lazy("按规则"), value=lambda line: _verdict(line)),
    ),
    filters=(
        FlagFilter(
            "gap",
            gettext_lazy("有空档"),
            apply=lambda rows, value: [line for line in rows if bool(line.gaps) == value],
        ),
    ),
)


def _verdict(line: coverages.Line) -> str:
    if not (line.demand.always or line.demand.team):
        return _("未作要求")
    cited = f"{line.demand.rule}，{line.demand.clause}"
    return (_("不符（%(rule)s）") if line.breaks else _("符合（%(rule)s）")) % {"rule": cited}


@page("posting.view")
def coverage(request: PageRequest) -> HttpResponseBase:
    """Whether a recipient was ever without posted staff in a year."""
    known = coverages.years(request.actor)
    asked = request.GET.get("year", "").strip() or str(known[0])
    year = next((one for one in known if str(one) == asked), None)
    if year is None:
        raise BadParameter("year", asked, _("、").join(map(str, known)))
    lines = coverages.coverage(request.actor, year)
    file = COVERAGE.export(request, lines)
    if file is not None:
        return file
    return render(
        request,
        "postings/coverage.html",
        {
            "listing": COVERAGE.page(request, lines),
            "year": year,
            "years": known,
            "hospitals": len(lines),
            "whole": sum(not line.gaps for line in lines),
            "reference": next((line.demand.reference for line in lines if line.demand.reference), ""),
            "asked": any(line.demand.always for line in lines),
            "demo_data": coverages.is_demonstration(),
        },
    )
