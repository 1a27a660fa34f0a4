"""The signed-in navigation: built from what the actor may do and from the addresses that exist."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duikou.core.scope import Actor


@dataclass(frozen=True, slots=True)
class Entry:
    """A place one can go to: its address by name, and the permission that shows it (None: everybody)."""

    name: str
    label: str | Promise
    icon: str
    permission: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Entries under one heading (empty heading: none)."""

    heading: str | Promise
    entries: tuple[Entry, ...]


GROUPS = (
    Group("", (Entry("home", pgettext_lazy("导航", "首页"), "home"),)),
    Group(
        _("对口支援"),
        (
            Entry("pairings:dashboard", pgettext_lazy("导航", "结对总览"), "affiliate", "pairing.view"),
            Entry("pairings:list", pgettext_lazy("导航", "结对关系"), "arrows-exchange", "pairing.view"),
            Entry("pairings:rounds", pgettext_lazy("导航", "轮次"), "calendar", "pairing.view"),
            Entry("pairings:findings", pgettext_lazy("导航", "核查发现"), "clipboard-check", "finding.view"),
            Entry("pairings:proposals", pgettext_lazy("导航", "结对方案"), "scale", "proposal.view"),
            Entry("pairings:needs", pgettext_lazy("导航", "供需填报"), "heart-handshake", "need.view"),
            Entry("pairings:import", pgettext_lazy("导航", "导入结对表"), "file-import", "pairing.import"),
            Entry("plans:list", pgettext_lazy("导航", "规划与年度任务"), "clipboard-list", "plan.view"),
            Entry("plans:board", pgettext_lazy("导航", "年度“四个一”"), "list-check", "plan.view"),
            Entry(
                "capabilities:progress", pgettext_lazy("导航", "技术能力"), "circle-check", "capability.view"
            ),
        ),
    ),
    Group(
        _("协议与责任"),
        (
            Entry("agreements:list", pgettext_lazy("导航", "协议"), "file-text", "agreement.view"),
            Entry("agreements:overview", pgettext_lazy("导航", "签约总览"), "chart-bar", "agreement.view"),
            Entry(
                "obligations:list", pgettext_lazy("导航", "责任台账"), "clipboard-check", "obligation.view"
            ),
            Entry(
                "obligations:progress", pgettext_lazy("导航", "责任履行进度"), "chart-bar", "obligation.view"
            ),
            Entry(
                "obligations:calendar", pgettext_lazy("导航", "责任日历"), "calendar-event", "obligation.view"
            ),
        ),
    ),
    Group(
        _("人员帮扶"),
        (
            Entry("staffing:overview", pgettext_lazy("导航", "人员帮扶总览"), "chart-bar", "staffing.view"),
            Entry("staffing:people", pgettext_lazy("导航", "谁在哪里"), "map-2", "posting.view"),
            Entry("postings:list", pgettext_lazy("导航", "派驻"), "users", "posting.view"),
            Entry("postings:requests", pgettext_lazy("导航", "派驻需求"), "clipboard-list", "posting.view"),
            Entry("swaps:list", pgettext_lazy("导航", "置换方案"), "scale", "swap.view"),
            Entry("postings:mine", pgettext_lazy("导航", "我的派驻"), "user-cog", "posting.own"),
            Entry("postings:coverage", pgettext_lazy("导航", "在岗连续性"), "calendar", "posting.view"),
            Entry("postings:managers", pgettext_lazy("导航", "双向挂职"), "arrows-exchange", "posting.view"),
            Entry("rosters:list", pgettext_lazy("导航", "月排班表"), "table", "roster.view"),
            Entry("rosters:mine", pgettext_lazy("导航", "我的班次"), "calendar-event", "roster.own"),
            Entry("postings:conduct", pgettext_lazy("导航", "违纪与纠纷"), "shield-lock", "conduct.view"),
            Entry("credits:list", pgettext_lazy("导航", "学分认定"), "circle-check", "credit.view"),
            Entry(
                "credits:certificates", pgettext_lazy("导航", "学分与服务证明"), "file-text", "credit.view"
            ),
            Entry("credits:mine", pgettext_lazy("导航", "我的学分与证明"), "circle-check", "credit.own"),
            Entry("presence:today", pgettext_lazy("导航", "今日签到"), "circle-check", "presence.own"),
            Entry("presence:list", pgettext_lazy("导航", "考勤与工作量"), "list-check", "presence.view"),
            Entry("training:list", pgettext_lazy("导航", "进修"), "book-2", "training.view"),
            Entry("training:places", pgettext_lazy("导航", "进修名额"), "list-check", "training.view"),
            Entry("training:teams", pgettext_lazy("导航", "导师团队"), "users", "training.view"),
            Entry("training:mine", pgettext_lazy("导航", "我的进修"), "user-cog", "training.own"),
        ),
    ),
    Group(
        pgettext_lazy("导航", "患者"),
        (
            Entry("patients:list", pgettext_lazy("导航", "患者"), "users", "patient.view"),
            Entry(
                "patients:emergencies", pgettext_lazy("导航", "紧急调阅审核"), "shield-lock", "patient.review"
            ),
            Entry("pathology:list", pgettext_lazy("导航", "病理切片"), "zoom-scan", "study.view"),
            Entry("patients:looks", pgettext_lazy("导航", "查阅记录"), "history", "patient.review"),
            Entry("patients:due", pgettext_lazy("导航", "到期档案"), "calendar-event", "patient.review"),
            Entry("rooms:list", pgettext_lazy("导航", "会诊室"), "phone", "room.join"),
            Entry("imaging:list", pgettext_lazy("导航", "检查影像"), "zoom-scan", "study.view"),
            Entry("imaging:unmatched", pgettext_lazy("导航", "待匹配影像"), "link", "study.match"),
            Entry("imaging:refused", pgettext_lazy("导航", "影像收件"), "file-import", "study.edit"),
            Entry("imaging:gateways", pgettext_lazy("导航", "影像网关"), "affiliate", "study.match"),
            Entry("patients:counts", pgettext_lazy("导航", "患者与同意的数量"), "chart-bar", "patient.count"),
            Entry("referrals:list", pgettext_lazy("导航", "转诊"), "arrows-exchange", "referral.view"),
            Entry(
                "referrals:services", pgettext_lazy("导航", "接诊服务"), "building-hospital", "referral.view"
            ),
            Entry("referrals:overdue", pgettext_lazy("导航", "转诊超时"), "hourglass", "referral.count"),
            Entry("referrals:counts", pgettext_lazy("导航", "转诊数量"), "chart-bar", "referral.count"),
        ),
    ),
    Group(
        pgettext_lazy("导航", "远程医疗"),
        (
            Entry("telehealth:list", pgettext_lazy("导航", "本院发起的会诊"), "stethoscope", "consult.view"),
            Entry("telehealth:received", pgettext_lazy("导航", "他院邀请的会诊"), "mail", "consult.view"),
            Entry("telehealth:times", pgettext_lazy("导航", "我的会诊时间"), "calendar", "consult.view"),
            Entry("telehealth:plan", pgettext_lazy("导航", "会诊排期"), "calendar", "consult.answer"),
            Entry("telehealth:experts", pgettext_lazy("导航", "会诊专家库"), "id-badge-2", "consult.view"),
            Entry("media:list", pgettext_lazy("导航", "教学视频"), "player-play", "media.edit"),
            Entry("media:broadcasts", pgettext_lazy("导航", "直播授课"), "device-desktop", "media.edit"),
            Entry("telehealth:counts", pgettext_lazy("导航", "远程会诊的数量"), "chart-bar", "consult.count"),
            Entry("telehealth:overdue", pgettext_lazy("导航", "会诊超时"), "alert-triangle", "consult.count"),
        ),
    ),
    Group(
        pgettext_lazy("导航", "远程教育"),
        (
            Entry("education:courses", pgettext_lazy("导航", "远程课程"), "book-2", "course.view"),
            Entry("education:mine", pgettext_lazy("导航", "我的学习"), "user-cog", "course.learn"),
            Entry("education:taught", pgettext_lazy("导航", "开课管理"), "pencil", "course.teach"),
            Entry("education:certificates", pgettext_lazy("导航", "课程证书"), "file-text", "course.view"),
            Entry("education:counts", pgettext_lazy("导航", "远程教育的数量"), "chart-bar", "course.count"),
        ),
    ),
    Group(
        _("病案首页"),
        (
            Entry(
                "discharges:province", pgettext_lazy("导航", "病案首页指标"), "chart-bar", "discharge.view"
            ),
            Entry("discharges:list", pgettext_lazy("导航", "病案首页报送"), "upload", "discharge.view"),
            Entry("discharges:settlements", pgettext_lazy("导航", "医保结算"), "table", "discharge.view"),
            Entry("discharges:sums", pgettext_lazy("导航", "汇总上报"), "world", "discharge.view"),
            Entry("discharges:schemes", pgettext_lazy("导航", "分组方案"), "layers-linked", "discharge.view"),
            Entry("discharges:references", pgettext_lazy("导航", "代码与对照"), "book-2", "discharge.manage"),
            Entry(
                "discharges:worklist", pgettext_lazy("导航", "报送进度"), "calendar-event", "discharge.view"
            ),
        ),
    ),
    Group(
        _("登记"),
        (
            Entry("hospitals:list", pgettext_lazy("导航", "医院"), "building-hospital", "hospital.view"),
            Entry("hospitals:reviews", pgettext_lazy("导航", "名称待裁定"), "help-circle", "hospital.review"),
            Entry("places:list", pgettext_lazy("导航", "行政区划"), "map-2", "places.view"),
            Entry("people:list", pgettext_lazy("导航", "人员"), "users", "person.view"),
            Entry("policy:packs", pgettext_lazy("导航", "政策规则"), "book-2", "policy.view"),
        ),
    ),
    Group(
        _("系统"),
        (
            Entry("people:accounts", pgettext_lazy("导航", "账号与授权"), "user-cog", "account.view"),
            Entry("people:roles", pgettext_lazy("导航", "角色"), "shield-check", "account.view"),
            Entry("audit:list", pgettext_lazy("导航", "审计日志"), "history", "audit.view"),
            Entry("jobs:list", pgettext_lazy("导航", "后台任务"), "clock-play", "job.view"),
        ),
    ),
)


