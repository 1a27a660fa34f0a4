"""Annual tasks: written in a draft, reported by the party that did them, accepted by the other one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import require_reason
from duikou.core.errors import Conflict, Invalid
from duikou.core.faces import words
from duikou.core.scope import Actor
from duikou.core.workflow import move
from duikou.engines.clauses.model import Party
from duikou.wings.hospitals.catalogue import OTHER
from duikou.wings.plans.actions._common import claim, editing, refuse, speak_for
from duikou.wings.plans.demands import demands
from duikou.wings.plans.models import SupportPlan, YearTask
from duikou.wings.plans.models.tasks import BOTH, MOST_AMOUNT, OWNERS, PERIODS
from duikou.wings.plans.queries.tasks import in_force
from duikou.wings.plans.values import UNITS, TaskValues
from duikou.wings.plans.wording import side_name
from duikou.wings.plans.workflows import YEAR_TASK


def faults(plan: SupportPlan, values: TaskValues) -> dict[str, list[str]]:
    """What is wrong with a task, by field: expected and found."""
    known = demands(plan.policy_pack)
    pack = known.pack
    owners = {str(value) for value, _words in (*OWNERS, BOTH)}
    choices: Mapping[str, tuple[str, Sequence[str]]] = {
        "one": (values.one, ("", *known.ones)),
        "focus": (values.focus, ("", *known.focuses)),
        "specialty": (values.specialty, ("", OTHER, *pack.specialties)),
        "technique": (values.technique, ("", *pack.techniques)),
        "unit": (values.unit, ("", *UNITS)),
        "period": (values.period, [value for value, _words in PERIODS]),
        "owner": (values.owner, sorted(owners)),
    }
    found = {
        name: [_("没有“%(found)s”这一项，请从列表中选择。") % {"found": value}]
        for name, (value, allowed) in choices.items()
        if value not in allowed
    }
    if not values.title:
        found["title"] = [_("请填写任务名称。")]
    if unknown := [one for one in values.evidence if one not in pack.evidence_kinds]:
        found["evidence"] = [_("没有这种佐证：%(found)s。") % {"found": _("、").join(unknown)}]
    if not plan.start <= values.due <= plan.end:
        found["due"] = [
            _("应在 %(first)s 与 %(last)s 之间；实际为 %(found)s。")
            % {"first": plan.start, "last": plan.end, "found": values.due}
        ]
    if values.amount is not None:
        if not values.unit:
            found["amount"] = [_("填写了目标数，就要选择计量单位。")]
        elif not 0 < values.amount <= MOST_AMOUNT:
            found["amount"] = [
                _("应在 %(first)d 与 %(last)d 之间；实际为 %(found)d。")
                % {"first": 1, "last": MOST_AMOUNT, "found": values.amount}
            ]
    return found


def add_task(*, actor: Actor, plan: SupportPlan, version: int, values: TaskValues) -> YearTask:
    """Add a task to the draft of a year's list.

    Raises Denied, Invalid, Conflict when the recipient has that one of the four ones in this year.
    """
    return add_tasks(actor=actor, plan=plan, version=version, several=[values])[0]


def add_tasks(
    *, actor: Actor, plan: SupportPlan, version: int, several: Sequence[TaskValues]
) -> list[YearTask]:
    """Add tasks to the draft of a year's list: all of them or none."""
    with editing("plan.task_add", actor=actor, plan=plan, version=version) as event:
        if plan.kind != SupportPlan.Kind.YEAR:
            raise Invalid(_("任务写在年度任务清单里；三年规划写总目标和重点科室。"))
        last = plan.tasks.aggregate(last=Max("position"))["last"] or 0
        made = []
        for position, values in enumerate((one.stripped() for one in several), start=last + 1):
            refuse(faults(plan, values), _("任务不符合要求，请按提示修改。"))
            task = YearTask(plan=plan, recipient_id=plan.recipient_id, year=plan.year or 0, position=position)
            _fill(task, values)
            made.append(_saved(task))
        event.note(after={"tasks": [_plain(task) for task in made]})
    return made


def edit_task(*, actor: Actor, task: YearTask, version: int, values: TaskValues) -> YearTask:
    """Change a task in the draft. Raises Denied, Invalid, Conflict when it was reported or accepted."""
    plan = task.plan
    values = values.stripped()
    with editing("plan.task_edit", actor=actor, plan=plan, version=plan.version) as event:
        claim(task, version)
        _check_open(task)
        refuse(faults(plan, values), _("任务不符合要求，请按提示修改。"))
        before = _plain(task)
        _fill(task, values)
        _saved(task)
        event.note(before=before, after=_plain(task))
    return task


