"""Worklists of both sides, the pool of experts, numbers. No list is a look at a patient."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from duikou.core.faces import badge, row_url
from duikou.core.listing import ChoiceFilter, Column, FlagFilter, Listing, TextFilter
from duikou.core.pages import PageRequest, page
from duikou.core.times import time_words
from duikou.wings.hospitals import catalogue as register
from duikou.wings.telehealth.models import Consultation
from duikou.wings.telehealth.queries import counts as numbers
from duikou.wings.telehealth.queries import desk
from duikou.wings.telehealth.workflows import CONSULTATION

State = Consultation.State
LOOKS = {
    State.DRAFT: "neutral", State.SUBMITTED: "info", State.SENT: "info", State.RETURNED: "warning",
    State.ACCEPTED: "info", State.ASSIGNED: "info", State.ANSWERED: "warning", State.ACKNOWLEDGED: "success",
    State.CLOSED: "success", State.DECLINED: "danger", State.WITHDRAWN: "neutral",
}  # fmt: skip
URGENT = {"routine": "neutral", "urgent": "warning", "emergency": "danger"}


def state_badge(one: Consultation) -> str:
    """The state as a badge."""
    return badge(LOOKS[State(one.state)], CONSULTATION.states[one.state].label)


def _demo(row: Any) -> str:
    return _("演示数据") if row.demonstration else ""


def _due(row: Consultation) -> str:
    if row.due_at is None:
        return ""
    words = time_words(row.due_at)
    if row.late():
        return badge("danger", _("%(at)s 已超时") % {"at": words})
    return badge("neutral", words)


def _worklist(key: str, title: Any, empty: Any) -> Listing:
    return Listing(
        key=key,
        title=title,
        default_sort="-requested_at",
        empty=empty,
        columns=(
            Column(
                "number",
                gettext_lazy("编号"),
                head=True,
                value=lambda row: row.pk,
                href=lambda row: row_url("telehealth:consultation", row.pk),
                sort=("pk",),
            ),
            Column("kind", gettext_lazy("类别"), value=lambda row: row.get_kind_display(), sort=True,
                   whole=True),
            Column("patient", gettext_lazy("患者"), value=lambda row: row.patient.masked, whole=True),
            Column("state", gettext_lazy("状态"), value=lambda row: CONSULTATION.states[row.state].label,
                   html=state_badge, sort=True),
            Column("urgency", gettext_lazy("紧急程度"), value=lambda row: row.get_urgency_display(),
                   html=lambda row: badge(URGENT[row.urgency], row.get_urgency_display()), sort=True),
            Column("due_at", gettext_lazy("限时"), value=lambda row: row.due_at, html=_due, sort=True,
                   nulls_last=True),
            Column("specialty", gettext_lazy("所需专业"),
                   value=lambda row: register.specialty_label(row.specialty), sort=True),
            Column("inviting", gettext_lazy("邀请医院"), value=lambda row: row.inviting.name,
                   sort=("inviting__name", "pk")),
            Column("department", gettext_lazy("邀请科室"),
                   value=lambda row: row.department.name if row.department else "", on_page=False),
            Column("invited", gettext_lazy("受邀医院"), value=lambda row: row.invited.name,
                   sort=("invited__name", "pk")),
            Column("requested_at", gettext_lazy("申请时间"), sort=True),
            Column("adoption", gettext_lazy("采纳"), value=lambda row: row.get_adoption_display(),
                   on_page=False),
            Column("demonstration", gettext_lazy("演示"), value=_demo, whole=True),
        ),
        filters=(
            ChoiceFilter("state", gettext_lazy("状态"), ("state",),
                         choices=lambda _actor: CONSULTATION.choices()),
            ChoiceFilter("kind", gettext_lazy("类别"), ("kind",), choices=Consultation.Kind.choices),
            ChoiceFilter("urgency", gettext_lazy("紧急程度"), ("urgency",),
                         choices=Consultation.Urgency.choices),
            FlagFilter("late", gettext_lazy("已超时"), apply=desk.late),
        ),
    )  # fmt: skip


ASKED = _worklist(
    "consultations",
    pgettext_lazy("导航", "本院发起的会诊"),
    gettext_lazy("还没有会诊。从患者开始，写好病例，经医务科核准后发出。"),
)
RECEIVED = _worklist(
    "received-consultations",
    pgettext_lazy("导航", "他院邀请的会诊"),
    gettext_lazy("没有他院的会诊邀请。"),
)
EXPERTS = Listing(
    key="experts",
    title=pgettext_lazy("导航", "会诊专家库"),
    default_sort="hospital",
    empty=gettext_lazy("专家库还是空的。由本院医务科加入可受邀的医师。"),
    columns=(
        Column("name", gettext_lazy("姓名"), head=True, value=lambda row: row.person.name,
               href=lambda row: row_url("telehealth:expert", row.pk), sort=("person__name", "pk")),
        Column("title", gettext_lazy("职称"), value=lambda row: register.title_label(row.person.title),
               sort=("person__title", "pk")),
        Column("specialty", gettext_lazy("专业"),
               value=lambda row: register.specialty_label(row.person.specialty),
               sort=("person__specialty", "pk")),
        Column("kinds", gettext_lazy("可受邀的类别"),
               value=lambda row: _("、").join(str(Consultation.Kind(kind).label) for kind in row.kinds)),
        Column("tcm", gettext_lazy("中医"), value=lambda row: _("是") if row.tcm else ""),
        Column("practising_since", gettext_lazy("独立执业起"), sort=True),
        Column("hospital", gettext_lazy("医院"), value=lambda row: row.hospital.name,
               sort=("hospital__name", "pk")),
        Column("left", gettext_lazy("状态"), value=lambda row: _("已退出") if row.left_at else _("在库"),
               html=lambda row: badge("neutral" if row.left_at else "success",
                                      _("已退出") if row.left_at else _("在库"))),
        Column("demonstration", gettext_lazy("演示"), value=_demo, whole=True),
    ),
    filters=(
        FlagFilter("left", gettext_lazy("已退出"),
                   apply=lambda rows, value: rows.filter(left_at__isnull=not value)),
        FlagFilter("tcm", gettext_lazy("中医"), apply=lambda rows, value: rows.filter(tcm=value)),
    ),
)  # fmt: skip
HEADS: dict[str, tuple[Any, Any]] = {
    "pair": (gettext_lazy("邀请医院"), gettext_lazy("受邀医院")),
    "department": (gettext_lazy("邀请医院"), gettext_lazy("邀请科室")),
    "doctor": (gettext_lazy("单位"), gettext_lazy("签发专家")),
    "month": (gettext_lazy("月份"), ""),
}
TABS = (
    ("pair", "telehealth:counts", gettext_lazy("按两院")),
    ("department", "telehealth:counts_departments", gettext_lazy("按科室")),
    ("doctor", "telehealth:counts_doctors", gettext_lazy("按医师")),
    ("month", "telehealth:counts_months", gettext_lazy("按月")),
)


def _counts(by: str) -> Listing:
    first, second = HEADS[by]
    names = [Column("first", first, head=True, sort=True)]
    names += [Column("second", second, sort=True)] if second else []
    return Listing(
        key=f"consultation-counts-{by}",
        title=pgettext_lazy("导航", "远程会诊的数量"),
        default_sort="-first" if by == "month" else "first",
        empty=gettext_lazy("本辖区还没有发出过远程会诊。"),
        columns=(
            *names,
            Column("sent", gettext_lazy("发出"), numeric=True, sort=True),
            Column("diagnoses", gettext_lazy("其中远程诊断"), numeric=True, sort=True),
            Column("declined", gettext_lazy("受邀方谢绝"), numeric=True, sort=True),
            Column("signed", gettext_lazy("已签发意见"), numeric=True, sort=True),
            Column("counted", gettext_lazy("已确认"), numeric=True, sort=True),
            Column("adopted", gettext_lazy("采纳（含部分）"), numeric=True, sort=True),
            Column("rated", gettext_lazy("邀请方评分"), numeric=True),
            Column("demonstration", gettext_lazy("演示"), value=_demo, whole=True),
        ),
        filters=(TextFilter("q", first, ("first", "second")),),
    )


@page("consult.view")
def asked(request: PageRequest) -> HttpResponseBase:
    """What the own side asks."""
    lead = _("本院（本科室）发起的远程会诊和诊断。不需要实时连线：资料发出，专家签发意见，医师确认。")
    more = {"lead": lead, "may_ask": request.actor.may("consult.request")}
    return ASKED.respond(request, desk.asked(request.actor), "telehealth/list.html", more)


@page("consult.view")
def received(request: PageRequest) -> HttpResponseBase:
    """What other hospitals ask of the actor's hospital, or of the actor as an expert."""
    lead = _("他院邀请本院的会诊；被指派的专家在这里看到自己的。")
    return RECEIVED.respond(request, desk.received(request.actor), "telehealth/list.html", {"lead": lead})


@page("consult.view")
def experts(request: PageRequest) -> HttpResponseBase:
    """The pool of the own hospital, and one's own row."""
    lead = _("本院可受邀会诊的医师。已注册、独立执业满三年、专业和职称相符的才能被指派（规则 TEL-06）。")
    more = {"lead": lead, "may_enter": request.actor.may("consult.pool")}
    return EXPERTS.respond(request, desk.experts(request.actor), "telehealth/list.html", more)


@page("consult.count")
def counts(request: PageRequest, by: str) -> HttpResponseBase:
    """Numbers alone, by pair, department, doctor or month."""
    lead = _("发出的远程会诊的数量，没有任何患者的信息；已签发且已确认的才计入责任台账。")
    more = {"lead": lead, "tabs": [(key == by, name, label) for key, name, label in TABS]}
    rows = numbers.counts(request.actor, by)
    return _counts(by).respond(request, rows, "telehealth/list.html", more)