@cache
def address(name: str) -> str | None:
    """The path behind an address name; None while no view answers to it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


@dataclass(frozen=True, slots=True)
class Link:
    """An entry as it is shown."""

    url: str
    label: str | Promise
    icon: str
    current: bool


@dataclass(frozen=True, slots=True)
class Section:
    """A group as it is shown."""

    heading: str | Promise
    links: tuple[Link, ...]


def sections(actor: Actor, path: str) -> tuple[Section, ...]:
    """The navigation of `actor` on the page at `path`: only what they may open."""
    allowed = actor.permissions
    shown = [
        (
            group,
            [
                (entry, url)
                for entry in group.entries
                if _open(entry, allowed) and (url := address(entry.name))
            ],
        )
        for group in GROUPS
    ]
    urls = [url for _group, entries in shown for _entry, url in entries]
    here = max((url for url in urls if path.startswith(url)), key=len, default="")
    if here == address("home") and path != here:
        here = ""  # every page lies below the home address
    return tuple(
        Section(
            group.heading, tuple(Link(url, entry.label, entry.icon, url == here) for entry, url in entries)
        )
        for group, entries in shown
        if entries
    )


def _open(entry: Entry, allowed: frozenset[str]) -> bool:
    return entry.permission is None or entry.permission in allowed
