"""States, figures and badges of plans as people read them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duikou.core.faces import badge, words
from duikou.core.models import AuditEvent
from duikou.core.times import time_words
from duikou.engines.clauses.model import Party
from duikou.policy.vocabulary import Unit
from duikou.wings.plans.demands import Demands
from duikou.wings.plans.editions import Changed
from duikou.wings.plans.models import YearTask
from duikou.wings.plans.queries.matrix import Have
from duikou.wings.plans.workflows import PLAN, YEAR_TASK

HAVE: Mapping[Have, object] = {
    Have.HAVE: gettext_lazy("已有"),
    Have.WEAK: gettext_lazy("薄弱"),
    Have.MISSING: gettext_lazy("缺"),
    Have.UNKNOWN: gettext_lazy("未知"),
}
HAVE_LOOK = {
    Have.HAVE: "success",
    Have.WEAK: "warning",
    Have.MISSING: "danger",
    Have.UNKNOWN: "neutral",
}
ADVICE: Mapping[str, object] = {
    "": "",
    "match": gettext_lazy("支援医院的优势科室，可直接对口"),
    "able": gettext_lazy("支援医院设有科室，未申报为优势"),
    "seek": gettext_lazy("支援医院未登记也未申报，须另行协调"),
}
_PLAN_LOOK = {
    "draft": "neutral",
    "offered": "warning",
    "agreed": "info",
    "running": "success",
    "closed": "neutral",
}
_TASK_LOOK = {
    "open": "neutral",
    "reported": "warning",
    "accepted": "success",
    "unmet": "danger",
    "dropped": "neutral",
}


def side_name(side: Party | str) -> str:
    """A party in the reader's words."""
    return {
        Party.SUPPORTER: _("支援医院"),
        Party.RECIPIENT: _("受援医院"),
        Party.BOTH: _("双方"),
    }[Party(side)]


def dated(day: dt.date | None) -> str:
    """A day as people write it here; a dash for none."""
    return day.isoformat() if day else "—"


def plan_badge(state: str) -> SafeString:
    """Where a plan is in its life; a plan that is not there has no state."""
    return badge(_PLAN_LOOK[state], PLAN.states[state].label) if state else badge("danger", _("未编制"))


def task_badge(state: str) -> SafeString:
    """Where a task is in its life."""
    return badge(_TASK_LOOK[state], YEAR_TASK.states[state].label)


def have_badge(have: Have) -> SafeString:
    """What a hospital has of a specialty."""
    return badge(HAVE_LOOK[have], HAVE[have])


def figure(task: YearTask) -> str:
    """What a task aims at, in numbers; one that is still to be agreed says so."""
    if not task.unit:
        return ""
    unit = words(Unit(task.unit).label)
    return (
        f"{task.amount} {unit}"
        if task.amount is not None
        else _("数量待双方商定（%(unit)s）") % {"unit": unit}
    )


def period_words(task: YearTask) -> str:
    """How often a task's figure is due."""
    return str(task.get_period_display())


_EVENTS: Mapping[str, object] = {
    "plan.open": gettext_lazy("开始编制"),
    "plan.edit": gettext_lazy("修改"),
    "plan.president": gettext_lazy("指定第一责任人"),
    "plan.factor": gettext_lazy("填写规划因素"),
    "plan.departments": gettext_lazy("选定科室"),
    "plan.agree_for": gettext_lazy("代表一方同意"),
    "plan.agree": gettext_lazy("各方同意，版次生效"),
    "plan.import": gettext_lazy("导入任务"),
    "plan.task_add": gettext_lazy("增加任务"),
    "plan.task_edit": gettext_lazy("修改任务"),
    "plan.task_remove": gettext_lazy("移除任务"),
    "plan.share_add": gettext_lazy("分解任务"),
    "plan.share_remove": gettext_lazy("收回分工"),
    "plan.share_confirm": gettext_lazy("确认分工"),
}


def event_words(event: AuditEvent) -> dict[str, Any]:
    """One line of a plan's or task's history."""
    subject, _dot, step = event.action.partition(".")
    steps = (PLAN if subject == PLAN.id else YEAR_TASK).transitions
    known = _EVENTS.get(event.action) or (steps[step].label if step in steps else event.action)
    return {
        "at": time_words(event.at),
        "who": event.actor_label,
        "what": known,
        "reason": event.reason,
    }


_PARTS: Mapping[str, object] = {
    "plan": gettext_lazy("规划"),
    "president": gettext_lazy("第一责任人"),
    "factors": gettext_lazy("规划因素"),
    "departments": gettext_lazy("重点建设科室"),
    "tasks": gettext_lazy("任务"),
}
_FIELDS: Mapping[str, object] = {
    "start": gettext_lazy("起"),
    "end": gettext_lazy("止（含）"),
    "goal": gettext_lazy("总目标"),
    "direction": gettext_lazy("重点专科方向"),
    "added": gettext_lazy("新增"),
    "removed": gettext_lazy("移除"),
    "supporter": gettext_lazy("支援医院"),
    "recipient": gettext_lazy("受援医院"),
    "value": gettext_lazy("情况"),
    "source": gettext_lazy("来源"),
    "year": gettext_lazy("年份"),
    "origin": gettext_lazy("来源"),
    "basis": gettext_lazy("依据"),
    "reason": gettext_lazy("理由"),
    "one": gettext_lazy("“四个一”"),
    "focus": gettext_lazy("分解类别"),
    "title": gettext_lazy("任务"),
    "content": gettext_lazy("内容"),
    "specialty": gettext_lazy("专科"),
    "technique": gettext_lazy("技术"),
    "baseline": gettext_lazy("现状基线"),
    "target": gettext_lazy("目标"),
    "unit": gettext_lazy("计量单位"),
    "amount": gettext_lazy("目标数"),
    "period": gettext_lazy("频次"),
    "evidence": gettext_lazy("所需佐证"),
    "owner": gettext_lazy("责任方"),
    "due": gettext_lazy("期限"),
    "shares": gettext_lazy("分工"),
}


def change_words(change: Changed, known: Demands) -> dict[str, object]:
    """One difference between two editions."""
    name = change.name
    if change.part == "departments":
        name = words(known.specialty(name))
    elif change.part == "factors":
        name = words(known.word(name))
    return {
        "part": _PARTS[change.part],
        "name": name,
        "field": _FIELDS.get(change.field, change.field),
        "before": change.before,
        "after": change.after,
    }
