"""Lists: patients with masked names, emergency accesses, looks, what is due, numbers. No list is a look."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

from django.http import HttpResponseBase
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from duikou.core.faces import badge, row_url
from duikou.core.listing import ChoiceFilter, Column, DateFilter, FlagFilter, Listing, TextFilter
from duikou.core.pages import PageRequest, page
from duikou.wings.patients import retention
from duikou.wings.patients.catalogue import (
    payment_choices,
    payment_label,
    purpose_title,
    purposes,
)
from duikou.wings.patients.models import Access, Erasure, Patient
from duikou.wings.patients.queries import counts as numbers
from duikou.wings.patients.queries import records, waiting


def _demo(row: Any) -> str:
    return _("演示数据") if row.demonstration else ""


def _unbroken(text: str) -> str:
    return SafeString(f'<span class="dk-nowrap">{escape(text)}</span>')


def _person(row: Any) -> str:
    return row.number if hasattr(row, "number") else row.patient.number


NUMBER = Column(
    "number",
    gettext_lazy("患者编号"),
    head=True,
    value=_person,
    href=lambda row: row_url("patients:patient", _person(row)),
)
BARE = Column("number", gettext_lazy("患者编号"), head=True, value=_person)
PATIENTS = Listing(
    key="patients",
    title=pgettext_lazy("导航", "患者"),
    default_sort="-registered_at",
    empty=gettext_lazy("还没有患者。登记第一位，或请对方医院转诊、会诊。"),
    columns=(
        NUMBER,
        Column("masked", gettext_lazy("姓名"), html=lambda p: _unbroken(p.masked)),
        Column("sex", gettext_lazy("性别"), value=lambda p: p.get_sex_display(), sort=True),
        Column("born", gettext_lazy("出生年"), value=lambda p: p.birth_date.year, sort=("birth_date", "pk")),
        Column("payment", gettext_lazy("付费方式"), value=lambda p: payment_label(p.payment), sort=True),
        Column("care", gettext_lazy("就诊类别"), value=lambda p: p.get_care_display(), sort=True),
        Column(
            "hospital",
            gettext_lazy("建档医院"),
            value=lambda p: p.hospital.name,
            sort=("hospital__name", "pk"),
        ),
        Column("department", gettext_lazy("科室"), value=lambda p: p.department.name if p.department else ""),
        Column("last_contact_on", gettext_lazy("最近就诊"), sort=True),
        Column("registered_at", gettext_lazy("登记时间"), sort=True, on_page=False),
        Column("demonstration", gettext_lazy("演示"), value=_demo),
    ),
    filters=(
        ChoiceFilter("care", gettext_lazy("就诊类别"), ("care",), choices=Patient.Care.choices),
        ChoiceFilter(
            "payment", gettext_lazy("付费方式"), ("payment",), choices=lambda _actor: payment_choices()
        ),
        DateFilter("since", gettext_lazy("最近就诊不早于"), ("last_contact_on",)),
    ),
)
EMERGENCIES = Listing(
    key="emergencies",
    title=pgettext_lazy("导航", "紧急调阅审核"),
    default_sort="-opened_at",
    empty=gettext_lazy("没有紧急调阅。"),
    columns=(
        Column(
            "opened_at",
            gettext_lazy("调阅时间"),
            head=True,
            href=lambda row: row_url("patients:review", row.pk),
            sort=True,
        ),
        Column("patient", gettext_lazy("患者编号"), value=_person),
        Column("reader", gettext_lazy("调阅人"), sort=True),
        Column("reader_place", gettext_lazy("调阅单位"), sort=True),
        Column("until", gettext_lazy("时限")),
        Column("reason", gettext_lazy("理由"), width=50),
        Column(
            "justified",
            gettext_lazy("审核"),
            value=lambda row: _verdict(row)[1],
            html=lambda row: badge(*_verdict(row)),
        ),
        Column("remark", gettext_lazy("审核意见"), on_page=False, width=40),
        Column("demonstration", gettext_lazy("演示"), value=_demo),
    ),
    filters=(
        FlagFilter(
            "reviewed",
            gettext_lazy("已审核"),
            apply=lambda rows, value: rows.filter(reviewed_at__isnull=not value),
        ),
    ),
)
LOOKS = Listing(
    key="looks",
    title=pgettext_lazy("导航", "查阅记录"),
    default_sort="-at",
    empty=gettext_lazy("还没有人查阅本院的患者档案。"),
    columns=(
        Column("at", gettext_lazy("时间"), head=True, sort=True, width=20),
        Column("patient", gettext_lazy("患者编号"), value=_person, width=14),
        Column("reader", gettext_lazy("查阅人"), sort=True, width=24),
        Column("reader_place", gettext_lazy("查阅单位"), sort=True, width=30),
        Column("grounds", gettext_lazy("依据"), value=lambda row: row.get_grounds_display(), sort=True),
        Column("purpose", gettext_lazy("目的"), value=lambda row: row.get_purpose_display(), sort=True),
        Column("place", gettext_lazy("途径"), value=lambda row: row.get_place_display(), sort=True),
        Column("demonstration", gettext_lazy("演示"), value=_demo),
    ),
    filters=(
        TextFilter("number", gettext_lazy("患者编号"), ("patient__number__exact",)),
        ChoiceFilter("grounds", gettext_lazy("依据"), ("grounds",), choices=Access.Grounds.choices),
        DateFilter("from", gettext_lazy("起"), ("at__date",)),
        DateFilter("to", gettext_lazy("止"), ("at__date",), comparison="lte"),
    ),
)
TO_CONFIRM = Listing(
    key="oral-consents",
    title=gettext_lazy("待补书面确认的口头同意"),
    default_sort="given_at",
    empty=gettext_lazy("没有待补书面确认的口头同意。"),
    columns=(
        Column(
            "number",
            gettext_lazy("患者编号"),
            head=True,
            value=_person,
            href=lambda row: row_url("patients:confirm", row.pk),
        ),
        Column("purpose", gettext_lazy("同意事项"), value=lambda row: purpose_title(row.purpose)),
        Column("given_at", gettext_lazy("同意时间"), sort=True),
        Column("stands_until", gettext_lazy("有效到"), sort=True),
        Column("demonstration", gettext_lazy("演示"), value=_demo),
    ),
)
DUE = Listing(
    key="due-patients",
    title=pgettext_lazy("导航", "到期档案"),
    default_sort="last_contact_on",
    empty=gettext_lazy("没有保存期满的档案。"),
    columns=(
        Column(
            "number",
            gettext_lazy("患者编号"),
            head=True,
            value=_person,
            href=lambda row: row_url("patients:propose", row.number),
        ),
        Column("care", gettext_lazy("就诊类别"), value=lambda p: p.get_care_display(), sort=True),
        Column("last_contact_on", gettext_lazy("最近就诊"), sort=True),
        Column("kept_until", gettext_lazy("保存到"), value=retention.kept_until),
        Column("demonstration", gettext_lazy("演示"), value=_demo),
    ),
)
LOOK = {"proposed": "warning", "done": "neutral", "refused": "info"}
ERASURES = Listing(
    key="erasures",
    title=gettext_lazy("到期销毁"),
    default_sort="-proposed_at",
    empty=gettext_lazy("没有提出过销毁。"),
    columns=(
        Column(
            "number",
            gettext_lazy("患者编号"),
            head=True,
            value=_person,
            href=lambda row: row_url("patients:decide", row.pk),
        ),
        Column("due_on", gettext_lazy("到期"), sort=True),
        Column("reason", gettext_lazy("理由"), width=40),
        Column("proposed_by", gettext_lazy("提出人"), value=lambda row: str(row.proposed_by or "")),
        Column("proposed_at", pgettext_lazy("销毁", "提出时间"), sort=True),
        Column(
            "state",
            gettext_lazy("状态"),
            value=lambda row: row.get_state_display(),
            html=lambda row: badge(LOOK[row.state], row.get_state_display()),
            sort=True,
        ),
        Column("decided_by", gettext_lazy("核准人"), value=lambda row: str(row.decided_by or "")),
        Column("remark", gettext_lazy("说明"), on_page=False, width=40),
    ),
    filters=(ChoiceFilter("state", gettext_lazy("状态"), ("state",), choices=Erasure.State.choices),),
)


def _verdict(row: Any) -> tuple[str, str]:
    if row.justified is None:
        return "warning", _("待审核")
    return ("success", _("正当")) if row.justified else ("danger", _("不正当"))


def _agreed(purpose: str) -> Callable[[Any], int]:
    def count(line: Any) -> int:
        found: int = line.consents.get(purpose, 0)
        return found

    return count


def _counts() -> Listing:
    return Listing(
        key="patient-counts",
        title=pgettext_lazy("导航", "患者与同意的数量"),
        default_sort="-patients",
        empty=gettext_lazy("本辖区的医院还没有登记患者。"),
        columns=(
            Column("name", gettext_lazy("医院"), head=True, sort=True),
            Column("patients", gettext_lazy("患者（份档案）"), numeric=True, sort=True),
            *(
                Column(
                    f"consent_{key}",
                    _("%(purpose)s：同意有效（人）") % {"purpose": purpose_title(key)},
                    value=_agreed(key),
                    numeric=True,
                )
                for key in purposes()
            ),
            Column("withdrawn", gettext_lazy("撤回同意（项）"), numeric=True, sort=True),
            Column("emergencies", gettext_lazy("紧急调阅（次）"), numeric=True, sort=True),
            Column("open", gettext_lazy("其中待审核"), numeric=True, sort=True),
            Column("unjustified", gettext_lazy("其中不正当"), numeric=True, sort=True),
            Column("demonstration", gettext_lazy("演示"), value=_demo),
        ),
        filters=(TextFilter("q", gettext_lazy("医院"), ("name",)),),
    )


@page("patient.view")
def patients(request: PageRequest) -> HttpResponseBase:
    """The patients of the actor's area, and those shared with it."""
    return PATIENTS.respond(
        request,
        records.patients(request.actor),
        "patients/list.html",
        {
            "may_enter": request.actor.may("patient.edit"),
            "may_break": request.actor.may("patient.break_glass"),
        },
    )


