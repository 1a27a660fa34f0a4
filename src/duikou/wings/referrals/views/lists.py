"""Lists: the worklist, the directory of services, clocks that ran out, numbers. No list is a look."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from duikou.core.exports import text as written
from duikou.core.faces import badge, row_url
from duikou.core.listing import ChoiceFilter, Column, DateFilter, FlagFilter, Listing, TextFilter
from duikou.core.pages import PageRequest, page
from duikou.wings.hospitals.catalogue import specialty_choices, specialty_label
from duikou.wings.referrals.catalogue import tier_choices
from duikou.wings.referrals.models import Clock, Escalation, Referral, Service
from duikou.wings.referrals.queries import counts as numbers
from duikou.wings.referrals.queries import referrals as queries
from duikou.wings.referrals.queries import services as directory
from duikou.wings.referrals.queries import worklist as worklist_queries

LOOK = {
    "draft": "neutral", "sent": "warning", "returned": "warning", "accepted": "info", "arrived": "info",
    "treating": "info", "back": "warning", "follow_up": "info", "closed": "success", "declined": "danger",
    "withdrawn": "neutral",
}  # fmt: skip
URGENT = {"routine": "neutral", "urgent": "warning", "emergency": "danger"}


def demo(row: Any) -> str:
    """Whether a row is invented."""
    return _("演示数据") if row.demonstration else ""


def state_badge(row: Referral) -> str:
    """The state of a referral."""
    return badge(LOOK[row.state], row.get_state_display())


def _with_words(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of one page with their words in the reader's language, each looked up once per page."""
    states, directions, urgencies, kinds = (
        {value: str(label) for value, label in names.choices}
        for names in (Referral.State, Referral.Direction, Referral.Urgency, Clock.Kind)
    )
    tiers, invented, now = dict(tier_choices()), _("演示数据"), timezone.now()
    found = worklist_queries.completed(rows)
    for row in found:
        row["problem"] = tiers.get(row["tier"], row["diagnosis"])
        row["direction_words"] = directions[row["direction"]]
        row["urgency_words"], row["state_words"] = urgencies[row["urgency"]], states[row["state"]]
        row["demo"] = invented if row["demonstration"] else ""
        due = row["due_at"]
        row["due"], row["due_badge"] = "", ""
        if due:
            row["due"] = written(due)
            row["due_badge"] = format_html(
                '{}<br><span class="dk-small dk-muted dk-nowrap">{}</span>',
                badge("danger" if due < now else "neutral", kinds[row["due_kind"]]),
                row["due"],
            )
    return found


