"""The list of slides. No list is a look at a record."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from duikou.core import components
from duikou.core.faces import badge, row_url
from duikou.core.listing import ChoiceFilter, Column, Listing, TextFilter
from duikou.core.pages import PageRequest, page
from duikou.wings.pathology import queries
from duikou.wings.pathology.models import Slide

State = Slide.State
LOOKS = {
    State.CHECKING: "info",
    State.READY: "success",
    State.DOUBTFUL: "warning",
    State.REFUSED: "danger",
}


def state_badge(row: Slide) -> str:
    """The state of a slide."""
    return badge(LOOKS[State(row.state)], row.get_state_display())


def megabytes(row: Slide) -> str:
    """The size of its file."""
    return f"{row.size / 1048576:.1f}"


SLIDES = Listing(
    key="slides",
    title=pgettext_lazy("导航", "病理切片"),
    default_sort="-added_at",
    empty=gettext_lazy("还没有切片。上传第一张，或等对方医院申请远程病理。"),
    columns=(
        Column(
            "number",
            gettext_lazy("切片编号"),
            head=True,
            href=lambda row: row_url("pathology:slide", row.number),
        ),
        Column("title", gettext_lazy("部位与蜡块"), width=24),
        Column("stain", gettext_lazy("染色"), value=lambda row: row.get_stain_display(), sort=True),
        Column("patient", gettext_lazy("患者编号"), value=lambda row: row.study.patient.number),
        Column("hospital", gettext_lazy("医院"), value=lambda row: row.study.hospital.name, width=30),
        Column(
            "state",
            gettext_lazy("状态"),
            value=lambda row: row.get_state_display(),
            html=state_badge,
            sort=True,
        ),
        Column("size", gettext_lazy("大小（MB）"), value=megabytes, numeric=True, sort=True),
        Column("added_at", gettext_lazy("上传时间"), sort=True, width=20),
        Column(
            "demonstration",
            gettext_lazy("演示"),
            value=lambda row: _("演示数据") if row.demonstration else "",
        ),
    ),
    filters=(
        ChoiceFilter("state", gettext_lazy("状态"), ("state",), choices=State.choices),
        ChoiceFilter("stain", gettext_lazy("染色"), ("stain",), choices=Slide.Stain.choices),
        TextFilter("patient", gettext_lazy("患者编号"), ("study__patient__number__exact",)),
    ),
)


@page("study.view")
def slides(request: PageRequest) -> HttpResponseBase:
    """Slides of the own area, and those of studies that others granted."""
    more: dict[str, Any] = {
        "may_add": request.actor.may("study.edit"),
        "tiles": components.state("tiles"),
    }
    return SLIDES.respond(request, queries.slides(request.actor), "pathology/list.html", more)
