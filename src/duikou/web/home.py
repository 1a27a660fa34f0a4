"""What the first page shows: what waits for the actor, first steps, ways to go on."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duikou.core.exports import text
from duikou.core.links import link
from duikou.core.models import AuditEvent
from duikou.core.scope import Actor
from duikou.core.waiting import Waiting, everything
from duikou.web.acts import act_label, target_url


@dataclass(frozen=True, slots=True)
class Urgency:
    """Things that wait, of one urgency."""

    id: str
    title: object
    look: str  # tone of the card's badge
    items: list[Waiting]


@dataclass(frozen=True, slots=True)
class Step:
    """One of the first steps of a newcomer, or a way to go on."""

    title: object
    about: object
    icon: str
    url: str


URGENCIES = (
    (
        "now",
        _("先办"),
        "danger",
        (
            "assigned",
            "errors",
            "exception",
            "proposal",
            "failed",
            "broken",
            "discharge_refused",
            "agreement_end",
            "agreement_repair",
            "roster_away",
            "obligation_overdue",
            "obligation_disputed",
            "obligation_escalated",
            "consult_late",
            "referral_emergency",
            "referral_overdue",
        ),
    ),
    (
        "soon",
        _("待办"),
        "warning",
        (
            "returned",
            "batch",
            "review",
            "check",
            "discharge_checked",
            "agreement_agree",
            "agreement_sign",
            "agreement_copy",
            "agreement_late",
            "technique",
            "obligation_verify",
            "obligation_target",
            "plan_offered",
            "plan_reported",
            "plan_share",
            "posting_approve",
            "posting_note",
            "posting_request",
            "conduct",
            "credit_met",
            "credit_differs",
            "presence_confirm",
            "roster_swap",
            "roster_asked",
            "swap_agree",
            "swap_adopt",
            "swap_repair",
            "training_applied",
            "training_arrival",
            "training_sign",
            "patient_emergency",
            "patient_consent",
            "patient_erasure",
            "consult_approve",
            "consult_answer",
            "consult_complete",
            "consult_acknowledge",
            "consult_sign",
            "slide_doubtful",
            "referral_answer",
            "referral_complete",
            "referral_arrival",
            "referral_confirm",
            "referral_outcome",
            "study_unmatched",
        ),
    ),
    ("later", _("可以安排"), "info", ("warnings", "obligation_due", "patient_due")),
)


def waiting(actor: Actor) -> list[Urgency]:
    """What waits for the actor, most urgent first; kinds without an urgency of their own come last."""
    due: dict[str, list[Waiting]] = {}
    urgency_of = {kind: name for name, _title, _look, kinds in URGENCIES for kind in kinds}
    for item in everything(actor):
        due.setdefault(urgency_of.get(item.kind, "later"), []).append(item)
    return [Urgency(name, title, look, due[name]) for name, title, look, _kinds in URGENCIES if name in due]


# --- first steps --------------------------------------------------------------------------------------------

# In the order in which a newcomer should take them; the first three that the actor may take are shown.
STEPS = (
    (
        "presence.own",
        "presence:today",
        "circle-check",
        _("签到、填工作量"),
        _("派驻期间每天在手机上点几下；没有网络也能填，有网时自动送出。"),
    ),
    (
        "posting.own",
        "postings:mine",
        "users",
        _("看自己的派驻"),
        _("派到哪家医院、哪个科室、从哪天到哪天，请假和考核。"),
    ),
    (
        "training.own",
        "training:mine",
        "book-2",
        _("看自己的进修"),
        _("轮转、导师和考核；每天在手机上记日志，由老师签字。"),
    ),
    (
        "finding.accept",
        "pairings:dashboard",
        "affiliate",
        _("看清现状"),
        _("总览里有支援、受援医院数、各县覆盖和核查发现，每个数字都能点开。"),
    ),
    (
        "finding.work",
        "pairings:findings",
        "clipboard-check",
        _("处理核查发现"),
        _("系统按政策逐条核对结对表。从“错误”开始：看依据，修正、指派或申请例外。"),
    ),
    (
        "pairing.import",
        "pairings:import",
        "file-import",
        _("导入结对表"),
        _("上传 Word、Excel 或 CSV 附表，先预览和更正，确认后一次写入。"),
    ),
    (
        "account.manage",
        "people:account_new",
        "user-cog",
        _("开设账号"),
        _("为各市、县和医院开设账号：选角色、选组织，把一次性密码交给本人。"),
    ),
    (
        "account.manage",
        "mfa_index",
        "shield-lock",
        _("打开两步验证"),
        _("管理员账号请先设置验证器应用或安全密钥。"),
    ),
    (
        "account.manage",
        "jobs:list",
        "clock-play",
        _("查看后台任务"),
        _("导入、核查等在后台进行，这里能看到进度和失败原因。"),
    ),
    (
        "audit.view",
        "audit:list",
        "history",
        _("查看审计日志"),
        _("谁在何时改了什么，改前改后各是什么；可一键核对整条链有没有被改动。"),
    ),
    (
        "hospital.edit",
        "hospitals:list",
        "building-hospital",
        _("核对医院登记"),
        _("名称、等级、科室有误会影响名称匹配和核查结果。"),
    ),
    (
        "pairing.view",
        "pairings:list",
        "arrows-exchange",
        _("看结对关系"),
        _("谁支援谁、从何时到何时，原文与登记名称并列。"),
    ),
    (
        "person.edit",
        "people:list",
        "users",
        _("登记人员"),
        _("登记院长、联络员和科室负责人，科室对口时可以指定责任人。"),
    ),
    (
        "hospital.view",
        "hospitals:list",
        "building-hospital",
        _("找一家医院"),
        _("按名称、拼音或首字母查，旧名和简称也能找到。"),
    ),
    (
        "policy.view",
        "policy:packs",
        "book-2",
        _("读懂政策规则"),
        _("每条规则都标明出自哪份文件哪一条，尚未核实的会写明。"),
    ),
)


def first_steps(actor: Actor) -> list[Step]:
    """Three things to begin with, by what the actor may do."""
    allowed = actor.permissions
    found: dict[str, Step] = {}
    for permission, page, icon, title, about in STEPS:
        if permission in allowed and (url := link(page)):
            found.setdefault(url, Step(title, about, icon, url))
    return list(found.values())[:3]


# --- activity and ways on -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Activity:
    """Something that the actor did."""

    at: str
    label: str
    target: str
    url: str


def activity(events: list[AuditEvent]) -> list[Activity]:
    """Own events in words."""
    return [
        Activity(
            text(event.at),
            act_label(event.action),
            ""
            if event.target_id == str(event.actor_id) and event.target_type == "core.user"
            else event.target_label,
            target_url(event),
        )
        for event in events
    ]


WAYS = (
    ("presence.own", "presence:today", "circle-check", pgettext_lazy("导航", "今日签到")),
    ("posting.own", "postings:mine", "users", pgettext_lazy("导航", "我的派驻")),
    ("roster.own", "rosters:mine", "calendar-event", pgettext_lazy("导航", "我的班次")),
    ("training.own", "training:mine", "book-2", pgettext_lazy("导航", "我的进修")),
    ("credit.own", "credits:mine", "file-text", pgettext_lazy("导航", "我的学分与证明")),
    ("pairing.view", "pairings:dashboard", "affiliate", pgettext_lazy("导航", "结对总览")),
    ("finding.view", "pairings:findings", "clipboard-check", pgettext_lazy("导航", "核查发现")),
    ("pairing.view", "pairings:list", "arrows-exchange", pgettext_lazy("导航", "结对关系")),
    ("hospital.view", "hospitals:list", "building-hospital", pgettext_lazy("导航", "医院")),
    ("account.view", "people:accounts", "user-cog", pgettext_lazy("导航", "账号与授权")),
    ("audit.view", "audit:list", "history", pgettext_lazy("导航", "审计日志")),
    ("policy.view", "policy:packs", "book-2", pgettext_lazy("导航", "政策规则")),
    ("places.view", "places:list", "map-2", pgettext_lazy("导航", "行政区划")),
)


def ways(actor: Actor) -> list[Step]:
    """The pages that the actor's role works with most."""
    allowed = actor.permissions
    found = [
        Step(title, "", icon, url)
        for permission, page, icon, title in WAYS
        if permission in allowed and (url := link(page))
    ]
    return found[:6]