WORKLIST = Listing(
    key="referrals",
    title=pgettext_lazy("导航", "转诊"),
    default_sort="-created_at",
    empty=gettext_lazy("还没有转诊。从患者档案或“新建转诊”开始。"),
    fields=(*worklist_queries.COLUMNS, "created_at"),
    prepare=_with_words,
    columns=(
        Column(
            "number",
            gettext_lazy("编号"),
            head=True,
            value=lambda row: row["id"],
            href=lambda row: row_url("referrals:referral", row["id"]),
            sort=("pk",),
        ),
        Column(
            "direction", gettext_lazy("方向"), value=lambda row: row["direction_words"], sort=True, whole=True
        ),
        Column(
            "urgency",
            gettext_lazy("缓急"),
            value=lambda row: row["urgency_words"],
            html=lambda row: badge(URGENT[row["urgency"]], row["urgency_words"]),
            sort=True,
        ),
        Column(
            "state",
            gettext_lazy("状态"),
            value=lambda row: row["state_words"],
            html=lambda row: badge(LOOK[row["state"]], row["state_words"]),
            sort=True,
        ),
        Column("due", gettext_lazy("时限"), html=lambda row: row["due_badge"]),
        Column("patient", gettext_lazy("患者编号")),
        Column("name", gettext_lazy("姓名"), whole=True),
        Column("problem", gettext_lazy("病情")),
        Column("from_hospital", gettext_lazy("转出医院"), sort=("from_hospital__name", "pk")),
        Column("to_hospital", gettext_lazy("接收医院"), sort=("to_hospital__name", "pk")),
        Column("service", gettext_lazy("接诊服务"), on_page=False),
        Column("appointed_on", gettext_lazy("预约日期"), sort=True, on_page=False),
        Column("created_at", gettext_lazy("建立时间"), sort=True, on_page=False),
        Column("demonstration", gettext_lazy("演示"), value=lambda row: row["demo"]),
    ),
    filters=(
        ChoiceFilter("state", gettext_lazy("状态"), ("state",), choices=Referral.State.choices),
        ChoiceFilter("direction", gettext_lazy("方向"), ("direction",), choices=Referral.Direction.choices),
        ChoiceFilter("urgency", gettext_lazy("缓急"), ("urgency",), choices=Referral.Urgency.choices),
        ChoiceFilter("tier", gettext_lazy("分级病种"), ("tier",), choices=lambda _actor: tier_choices()),
        FlagFilter("late", gettext_lazy("已超时限"), apply=worklist_queries.only_late),
        TextFilter("patient", gettext_lazy("患者编号"), ("patient__number__exact",)),
        DateFilter("since", gettext_lazy("发出不早于"), ("sent_at__date",)),
    ),
)
DIRECTORY = Listing(
    key="referral-services",
    title=pgettext_lazy("导航", "接诊服务"),
    default_sort="hospital",
    empty=gettext_lazy("还没有医院登记接诊服务。"),
    columns=(
        Column(
            "name",
            gettext_lazy("服务名称"),
            head=True,
            href=lambda row: row_url("referrals:service", row.pk),
            sort=True,
        ),
        Column(
            "hospital",
            gettext_lazy("医院"),
            value=lambda row: row.hospital.name,
            sort=("hospital__name", "pk"),
        ),
        Column(
            "department",
            gettext_lazy("科室"),
            value=lambda row: row.department.name if row.department else "",
        ),
        Column(
            "specialty", gettext_lazy("专业"), value=lambda row: specialty_label(row.specialty), sort=True
        ),
        Column("takes", gettext_lazy("接收方向"), value=lambda row: row.get_takes_display(), sort=True),
        Column(
            "emergency", gettext_lazy("急诊"), value=lambda row: _("是") if row.emergency else "", sort=True
        ),
        Column("weekly", gettext_lazy("每周人数"), numeric=True, sort=True),
        Column("phone", gettext_lazy("联系电话"), on_page=False),
        Column("demonstration", gettext_lazy("演示"), value=demo, whole=True),
    ),
    filters=(
        TextFilter("q", gettext_lazy("名称"), ("name__icontains", "hospital__name__icontains")),
        ChoiceFilter(
            "specialty", gettext_lazy("专业"), ("specialty",), choices=lambda _actor: specialty_choices()
        ),
        ChoiceFilter("takes", gettext_lazy("接收方向"), ("takes",), choices=Service.Takes.choices),
        FlagFilter(
            "emergency", gettext_lazy("接收急诊转诊"), apply=lambda rows, value: rows.filter(emergency=value)
        ),
    ),
)
OVERDUE = Listing(
    key="referral-overdue",
    title=pgettext_lazy("导航", "转诊超时"),
    default_sort="due_at",
    empty=gettext_lazy("没有上报到您这里的超时。"),
    columns=(
        Column("referral", gettext_lazy("转诊编号"), head=True, value=lambda row: row.referral_id),
        Column("kind", gettext_lazy("应办事项"), value=lambda row: row.get_kind_display(), sort=True),
        Column(
            "must",
            gettext_lazy("应办医院"),
            value=lambda row: (
                (
                    row.referral.to_hospital
                    if row.path == row.referral.to_path
                    else row.referral.from_hospital
                ).name
            ),
        ),
        Column("urgency", gettext_lazy("缓急"), value=lambda row: row.referral.get_urgency_display()),
        Column("due_at", gettext_lazy("时限"), sort=True),
        Column(
            "hours",
            gettext_lazy("已超（小时）"),
            value=lambda row: round(-row.left(timezone.now()).total_seconds() / 3600, 1),
            numeric=True,
        ),
        Column(
            "level",
            gettext_lazy("已上报到"),
            value=lambda row: Escalation.Level(row.level).label if row.level else "",
            sort=True,
        ),
        Column("demonstration", gettext_lazy("演示"), value=demo, whole=True),
    ),
    filters=(ChoiceFilter("kind", gettext_lazy("应办事项"), ("kind",), choices=Clock.Kind.choices),),
)
FIGURES = {
    "sent": gettext_lazy("发出"),
    "emergencies": gettext_lazy("其中急诊"),
    "accepted": pgettext_lazy("转诊数量", "接受"),
    "declined": gettext_lazy("未接受"),
    "withdrawn": pgettext_lazy("转诊数量", "撤回"),
    "arrived": gettext_lazy("到达"),
    "returned": gettext_lazy("转回"),
    "confirmed": gettext_lazy("确认接回"),
    "closed": gettext_lazy("结案"),
    "late": gettext_lazy("曾超时"),
}
WAYS = (
    ("pair", "referrals:counts", gettext_lazy("按两院")),
    ("department", "referrals:counts_department", gettext_lazy("按科室")),
    ("doctor", "referrals:counts_doctor", gettext_lazy("按医师")),
)


