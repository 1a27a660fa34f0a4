"""The lists of recordings and of broadcasts."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from duikou.core.faces import badge
from duikou.core.listing import ChoiceFilter, Column, Listing, TextFilter
from duikou.wings.media.models import Broadcast, Recording

State = Recording.State
LOOKS = {State.PENDING: "neutral", State.WORKING: "info", State.READY: "success", State.REFUSED: "danger"}


def _length(row: Recording) -> str:
    return f"{row.duration_seconds // 60}:{row.duration_seconds % 60:02d}" if row.ready else ""


def _demonstration(row: Recording) -> str:
    return _("演示数据") if row.demonstration else ""


RECORDINGS = Listing(
    key="recordings",
    title=pgettext_lazy("导航", "教学视频"),
    default_sort="-added_at",
    empty=gettext_lazy("还没有视频。上传第一份，或开一场直播。"),
    columns=(
        Column(
            "title",
            gettext_lazy("名称"),
            head=True,
            href=lambda row: reverse("media:recording", args=[row.number]),
            sort=True,
            width=40,
        ),
        Column(
            "state",
            gettext_lazy("状态"),
            value=lambda row: row.get_state_display(),
            html=lambda row: badge(LOOKS[State(row.state)], row.get_state_display()),
            sort=True,
        ),
        Column("duration_seconds", gettext_lazy("时长（分:秒）"), value=_length, numeric=True, sort=True),
        Column("origin", gettext_lazy("来源"), value=lambda row: row.get_origin_display()),
        Column("shown", gettext_lazy("用处（个）"), numeric=True, sort=True),
        Column(
            "size", gettext_lazy("大小（MB）"), value=lambda row: f"{row.size / 1048576:.1f}", numeric=True,
            sort=True,
        ),
        Column("added_at", gettext_lazy("加入时间"), sort=True, width=20),
        Column("added_by", gettext_lazy("加入人"), value=lambda row: str(row.added_by or "")),
        Column("demonstration", gettext_lazy("演示"), value=_demonstration),
    ),
    filters=(
        ChoiceFilter("state", gettext_lazy("状态"), ("state",), choices=State.choices),
        TextFilter("q", gettext_lazy("名称"), ("title__icontains",)),
    ),
)  # fmt: skip


BROADCASTS = Listing(
    key="broadcasts",
    title=pgettext_lazy("导航", "直播授课"),
    default_sort="-started_at",
    empty=gettext_lazy("还没有直播。点“新开直播”，用浏览器的摄像头开始第一场。"),
    columns=(
        Column(
            "title",
            gettext_lazy("名称"),
            head=True,
            href=lambda row: reverse("media:broadcast", args=[row.number]),
            sort=True,
            width=40,
        ),
        Column(
            "state",
            gettext_lazy("状态"),
            value=lambda row: row.get_state_display(),
            html=lambda row: badge("success" if row.live else "neutral", row.get_state_display()),
            sort=True,
        ),
        Column("keeps", gettext_lazy("保存为录像"), value=lambda row: _("是") if row.keeps else _("否")),
        Column("started_at", gettext_lazy("开始"), sort=True, width=20),
        Column("ended_at", gettext_lazy("结束"), sort=True, width=20),
        Column("started_by", gettext_lazy("开播人"), value=lambda row: str(row.started_by or "")),
    ),
    filters=(
        ChoiceFilter("state", gettext_lazy("状态"), ("state",), choices=Broadcast.State.choices),
        TextFilter("q", gettext_lazy("名称"), ("title__icontains",)),
    ),
)
