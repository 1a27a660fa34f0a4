"""Lists: traineeships of one's area, offered places, teams of tutors, entries to sign."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from duikou.core.faces import badge
from duikou.core.listing import ChoiceFilter, Column, DateFilter, FlagFilter, Listing, TextFilter
from duikou.core.pages import PageRequest, page
from duikou.core.scope import Actor
from duikou.wings.hospitals import catalogue
from duikou.wings.training.models import LogEntry, Traineeship
from duikou.wings.training.queries import choices, logbook, trainees
from duikou.wings.training.queries import places as place_queries

State = Traineeship.State
LOOK = {
    State.APPLIED: "warning",
    State.ACCEPTED: "info",
    State.IN_TRAINING: "success",
    State.ENDED: "neutral",
    State.REFUSED: "danger",
    State.WITHDRAWN: "neutral",
}


def state_badge(one: Traineeship) -> SafeString:
    """How a traineeship stands."""
    return badge(LOOK[State(one.state)], one.get_state_display())


def specialty_words(one: Any) -> str:
    """A specialty in the reader's language."""
    return dict(catalogue.specialty_choices()).get(one.specialty, one.specialty)


def _yes(value: bool) -> str:
    return _("是") if value else _("否")


TRAINEES = Listing(
    key="traineeships",
    title=pgettext_lazy("导航", "进修"),
    default_sort="-first_day",
    empty=gettext_lazy("受援医院申请后，进修会列在这里。"),
    columns=(
        Column(
            "person",
            gettext_lazy("进修人员"),
            head=True,
            value=lambda t: t.person.name,
            href=lambda t: reverse("training:detail", args=[t.pk]),
            sort="person__name",
        ),
        Column(
            "recipient",
            pgettext_lazy("单数", "受援医院"),
            value=lambda t: t.recipient.name,
            sort="recipient__name",
        ),
        Column(
            "supporter",
            pgettext_lazy("单数", "支援医院"),
            value=lambda t: t.supporter.name,
            sort="supporter__name",
        ),
        Column("specialty", gettext_lazy("专业"), value=specialty_words),
        Column("route", gettext_lazy("途径"), value=lambda t: t.get_route_display(), sort=True),
        Column("first_day", gettext_lazy("第一天"), sort=True),
        Column("last_day", gettext_lazy("最后一天"), sort=True),
        Column(
            "state", gettext_lazy("状态"), value=lambda t: t.get_state_display(), html=state_badge, sort=True
        ),
        Column("free", gettext_lazy("免费"), value=lambda t: _yes(t.free), sort=True),
        Column(
            "team",
            gettext_lazy("导师团队"),
            value=lambda t: t.team.leader.name if t.team else "",
            on_page=False,
        ),
        Column("title", gettext_lazy("申请时职称"), on_page=False),
        Column(
            "demonstration",
            gettext_lazy("演示"),
            value=lambda t: _("演示数据") if t.demonstration else "",
            on_page=False,
        ),
    ),
    filters=(
        TextFilter("q", gettext_lazy("进修人员"), fields=("person__name",)),
        TextFilter("hospital", gettext_lazy("医院"), fields=("supporter__name", "recipient__name")),
        ChoiceFilter("state", gettext_lazy("状态"), choices=tuple(State.choices)),
        ChoiceFilter("route", gettext_lazy("途径"), choices=tuple(Traineeship.Route.choices)),
        FlagFilter("free", gettext_lazy("免费")),
        DateFilter("from", gettext_lazy("不早于"), fields=("last_day",)),
        DateFilter("to", gettext_lazy("不晚于"), fields=("first_day",), comparison="lte"),
    ),
)

PLACES = Listing(
    key="training-places",
    title=pgettext_lazy("导航", "进修名额"),
    default_sort="-first_day",
    empty=gettext_lazy("支援医院提供的进修名额会列在这里。"),
    columns=(
        Column(
            "supporter",
            pgettext_lazy("单数", "支援医院"),
            head=True,
            value=lambda p: p.supporter.name,
            href=lambda p: reverse("training:place", args=[p.pk]),
            sort="supporter__name",
        ),
        Column(
            "department",
            gettext_lazy("科室"),
            value=lambda p: p.department.name if p.department else _("全院"),
        ),
        Column("specialty", gettext_lazy("专业"), value=specialty_words),
        Column("first_day", gettext_lazy("第一天"), sort=True),
        Column("last_day", gettext_lazy("最后一天"), sort=True),
        Column("places", gettext_lazy("同时接收人数"), sort=True, numeric=True),
        Column("held", gettext_lazy("已接收"), numeric=True),
        Column("waiting", gettext_lazy("待答复"), numeric=True),
        Column("free", gettext_lazy("免费"), value=lambda p: _yes(p.free), sort=True),
        Column("closed_on", gettext_lazy("停止接收"), nulls_last=True, sort=True),
    ),
    filters=(
        TextFilter("hospital", gettext_lazy("医院"), fields=("supporter__name",)),
        FlagFilter("free", gettext_lazy("免费")),
        DateFilter("from", gettext_lazy("不早于"), fields=("last_day",)),
    ),
)