def _numbers(by: str) -> Listing:
    part = {
        "pair": (),
        "department": (_("转出科室"), _("接收科室")),
        "doctor": (_("转出医师"), _("接收医师")),
    }[by]
    return Listing(
        key=f"referral-counts-{by}",
        title=pgettext_lazy("导航", "转诊数量"),
        default_sort="-month",
        empty=gettext_lazy("本辖区还没有转诊。"),
        columns=(
            Column("month", gettext_lazy("月份"), head=True, sort=True),
            Column(
                "direction",
                gettext_lazy("方向"),
                value=lambda line: Referral.Direction(line.direction).label,
                sort=True,
            ),
            Column("sender", gettext_lazy("转出医院"), sort=True),
            *((Column("sender_part", part[0], sort=True),) if part else ()),
            Column("receiver", gettext_lazy("接收医院"), sort=True),
            *((Column("receiver_part", part[1], sort=True),) if part else ()),
            Column(
                "paired", gettext_lazy("结对医院之间"), value=lambda line: _("是") if line.paired else _("否")
            ),
            *(Column(name, label, numeric=True, sort=True) for name, label in FIGURES.items()),
            Column("demonstration", gettext_lazy("演示"), value=demo, whole=True),
        ),
        filters=(
            TextFilter("q", gettext_lazy("医院"), ("sender", "receiver")),
            TextFilter("month", gettext_lazy("月份（如 2014-03）"), ("month",)),
            ChoiceFilter(
                "direction", gettext_lazy("方向"), ("direction",), choices=Referral.Direction.choices
            ),
        ),
    )


@page("referral.view")
def worklist(request: PageRequest) -> HttpResponseBase:
    """Referrals of the actor's area, on either side."""
    return WORKLIST.respond(
        request,
        worklist_queries.visible(request.actor),
        "referrals/list.html",
        {"may_refer": request.actor.may("referral.edit")},
    )


@page("referral.view")
def services(request: PageRequest) -> HttpResponseBase:
    """The directory."""
    return DIRECTORY.respond(
        request,
        directory.directory(),
        "referrals/services.html",
        {"may_keep": request.actor.may("referral.service")},
    )


@page("referral.count")
def overdue(request: PageRequest) -> HttpResponseBase:
    """Clocks that ran out and were told at the actor's level."""
    lead = _("超过时限的先通知科室主任，再通知医务部门和院长，最后报主管部门（规则 REF-06）；不含患者信息。")
    return OVERDUE.respond(request, queries.overdue(request.actor), "referrals/plain.html", {"lead": lead})


@page("referral.count")
def counts(request: PageRequest, by: str = "pair") -> HttpResponseBase:
    """Numbers alone, by pair, department or doctor and month."""
    return _numbers(by).respond(
        request,
        numbers.counts(request.actor, by),
        "referrals/counts.html",
        {"lead": _("按月统计已发出的转诊，只有数量；可导出 Excel。"), "by": by, "ways": WAYS},
    )
