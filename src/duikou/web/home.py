"""What the first page shows: what waits for the actor, first steps, ways to go on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from duikou.core import trail
from duikou.core.exports import text
from duikou.core.jobs.models import Job
from duikou.core.jobs.queries import failed_since
from duikou.core.links import link
from duikou.core.models import AuditEvent
from duikou.core.scope import Actor
from duikou.web.acts import act_label, target_url
from duikou.wings.agreements.queries import waits_for as agreements_wait_for
from duikou.wings.capabilities.queries.waiting import waiting_approvals
from duikou.wings.discharges.queries.submissions import waits_for as discharges_wait_for
from duikou.wings.obligations.queries.waiting import waits_for as obligations_wait_for
from duikou.wings.pairings.queries import waits_for
from duikou.wings.plans.queries.waiting import waits_for as plans_wait_for

CHECK_EVERY = dt.timedelta(days=30)  # the chain should have been checked within
RECENT = dt.timedelta(days=7)  # failed jobs of one's own are shown for


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that waits."""

    label: object
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Urgency:
    """Things that wait, of one urgency."""

    id: str
    title: object
    look: str  # tone of the card's badge
    items: list[Due]


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
            "obligation_overdue",
            "obligation_disputed",
            "obligation_escalated",
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
        ),
    ),
    ("later", _("可以安排"), "info", ("warnings", "obligation_due")),
)


def waiting(actor: Actor) -> list[Urgency]:
    """What waits for the actor, most urgent first; kinds without an urgency of their own come last."""
    due: dict[str, list[Due]] = {}
    urgency_of = {kind: name for name, _title, _look, kinds in URGENCIES for kind in kinds}
    for kind, item in _everything(actor):
        due.setdefault(urgency_of.get(kind, "later"), []).append(item)
    return [Urgency(name, title, look, due[name]) for name, title, look, _kinds in URGENCIES if name in due]


def _everything(actor: Actor) -> Iterator[tuple[str, Due]]:
    wings = (waits_for, plans_wait_for, agreements_wait_for, discharges_wait_for, obligations_wait_for)
    for item in chain.from_iterable(told(actor) for told in wings):
        yield item.kind, Due(item.label, item.count, item.url)
    if actor.may("capability.approve") and (count := waiting_approvals(actor).count()):
        yield "technique", Due(_("项受援医院已批准、待您院批准的技术"), count, link("capabilities:waiting"))
    if failed := failed_since(actor, timezone.now() - RECENT):
        label = ngettext("个您提交的后台任务失败", "个您提交的后台任务失败", failed)
        yield "failed", Due(label, failed, f"{link('jobs:list')}?state=failed")
    if actor.may("audit.view"):
        yield from _chain(actor)


def _chain(actor: Actor) -> Iterator[tuple[str, Due]]:
    check = trail.latest_check(actor)
    if check is not None and isinstance(check.result, dict) and not check.result.get("sound", True):
        yield "broken", Due(_("处审计链断裂"), 1, link("audit:list"))
    elif check is None or (
        check.state == Job.State.DONE and check.enqueued_at < timezone.now() - CHECK_EVERY
    ):
        yield "check", Due(_("次审计链核对到期（每 30 天一次）"), 1, link("audit:list"))


# --- first steps --------------------------------------------------------------------------------------------

# In the order in which a newcomer should take them; the first three that the actor may take are shown.
STEPS = (
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
