"""Lists: studies, what waits to be matched, senders. No list is a look: names are masked or absent."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from duikou.core import components
from duikou.core.faces import badge, row_url
from duikou.core.listing import ChoiceFilter, Column, Listing, TextFilter
from duikou.core.pages import PageRequest, page
from duikou.wings.imaging import queries
from duikou.wings.imaging.models import Study
from duikou.wings.imaging.queries import pictures
from duikou.wings.imaging.queries.deliveries import refused, unknown_senders

LOOKS = {"ready": "success", "unmatched": "warning", "withdrawn": "neutral", "erased": "neutral"}


def _demo(row: Any) -> str:
    return _("演示数据") if row.demonstration else ""


STUDIES = Listing(
    key="studies",
    title=pgettext_lazy("导航", "检查影像"),
    default_sort="-received_at",
    empty=gettext_lazy("还没有检查。上传第一份影像，或等对方医院发起会诊。"),
    columns=(
        Column(
            "description",
            gettext_lazy("检查项目"),
            head=True,
            value=lambda row: row.description or row.get_kind_display(),
            href=lambda row: row_url("imaging:study", row.study_uid),
            sort=True,
        ),
        Column("patient", gettext_lazy("患者编号"), value=lambda row: row.patient.number),
        Column("name", gettext_lazy("姓名"), value=lambda row: row.patient.masked, whole=True),
        Column("kind", gettext_lazy("类别"), value=lambda row: row.get_kind_display(), sort=True),
        Column("modality", gettext_lazy("设备类型"), sort=True),
        Column("taken_at", gettext_lazy("检查时间"), sort=True),
        Column(
            "hospital", gettext_lazy("检查医院"), value=lambda row: row.hospital.name,
            sort=("hospital__name", "pk"),
        ),
        Column("received_at", gettext_lazy("接收时间"), sort=True),
        Column(
            "state",
            gettext_lazy("状态"),
            value=lambda row: row.get_state_display(),
            html=lambda row: badge(LOOKS[row.state], row.get_state_display()),
        ),
        Column("demonstration", gettext_lazy("演示"), value=_demo),
    ),
    filters=(
        ChoiceFilter("kind", gettext_lazy("类别"), ("kind",), choices=Study.Kind.choices),
        TextFilter("modality", gettext_lazy("设备类型"), ("modality",)),
        ChoiceFilter("state", gettext_lazy("状态"), ("state",), choices=Study.State.choices),
    ),
)  # fmt: skip
UNMATCHED = Listing(
    key="unmatched",
    title=pgettext_lazy("导航", "待匹配影像"),
    default_sort="-received_at",
    empty=gettext_lazy("没有待匹配的影像。"),
    columns=(
        Column(
            "description",
            gettext_lazy("检查项目"),
            head=True,
            value=lambda row: row.description or row.get_kind_display(),
            href=lambda row: row_url("imaging:match", row.study_uid),
        ),
        Column("modality", gettext_lazy("设备类型"), sort=True),
        Column("taken_at", gettext_lazy("检查时间"), sort=True),
        Column("hospital", gettext_lazy("医院"), value=lambda row: row.hospital.name),
        Column("gateway", gettext_lazy("影像网关"), value=lambda row: str(row.gateway or "")),
        Column("count", gettext_lazy("文件"), numeric=True),
        Column("received_at", gettext_lazy("接收时间"), sort=True),
    ),
)
GATEWAYS = Listing(
    key="gateways",
    title=pgettext_lazy("导航", "影像网关"),
    default_sort="ae_title",
    empty=gettext_lazy("还没有影像网关。登记后，医院的 PACS 或设备可以直接送影像。"),
    columns=(
        Column(
            "ae_title", gettext_lazy("AE 标题"), head=True, sort=True,
            href=lambda row: row_url("imaging:gateway", row.pk),
        ),
        Column("hospital", gettext_lazy("医院"), value=lambda row: row.hospital.name),
        Column("address", gettext_lazy("网络地址")),
        Column("port", gettext_lazy("端口"), numeric=True),
        Column("active", gettext_lazy("状态"), value=lambda row: _("启用") if row.active else _("停用")),
        Column("demonstration", gettext_lazy("演示"), value=_demo),
    ),
)  # fmt: skip


@page("study.view")
def listed(request: PageRequest) -> HttpResponseBase:
    """Studies of the actor's area, and those granted to it."""
    may = request.actor.may("study.edit")
    return STUDIES.respond(
        request,
        queries.studies(request.actor),
        "imaging/list.html",
        {
            "lead": _("本院（本科室）患者的检查，和会诊期间对方医院的检查。打开一份检查会留下查阅记录。"),
            "store": components.state("imaging"),
            "step": (reverse("imaging:upload"), _("上传影像"), "upload") if may else None,
        },
    )


@page("study.match")
def unmatched(request: PageRequest) -> HttpResponseBase:
    """Pictures of gateways whose patient is not known yet."""
    lead = _("网关送来、未能按患者编号自动归档的影像。匹配前任何人都不能阅片。")
    waiting = refused(request.actor).count()
    return UNMATCHED.respond(
        request,
        pictures.unmatched(request.actor),
        "imaging/list.html",
        {"lead": lead, "refused": waiting, "refused_url": f"{reverse('imaging:refused')}?state=refused"},
    )


@page("study.match")
def gateways(request: PageRequest) -> HttpResponseBase:
    """Senders of pictures."""
    return GATEWAYS.respond(
        request,
        pictures.gateways(request.actor),
        "imaging/list.html",
        {
            "lead": _("只接收这里登记并启用的 AE 标题和网络地址送来的影像。"),
            "store": components.state("imaging"),
            "unknown": unknown_senders(request.actor),
            "step": (reverse("imaging:new_gateway"), _("登记影像网关"), "plus"),
        },
    )