def _fill(task: YearTask, values: TaskValues) -> None:
    for name, value in asdict(values).items():
        setattr(task, name, list(value) if name == "evidence" else value)


def _saved(task: YearTask) -> YearTask:
    try:
        with transaction.atomic():
            task.save()
    except IntegrityError:
        name = words(demands(task.plan.policy_pack).word(task.one)) if task.one else ""
        text = _("%(year)d 年“%(kind)s”这一家受援医院已有一项；“四个一”每年每类只能一项。") % {
            "year": task.year,
            "kind": name,
        }
        raise Conflict(text, fields={"one": [text]}) from None
    return task


def _check_open(task: YearTask) -> None:
    if task.state != YEAR_TASK.initial:
        raise Conflict(
            _("任务“%(task)s”目前为“%(state)s”，不能修改。")
            % {"task": task.title, "state": YEAR_TASK.states[task.state].label}
        )


def remove_task(*, actor: Actor, task: YearTask, version: int, reason: str = "") -> None:
    """Take a task out of the draft; one that was agreed to is dropped with a reason and stays on record.

    Raises Denied, Invalid, Conflict.
    """
    plan = task.plan
    task.version = version
    with editing("plan.task_remove", actor=actor, plan=plan, version=plan.version) as event:
        _check_open(task)
        event.note(before=_plain(task), reason=reason)
        if in_force(task):
            move(YEAR_TASK, task, "drop", actor=actor, reason=reason)
            return
        claim(task, version)
        YearTask.objects.filter(pk=task.pk).delete()


# ---------------------------------------------------------------- done and accepted


def report(*, actor: Actor, task: YearTask, version: int, side: str, result: str) -> YearTask:
    """Say for the responsible party that a task is done, and how.

    Raises Denied, Invalid, Conflict before the plan runs.
    """
    plan = task.plan
    party = speak_for(actor, plan, side, "plan.edit")
    if task.owner not in (party, Party.BOTH):
        raise Invalid(_("这项任务由%(owner)s负责，应由其报告。") % {"owner": side_name(task.owner)})
    result = result.strip()
    refuse({"result": [] if result else [_("请写明完成情况。")]}, _("没有写完成情况。"))
    _check_running(task)
    task.version = version
    move(
        YEAR_TASK,
        task,
        "report",
        actor=actor,
        changes={
            "reported_side": str(party),
            "reported_by_id": actor.user_id,
            "reported_at": timezone.now(),
            "result": result,
        },
    )
    return task


def accept(*, actor: Actor, task: YearTask, version: int, note: str = "") -> YearTask:
    """Accept for the other party what was reported. Raises Denied for the one that reported, Conflict."""
    speak_for(actor, task.plan, task.other_side, "plan.approve")
    task.version = version
    move(YEAR_TASK, task, "accept", actor=actor, changes=_decided(actor, note.strip()))
    return task


def refuse_task(*, actor: Actor, task: YearTask, version: int, reason: str) -> YearTask:
    """Send a report back for the other party, with the reason. Raises Denied, Invalid, Conflict."""
    speak_for(actor, task.plan, task.other_side, "plan.approve")
    reason = require_reason(reason)
    task.version = version
    move(YEAR_TASK, task, "refuse", actor=actor, reason=reason, changes=_decided(actor, reason))
    return task


def conclude(*, actor: Actor, task: YearTask, version: int, reason: str) -> YearTask:
    """Find at the year's end that a task was not met: a word of the party that does not owe it.

    Raises Denied, Invalid, Conflict.
    """
    speak_for(actor, task.plan, task.other_side, "plan.approve")
    reason = require_reason(reason)
    _check_running(task)
    task.version = version
    move(YEAR_TASK, task, "conclude", actor=actor, reason=reason, changes=_decided(actor, reason))
    return task


def _decided(actor: Actor, decision: str) -> dict[str, Any]:
    return {"decided_by_id": actor.user_id, "decided_at": timezone.now(), "decision": decision}


def _check_running(task: YearTask) -> None:
    plan = task.plan
    if plan.started_on is None or plan.closed_on is not None:
        raise Conflict(_("“%(plan)s”还没有开始执行，或已经关闭。") % {"plan": plan})
    if not in_force(task):
        raise Conflict(_("任务“%(task)s”还没有经双方同意。") % {"task": task.title})


def _plain(task: YearTask) -> dict[str, Any]:
    names = ("title", "one", "specialty", "technique", "baseline", "target", "unit", "amount", "owner")
    return {**{name: getattr(task, name) for name in names}, "due": task.due.isoformat()}
