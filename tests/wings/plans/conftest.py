"""A pairing of the loaded round with accounts on both sides, and plans that are ready to be agreed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.utils import translation

from duikou.core.scope import Actor
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person
from duikou.wings.plans.actions import plans, shares, steps, tasks
from duikou.wings.plans.demands import demands
from duikou.wings.plans.models import SupportPlan, YearTask
from duikou.wings.plans.values import TaskValues

YEAR = 2015


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    """Messages are compared in Chinese."""
    with translation.override("zh-hans"):
        yield


@dataclass
class Pair:
    """One pairing and those who speak for its two hospitals."""

    pairing: Pairing
    supporter: Actor  # president: may edit and agree
    recipient: Actor
    stranger: Actor  # president of another hospital
    liaison: Actor  # of the recipient: may edit, may not agree
    supporter_chief: Person
    recipient_chief: Person


@pytest.fixture
def pair(actor: Callable[..., Actor], db: None) -> Pair:
    """浙江医院 → 安吉县人民医院 or whatever pairing stands first."""
    row = Pairing.objects.select_related("supporter", "recipient", "round").order_by("position")[0]
    other = Pairing.objects.exclude(recipient=row.recipient).exclude(supporter=row.supporter)[0]
    return Pair(
        row,
        actor("hospital_president", row.supporter.name),
        actor("hospital_president", row.recipient.name),
        actor("hospital_president", other.recipient.name),
        actor("hospital_liaison", row.recipient.name),
        Person.objects.create(hospital=row.supporter, name="甲院长", post="院长"),
        Person.objects.create(hospital=row.recipient, name="乙院长", post="院长"),
    )


def values(one: str = "", **changes: object) -> TaskValues:
    """A task that lacks nothing."""
    return TaskValues(
        **{
            "title": f"任务 {one or '其他'}",
            "due": dt.date(YEAR, 12, 20),
            "one": one,
            "content": "内容",
            "specialty": "urology",
            "baseline": "不能开展",
            "target": "独立开展 10 例",
            "unit": "case",
            "amount": 10,
            "evidence": ("upload",),
            "owner": "supporter",
            **changes,
        }  # type: ignore[arg-type]
    )


def fresh(plan: SupportPlan) -> SupportPlan:
    """The plan as it stands in the database."""
    return SupportPlan.objects.select_related("pairing__round", "recipient").get(pk=plan.pk)


def again(task: YearTask) -> YearTask:
    """The task as it stands in the database."""
    return YearTask.objects.select_related("plan__pairing__round").get(pk=task.pk)


@pytest.fixture
def year_list(pair: Pair) -> SupportPlan:
    """A draft of a year's tasks with each of the four ones."""
    plan = plans.open_year(actor=pair.supporter, pairing=pair.pairing, year=YEAR)
    plans.edit_plan(actor=pair.supporter, plan=plan, version=plan.version, goal="四个一")
    for one in demands(plan.policy_pack).ones:
        tasks.add_task(actor=pair.supporter, plan=plan, version=plan.version, values=values(one))
    return fresh(plan)


@pytest.fixture
def support_plan(pair: Pair) -> SupportPlan:
    """A draft of the joint plan that lacks nothing."""
    plan = plans.open_support_plan(actor=pair.supporter, pairing=pair.pairing)
    plans.edit_plan(
        actor=pair.recipient, plan=plan, version=plan.version, goal="达到二级甲等", direction="泌尿外科"
    )
    for factor in demands(plan.policy_pack).factors:
        plans.set_factor(
            actor=pair.recipient,
            plan=plan,
            version=plan.version,
            factor=factor,
            value="情况",
            source="统计公报",
            year=2013,
        )
    plans.add_department(
        actor=pair.recipient, plan=plan, version=plan.version, specialty="urology", reason="双方商定"
    )
    for who, side, chief in (
        (pair.supporter, "supporter", pair.supporter_chief),
        (pair.recipient, "recipient", pair.recipient_chief),
    ):
        plans.name_president(actor=who, plan=plan, version=plan.version, side=side, person=chief.pk)
    return fresh(plan)


def agreed(pair: Pair, plan: SupportPlan) -> SupportPlan:
    """The plan, offered and agreed to by each of its parties."""
    steps.offer(actor=pair.recipient, plan=plan, version=plan.version)
    for side in plan.sides:
        who = pair.supporter if side == "supporter" else pair.recipient
        steps.agree(actor=who, plan=plan, version=plan.version, side=str(side))
    return fresh(plan)


def broken_down(pair: Pair, plan: SupportPlan) -> SupportPlan:
    """The plan with a person for each of its tasks."""
    for task in YearTask.objects.filter(plan=plan).select_related("plan__pairing"):
        shares.add_share(
            actor=pair.supporter,
            task=task,
            side="supporter",
            department="urology",
            person=pair.supporter_chief.pk,
            part="带教",
        )
    return fresh(plan)


@pytest.fixture
def running(pair: Pair, year_list: SupportPlan) -> SupportPlan:
    """A year's list that is being carried out."""
    plan = broken_down(pair, agreed(pair, year_list))
    steps.start(actor=pair.supporter, plan=plan, version=plan.version)
    return fresh(plan)
