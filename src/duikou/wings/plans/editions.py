"""An agreed edition of a plan: what is kept of it, what changed since the one before, what it obliges to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from duikou.engines.clauses.model import Party
from duikou.engines.text import Text
from duikou.policy.agreements import Measure, Period
from duikou.policy.vocabulary import Mark
from duikou.wings.agreements.duties import Duty
from duikou.wings.plans.demands import FOUR_ONES, PRESIDENTS, TECHNIQUES, TERMS, TOP_NAMED, demands
from duikou.wings.plans.models import SupportPlan, YearTask

Content = Mapping[str, Any]
_TASK = (
    "position", "one", "focus", "title", "content", "specialty", "technique", "baseline", "target", "unit",
    "amount", "period", "evidence", "owner",
)  # fmt: skip


def content_of(plan: SupportPlan) -> dict[str, Any]:
    """The plan as plain values: everything that the parties agree to."""
    tasks = plan.tasks.exclude(state="dropped").order_by("position").prefetch_related("shares__person")
    presidents = {Party.SUPPORTER: plan.supporter_president, Party.RECIPIENT: plan.recipient_president}
    return {
        "start": plan.start.isoformat(),
        "end": plan.end.isoformat(),
        "goal": plan.goal,
        "direction": plan.direction,
        "presidents": {str(side): one.name if one else "" for side, one in presidents.items()},
        "factors": [
            {"factor": one.factor, "value": one.value, "source": one.source, "year": one.year}
            for one in plan.factors.all()
        ],
        "departments": [
            {"specialty": one.specialty, "origin": one.origin, "basis": one.basis, "reason": one.reason}
            for one in plan.departments.all()
        ],
        "tasks": [_task(task) for task in tasks],
    }


def _task(task: YearTask) -> dict[str, Any]:
    return {
        "id": task.pk,
        **{name: getattr(task, name) for name in _TASK},
        "due": task.due.isoformat(),
        "shares": [
            {
                "side": share.side,
                "department": share.department,
                "person": share.person_id,
                "name": share.person.name,
                "part": share.part,
            }
            for share in task.shares.all()
        ],
    }


# ---------------------------------------------------------------- changes


@dataclass(frozen=True, slots=True)
class Changed:
    """One difference between two editions; `part` names the place: goal, task, factor, department …"""

    part: str
    name: str  # which task, factor or department; empty for the plan itself
    field: str
    before: str
    after: str


def changes(before: Content, after: Content) -> list[Changed]:
    """What differs, in the order of the plan; `before` may be empty."""
    found = [
        Changed("plan", "", name, str(before.get(name, "")), str(after[name]))
        for name in ("start", "end", "goal", "direction")
        if before.get(name, "") != after[name]
    ]
    for side, name in after["presidents"].items():
        known = before.get("presidents", {}).get(side, "")
        if known != name:
            found.append(Changed("president", "", side, known, name))
    for part, key, called in (
        ("factors", "factor", "factor"),
        ("departments", "specialty", "specialty"),
        ("tasks", "id", "title"),
    ):
        found += _rows(part, before.get(part, ()), after[part], key, called)
    return found


def _rows(part: str, before: Any, after: Any, key: str, called: str) -> Iterator[Changed]:
    old = {row[key]: row for row in before}
    new = {row[key]: row for row in after}
    for one, row in new.items():
        if one not in old:
            yield Changed(part, str(row[called]), "added", "", str(row[called]))
            continue
        for name, value in row.items():
            if old[one].get(name) != value and name not in (key, "position"):
                yield Changed(part, str(row[called]), name, _plain(old[one].get(name)), _plain(value))
    for one, row in old.items():
        if one not in new:
            yield Changed(part, str(row[called]), "removed", str(row[called]), "")


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return "；".join(_plain(one) for one in value)
    if isinstance(value, Mapping):
        return " ".join(str(one) for one in value.values() if one not in ("", None))
    return "" if value is None else str(value)


# ---------------------------------------------------------------- duties


def duties_of(plan: SupportPlan, number: int, content: Content) -> tuple[Duty, ...]:
    """What an edition obliges to. A recipient's own plan binds nobody but itself: no duties."""
    if plan.kind == SupportPlan.Kind.DEVELOPMENT:
        return ()
    return (*_of_departments(plan, number, content), *_of_tasks(plan, number, content))


def _of_departments(plan: SupportPlan, number: int, content: Content) -> Iterator[Duty]:
    """Each department of a three-year plan is to be built by its end, by both."""
    known = demands(plan.policy_pack)
    for row in content["departments"]:
        title = known.specialty(row["specialty"])
        yield Duty(
            key=f"department-{row['specialty']}",
            title=Text(f"建设重点科室：{title.zh}", f"Build up {title.en}"),
            text=Text(
                f"按规划建设{title.zh}。{row['reason']}".strip(),
                f"Build up {title.en} as planned. {row['reason']}".strip(),
            ),
            owner=Party.BOTH,
            beneficiary=Party.RECIPIENT,
            rule=TOP_NAMED if TOP_NAMED in known.pack.rules else TERMS,
            source=_source(plan, number, ""),
            start=dt.date.fromisoformat(content["start"]),
            end=dt.date.fromisoformat(content["end"]),
            measure=Measure("department", 1, Period.TERM, Mark.SEED),
            evidence=("indicator", "service", "upload"),
            owner_department=row["specialty"],
        )


def _of_tasks(plan: SupportPlan, number: int, content: Content) -> Iterator[Duty]:
    for row in content["tasks"]:
        owner = Party(row["owner"])
        lead = next((one for one in row["shares"] if owner in (Party.BOTH, one["side"])), None)
        text = "；".join(filter(None, (row["content"], row["baseline"], row["target"]))) or row["title"]
        yield Duty(
            key=f"task-{row['id']}",
            title=Text(row["title"], row["title"]),
            text=Text(text, text),
            owner=owner,
            beneficiary=Party.SUPPORTER if owner is Party.RECIPIENT else Party.RECIPIENT,
            rule=FOUR_ONES if row["one"] else TECHNIQUES if row["technique"] else TERMS,
            source=_source(plan, number, f"#{row['position']}"),
            start=dt.date.fromisoformat(content["start"]),
            end=dt.date.fromisoformat(row["due"]),
            measure=_measure(row),
            evidence=tuple(row["evidence"]),
            owner_department=lead["department"] if lead else row["specialty"],
            owner_person=lead["person"] if lead else None,
        )


def _measure(row: Mapping[str, Any]) -> Measure:
    """A task without a unit is done or not done. Its figure stands in the plan that both agreed to."""
    if not row["unit"]:
        return Measure("item", 1, Period(row["period"]), Mark.SEED)
    return Measure(row["unit"], row["amount"], Period(row["period"]), Mark.SEED)


def _source(plan: SupportPlan, number: int, place: str) -> str:
    clause = demands(plan.policy_pack).clause(TERMS)
    title = f"{plan.year} 年度任务清单" if plan.year else "三年对口支援规划"
    return "; ".join(filter(None, (f"{title}（第 {number} 版）{place}", clause)))


def responsible_rule(plan: SupportPlan) -> str:
    """Where it stands that both presidents answer together."""
    return demands(plan.policy_pack).clause(PRESIDENTS)