@page("patient.review")
def emergencies(request: PageRequest) -> HttpResponseBase:
    """Emergency accesses to the hospital's records."""
    return EMERGENCIES.respond(
        request,
        records.emergencies(request.actor),
        "patients/plain.html",
        {"lead": _("谁在紧急情况下调阅了本院的患者档案，是否正当。")},
    )


@page("patient.review")
def looks(request: PageRequest) -> HttpResponseBase:
    """Who looked at the hospital's records."""
    return LOOKS.respond(
        request,
        records.accesses(request.actor),
        "patients/plain.html",
        {"lead": _("谁在何时、凭什么、为什么查阅了本院的患者档案；记录不能修改，可导出 Excel。")},
    )


@page("patient.consent")
def to_confirm(request: PageRequest) -> HttpResponseBase:
    """Oral consents that wait for paper."""
    rows: Any = waiting.to_confirm(request.actor).select_related("patient")
    lead = _("口头同意须在限期内补书面确认，逾期的到期后不再有效（规则 PAT-04）。")
    return TO_CONFIRM.respond(request, rows, "patients/plain.html", {"lead": lead})


@page("patient.review")
def due(request: PageRequest) -> HttpResponseBase:
    """Records that need not be kept any more."""
    lead = _("保存期满的档案（规则 PAT-05）。系统从不自动删除：一人提出，另一人核准。")
    return DUE.respond(
        request, waiting.due(request.actor), "patients/plain.html", {"lead": lead, "due": True}
    )


@page("patient.review")
def erasures(request: PageRequest) -> HttpResponseBase:
    """Erasures proposed and decided."""
    lead = _("提出和核准须是两人；核准后个人信息清除，编号和查阅记录保留。")
    return ERASURES.respond(request, records.erasures(request.actor), "patients/plain.html", {"lead": lead})


@page("patient.count")
def counts(request: PageRequest) -> HttpResponseBase:
    """Numbers alone."""
    lead = _("只有数量，没有任何患者的信息。")
    return _counts().respond(request, numbers.counts(request.actor), "patients/plain.html", {"lead": lead})
