"""Deliveries: an upload while it is checked, what was refused and why, and what is done about it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from duikou.core.documents import MEGABYTE
from duikou.core.errors import DuikouError
from duikou.core.faces import answer_form, badge, done, row_url
from duikou.core.listing import ChoiceFilter, Column, Listing
from duikou.core.pages import PageRequest, both, page
from duikou.wings.imaging import actions, forms
from duikou.wings.imaging.models import Delivery
from duikou.wings.imaging.queries import deliveries as queries

LOOKS = {"checking": "neutral", "kept": "success", "refused": "danger", "settled": "neutral"}
State = Delivery.State


def _advice(row: Delivery) -> str:
    return str(queries.ADVICE.get(row.cause, "")) if row.state == State.REFUSED else ""


def _patient(row: Delivery) -> str:
    return row.patient.number if row.patient else "—"


def _megabytes(row: Delivery) -> float:
    return round(row.size / MEGABYTE, 1)


def _demo(row: Delivery) -> str:
    return _("演示数据") if row.demonstration else ""


DELIVERIES = Listing(
    key="refused-images",
    title=pgettext_lazy("导航", "影像收件"),
    default_sort="-received_at",
    empty=gettext_lazy("没有被拒收的影像。"),
    columns=(
        Column(
            "number",
            gettext_lazy("收件"),
            head=True,
            value=lambda row: row.number,
            href=lambda row: row_url("imaging:delivery", row.number),
        ),
        Column("origin", gettext_lazy("来源"), value=lambda row: row.get_origin_display(), sort=True),
        Column("sender", gettext_lazy("发送方"), value=lambda row: row.sender or "—"),
        Column(
            "hospital", gettext_lazy("医院"), value=lambda row: row.hospital.name if row.hospital else "",
            sort=("hospital__name", "pk"),
        ),
        Column("patient", gettext_lazy("患者编号"), value=_patient),
        Column("count", gettext_lazy("文件"), numeric=True, sort=True),
        Column("size", gettext_lazy("大小（MB）"), numeric=True, value=_megabytes),
        Column("received_at", gettext_lazy("接收时间"), sort=True),
        Column(
            "state",
            gettext_lazy("状态"),
            value=lambda row: row.get_state_display(),
            html=lambda row: badge(LOOKS[row.state], row.get_state_display()),
            sort=True,
        ),
        Column("cause", gettext_lazy("原因"), value=lambda row: row.get_cause_display() or "—", sort=True),
        Column("advice", gettext_lazy("怎么办"), value=_advice, width=40, on_page=False),
        Column("demonstration", gettext_lazy("演示"), value=_demo),
    ),
    filters=(
        ChoiceFilter("state", gettext_lazy("状态"), ("state",), choices=State.choices),
        ChoiceFilter("cause", gettext_lazy("原因"), ("cause",), choices=Delivery.Cause.choices),
        ChoiceFilter("origin", gettext_lazy("来源"), ("origin",), choices=Delivery.Origin.choices),
    ),
)  # fmt: skip


@page("study.edit")
def refused(request: PageRequest) -> HttpResponseBase:
    """What came in, the latest first; a workbook of it with `export=xlsx`."""
    lead = _("上传的影像和网关送来后被拒收的影像。被拒收的原文件保留，可重新核对。")
    return DELIVERIES.respond(request, queries.deliveries(request.actor), "imaging/list.html", {"lead": lead})


@page("study.edit")
def delivery(request: PageRequest, number: str) -> HttpResponse:
    """One delivery: how far it is, or what was wrong with each file."""
    found = queries.delivery(request.actor, number)
    refused_now = found.state == State.REFUSED
    may_settle = refused_now and request.actor.may_any(_permission(found), found.scope_paths())
    return render(
        request,
        "imaging/delivery.html",
        {
            "delivery": found,
            "look": LOOKS[found.state],
            "size": _megabytes(found),
            "faults": queries.told(found),
            "advice": _advice(found),
            "studies": queries.became(request.actor, found),
            "may_settle": may_settle,
            "may_recheck": may_settle and found.origin == Delivery.Origin.GATEWAY,
        },
    )


def _permission(found: Delivery) -> str:
    return "study.match" if found.origin == Delivery.Origin.GATEWAY else "study.edit"


@page("study.edit")
def delivery_progress(request: PageRequest, number: str) -> HttpResponse:
    """A fragment while it is checked; once that is over, the page is loaded anew."""
    found = queries.delivery(request.actor, number)
    if found.state != State.CHECKING:
        answer = HttpResponse(status=200)
        answer["HX-Redirect"] = reverse("imaging:delivery", args=[number])
        return answer
    return render(request, "imaging/_checking.html", {"delivery": found})


@require_POST
@page("study.match")
def recheck(request: PageRequest, number: str) -> HttpResponse:
    """Check refused files of a gateway anew."""
    found = queries.delivery(request.actor, number)
    try:
        actions.recheck(actor=request.actor, delivery=found)
    except DuikouError as error:
        if error.status in (403, 404):
            raise
        return _again(request, found, error)
    done(request, _("核对无误，影像已保存。"))
    return redirect("imaging:delivery", number)


def _again(request: PageRequest, found: Delivery, error: DuikouError) -> HttpResponse:
    from django.contrib import messages

    messages.error(request, str(error.message))
    return redirect("imaging:delivery", found.number)


@both
@page("study.edit")
def settle(request: PageRequest, number: str) -> HttpResponse:
    """Say what was done about a refusal."""
    found = queries.delivery(request.actor, number)
    form = forms.ReasonForm(request.POST or None)
    context: dict[str, Any] = {
        "form": form,
        "title": _("处置拒收"),
        "about": _("影像收件"),
        "back": reverse("imaging:delivery", args=[number]),
        "button": _("处置完毕"),
        "hint": _("写明怎样处理的，如“已由放射科改正后重新发送”。原文件保留。"),
    }
    return answer_form(
        request,
        form,
        lambda data: actions.settle(actor=request.actor, delivery=found, remark=data["reason"]),
        "imaging/act.html",
        context,
        said=_("已处置。"),
        then=reverse("imaging:refused"),
    )