TEAMS = Listing(
    key="tutor-teams",
    title=pgettext_lazy("导航", "导师团队"),
    default_sort="-formed_on",
    empty=gettext_lazy("支援医院组建的导师团队会列在这里。"),
    columns=(
        Column(
            "leader",
            gettext_lazy("组长"),
            head=True,
            value=lambda t: t.leader.name,
            href=lambda t: reverse("training:team", args=[t.pk]),
            sort="leader__name",
        ),
        Column("specialty", gettext_lazy("专业"), value=specialty_words),
        Column(
            "supporter", pgettext_lazy("单数", "支援医院"), value=lambda t: t.pairing.supporter.name,
            sort="pairing__supporter__name",
        ),
        Column(
            "recipient", pgettext_lazy("单数", "受援医院"), value=lambda t: t.pairing.recipient.name,
            sort="pairing__recipient__name",
        ),
        Column("formed_on", gettext_lazy("组建日期"), sort=True),
        Column("ended_on", gettext_lazy("解散日期"), sort=True, nulls_last=True),
        Column("trainees", gettext_lazy("进修人员"), numeric=True),
    ),
    filters=(
        TextFilter(
            "hospital", gettext_lazy("医院"), fields=("pairing__supporter__name", "pairing__recipient__name")
        ),
    ),
)  # fmt: skip


def _sides(actor: Actor) -> dict[str, bool]:
    """For which side the actor arranges training: supporters offer and teach, recipients apply."""
    return {
        "may_offer": choices.own_pairings(actor, "supporter_path").exists(),
        "may_apply": choices.own_pairings(actor, "recipient_path").exists(),
    }


def _sums(actor: Actor) -> str:
    """How many there were in the latest year with anybody, and how many of them free of charge."""
    found = trainees.latest_counted(actor)
    if found is None:
        return ""
    return _(
        "%(year)s 年有 %(all)s 人进修：免费 %(free)s 人，住院医师规范化培训 %(residency)s 人，"
        "挂职锻炼 %(secondment)s 人，整队 %(together)s 人。"
    ) % asdict(found)


@page("training.view")
def listed(request: PageRequest) -> HttpResponseBase:
    """Traineeships of one's area."""
    rows = trainees.trained(request.actor)
    return TRAINEES.respond(
        request,
        rows,
        "training/list.html",
        {
            "heading": TRAINEES.title,
            "step": "apply",
            "lead": " ".join(
                filter(None, (_("受援医院送到支援医院进修、规培、挂职和学习的人员。"), _sums(request.actor)))
            ),
            **_sides(request.actor),
            "demo_data": rows.filter(demonstration=True).exists(),
        },
    )


@page("training.view")
def places(request: PageRequest) -> HttpResponseBase:
    """Places that are offered to one's area."""
    rows = place_queries.places(request.actor)
    return PLACES.respond(
        request,
        rows,
        "training/list.html",
        {
            "heading": PLACES.title,
            "step": "offer",
            "lead": _("支援医院各科室分期提供的名额；结对医院优先（规则 AGR-11）。"),
            **_sides(request.actor),
            "demo_data": rows.filter(demonstration=True).exists(),
        },
    )


@page("training.view")
def teams(request: PageRequest) -> HttpResponseBase:
    """Teams of tutors of one's area."""
    rows = trainees.teams(request.actor)
    return TEAMS.respond(
        request,
        rows,
        "training/list.html",
        {
            "heading": TEAMS.title,
            "step": "tutor",
            "lead": _("支援医院以团队带团队（规则 TRN-03）。"),
            **_sides(request.actor),
            "demo_data": rows.filter(demonstration=True).exists(),
        },
    )


def _signing(sign: str) -> Listing:
    return Listing(
        key="training-entries",
        title=gettext_lazy("待签字的进修日志"),
        default_sort="-on",
        empty=gettext_lazy("没有等您签字的进修日志。"),
        columns=(
            Column(
                "person",
                gettext_lazy("进修人员"),
                head=True,
                value=lambda e: e.traineeship.person.name,
                href=lambda e: reverse(sign, args=[e.pk]),
                sort="traineeship__person__name",
            ),
            Column(
                "recipient", pgettext_lazy("单数", "受援医院"), value=lambda e: e.traineeship.recipient.name
            ),
            Column("on", gettext_lazy("日期"), sort=True),
            Column("kind", gettext_lazy("内容"), value=lambda e: e.get_kind_display(), sort=True),
            Column("number", gettext_lazy("次数"), numeric=True, sort=True),
            Column("note", gettext_lazy("要点")),
        ),
        filters=(
            TextFilter("q", gettext_lazy("进修人员"), fields=("traineeship__person__name",)),
            ChoiceFilter("kind", gettext_lazy("内容"), choices=tuple(LogEntry.Kind.choices)),
        ),
    )


SIGNING, TEACHING = _signing("training:sign"), _signing("training:teaching-sign")


def _to_sign(request: PageRequest, listing: Listing) -> HttpResponseBase:
    rows = logbook.to_sign(request.actor)
    return listing.respond(
        request,
        rows,
        "training/list.html",
        {
            "heading": listing.title,
            "lead": _("轮转期间由带教老师或科室主任签字；不符的退回本人改正。"),
            "demo_data": rows.filter(demonstration=True).exists(),
        },
    )


@page("training.teach")
def signing(request: PageRequest) -> HttpResponseBase:
    """Entries of one's department that wait for a signature."""
    return _to_sign(request, SIGNING)


@page("training.own")
def teaching(request: PageRequest) -> HttpResponseBase:
    """Entries that wait for a signature of the tutor, who holds no office."""
    return _to_sign(request, TEACHING)
