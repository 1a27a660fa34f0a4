"""Demonstration data (演示数据): invented plans of pairings, their lists of years and four ones.

Some pairings have no plan yet, some recipients lack one of the four ones, some tasks were not
met. Everything is marked `demonstration`; persons are those that the pairings' demonstration made.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from duikou.core.actions import act, together
from duikou.core.errors import Conflict
from duikou.core.scope import SYSTEM
from duikou.core.search.index import refresh
from duikou.engines.clauses.model import Party
from duikou.wings.hospitals.models import Mark
from duikou.wings.pairings.models import DepartmentLink, Pairing
from duikou.wings.people.models import Person
from duikou.wings.plans.actions.steps import tell
from duikou.wings.plans.demands import Demands, demands
from duikou.wings.plans.editions import content_of
from duikou.wings.plans.models import (
    PlanDepartment,
    PlanEdition,
    PlanFactor,
    SupportPlan,
    TaskShare,
    YearTask,
)
from duikou.wings.plans.search import PLANS, TASKS

YEARS = 3  # of lists, from the round's first
AGREED = 0.85  # of the joint plans
LACKS = 0.15  # of recipients and years: one of the four ones is missing
TITLES: Mapping[str, tuple[str, str, str]] = {  # title, baseline, target; {title} is a specialty's
    "urgent_need": ("解决{title}急危重症救治急需", "急危重症多数转往县外", "常见急危重症在县内救治"),
    "weak_link": ("补上{title}薄弱环节", "制度和流程不齐，缺少骨干", "制度齐全并执行，独立开展常规诊疗"),
    "technical_team": ("带出{title}技术团队", "没有能独立手术或操作的骨干", "带出 3 名骨干"),
    "new_service": ("新开{title}服务项目", "没有开展", "独立开展并持续服务"),
}
FACTS: Mapping[str, str] = {
    "功能定位": "县域医疗中心，承担常见病、多发病诊疗和急救",
    "经济社会": "经济社会发展处于全省中游（虚构）",
    "地理交通": "距省会约两小时车程（虚构）",
    "服务人口": "服务人口约四十万（虚构）",
    "医疗需求": "外科急症和肿瘤患者外转较多（虚构）",
}
SOURCE = "演示数据（虚构）"


def load(*, seed: int = 2014) -> dict[str, int]:
    """Invent plans for most pairings; the same seed gives the same. Raises Conflict when they are there."""
    if SupportPlan.objects.filter(demonstration=True).exists():
        raise Conflict(
            "演示数据已经载入，请先运行 duikou demo clear / demonstration data are there: clear first"
        )
    maker = _Maker(random.Random(seed))  # noqa: S311  (invented data, no secret)
    with together(), act("demo.loaded", actor=SYSTEM, permission="plan.edit") as event:
        maker.make()
        refresh(PLANS, [plan.pk for plan in maker.plans])
        refresh(TASKS, [task.pk for task in maker.tasks])
        made = {"plans": len(maker.plans), "tasks": len(maker.tasks), "shares": len(maker.shares)}
        event.note(label="演示数据", after={"seed": seed, **made})
    return made


class _Maker:
    """Collects rows and writes each kind at once."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.plans: list[SupportPlan] = []
        self.tasks: list[YearTask] = []
        self.shares: list[TaskShare] = []
        self.taken = set(SupportPlan.objects.exclude(pairing=None).values_list("pairing_id", "kind", "year"))
        self.ones = set(YearTask.objects.exclude(one="").values_list("recipient_id", "year", "one"))
        self.staff: dict[int, list[Person]] = {}
        for person in Person.objects.filter(demonstration=True, left_on=None).order_by("pk"):
            self.staff.setdefault(person.hospital_id, []).append(person)
        self.links: dict[int, list[str]] = {}
        for pairing, specialty in (
            DepartmentLink.objects.filter(end=None)
            .order_by("specialty")
            .values_list("pairing_id", "specialty")
        ):
            self.links.setdefault(pairing, []).append(specialty)

    def make(self) -> None:
        pairings = list(Pairing.objects.select_related("round", "supporter", "recipient").order_by("pk"))
        for pairing in pairings:
            self._plans(pairing)
        SupportPlan.objects.bulk_create(self.plans, batch_size=500)
        self._parts()
        for task in self.tasks:
            task.plan = task.plan  # the plans have their numbers only now
        YearTask.objects.bulk_create(self.tasks, batch_size=500)
        for share in self.shares:
            share.task = share.task
        TaskShare.objects.bulk_create(self.shares, batch_size=500)
        self._editions()

    def _plans(self, pairing: Pairing) -> None:
        known = demands(pairing.round.policy_pack)
        specialties = self.links.get(pairing.pk) or self.chance.sample(sorted(known.pack.specialties), 2)
        agreed = self.chance.random() < AGREED
        if (pairing.pk, "support", None) not in self.taken:
            state = "running" if agreed else self.chance.choice(("draft", "offered"))
            self._plan(
                pairing, SupportPlan.Kind.SUPPORT, None, pairing.start, pairing.end, state,
                goal="三年内重点科室能够独立开展常见手术和急救（虚构）", direction="、".join(
                    known.specialty(one).zh for one in specialties
                ),
            )  # fmt: skip
        first = pairing.round.start.year
        for year in range(first, first + YEARS if agreed else first + 1):
            if (pairing.pk, "year", year) in self.taken:
                continue
            state = ("closed" if year < first + YEARS - 1 else "running") if agreed else "draft"
            plan = self._plan(
                pairing, SupportPlan.Kind.YEAR, year,
                max(dt.date(year, 1, 1), pairing.start), min(dt.date(year, 12, 31), pairing.end), state,
                goal=f"{year} 年“四个一”（虚构）",
            )  # fmt: skip
            self._tasks(plan, known, specialties)

    def _plan(
        self,
        pairing: Pairing,
        kind: str,
        year: int | None,
        start: dt.date,
        end: dt.date,
        state: str,
        **texts: str,
    ) -> SupportPlan:
        agreed = state in ("running", "closed")
        moment = timezone.make_aware(dt.datetime.combine(start, dt.time(9)))
        presidents: dict[str, Any] = {}
        if kind == SupportPlan.Kind.SUPPORT:
            for side, hospital in (
                (Party.SUPPORTER, pairing.supporter_id),
                (Party.RECIPIENT, pairing.recipient_id),
            ):
                people = self.staff.get(hospital, [])
                presidents[f"{side}_president"] = people[0] if people else None
        plan = SupportPlan(
            kind=kind,
            pairing=pairing,
            recipient=pairing.recipient,
            supporter_path=pairing.supporter_path,
            recipient_path=pairing.recipient_path,
            policy_pack=pairing.round.policy_pack,
            year=year,
            start=start,
            end=end,
            state=state,
            edition=1 if agreed else 0,
            supporter_agreed_at=moment if agreed else None,
            recipient_agreed_at=moment if agreed else None,
            started_on=start if agreed else None,
            closed_on=end if state == "closed" else None,
            conclusion="年终小结（虚构）" if state == "closed" else "",
            demonstration=True,
            **presidents,
            **texts,
        )
        self.plans.append(plan)
        return plan

    def _tasks(self, plan: SupportPlan, known: Demands, specialties: list[str]) -> None:
        kinds = [kind for kind in known.ones if (plan.recipient_id, plan.year, kind) not in self.ones]
        if kinds and self.chance.random() < LACKS:
            kinds.remove(self.chance.choice(kinds))
        for position, kind in enumerate(kinds, start=1):
            self.ones.add((plan.recipient_id, plan.year or 0, kind))
            specialty = specialties[position % len(specialties)]
            title, baseline, target = TITLES.get(kind, ("{title}", "", ""))
            supporter = self.chance.random() < 0.7
            task = YearTask(
                plan=plan,
                recipient_id=plan.recipient_id,
                year=plan.year or 0,
                position=position,
                one=kind,
                title=title.format(title=known.specialty(specialty).zh),
                content="由双方科室共同完成（虚构）",
                specialty=specialty,
                baseline=baseline,
                target=target,
                unit="case" if kind == "new_service" else "",
                amount=self.chance.randint(5, 40) if kind == "new_service" else None,
                evidence=["operation", "upload"] if kind == "new_service" else ["lecture", "upload"],
                owner=(Party.SUPPORTER if supporter else Party.RECIPIENT).value,
                due=plan.end - dt.timedelta(days=self.chance.randint(0, 60)),
            )
            self._end(task, plan)
            self.tasks.append(task)
            self._shares(task, plan)

    def _end(self, task: YearTask, plan: SupportPlan) -> None:
        """A year that is over has an end for each task; of the running one some are reported."""
        chance = self.chance.random()
        if plan.state == "closed":
            task.state = "accepted" if chance < 0.9 else "unmet"
        elif plan.state == "running":
            task.state = "accepted" if chance < 0.2 else "reported" if chance < 0.4 else "open"
        moment = timezone.make_aware(dt.datetime.combine(task.due, dt.time(10)))
        if task.state in ("accepted", "reported"):
            task.reported_side, task.reported_at, task.result = task.owner, moment, "已按目标完成（虚构）"
        if task.state in ("accepted", "unmet"):
            task.decided_at, task.decision = (
                moment,
                "属实（虚构）" if task.state == "accepted" else "未达到目标（虚构）",
            )

    def _shares(self, task: YearTask, plan: SupportPlan) -> None:
        assert plan.pairing is not None
        hospital = plan.pairing.supporter_id if task.owner == Party.SUPPORTER else plan.recipient_id
        people = self.staff.get(hospital)
        if not people:
            return
        confirmed = plan.edition > 0 and self.chance.random() < 0.8
        self.shares.append(
            TaskShare(
                task=task,
                side=task.owner,
                department=task.specialty,
                person=self.chance.choice(people),
                part="负责组织实施和带教（虚构）",
                confirmed_at=plan.supporter_agreed_at if confirmed else None,
                note="演示数据" if confirmed else "",
            )
        )

    def _parts(self) -> None:
        """Factors and departments of the joint plans."""
        factors, departments = [], []
        for plan in self.plans:
            if plan.kind != SupportPlan.Kind.SUPPORT:
                continue
            known = demands(plan.policy_pack)
            factors += [
                PlanFactor(
                    plan=plan,
                    factor=one,
                    value=FACTS.get(one, SOURCE),
                    source=SOURCE,
                    year=plan.start.year - 1,
                    mark=Mark.ENTERED,
                )
                for one in known.factors
            ]
            titles = {one.title.zh: key for key, one in known.pack.specialties.items()}
            departments += [
                PlanDepartment(plan=plan, specialty=titles[name], position=number, reason=SOURCE)
                for number, name in enumerate(plan.direction.split("、"), start=1)
                if name in titles
            ]
        PlanFactor.objects.bulk_create(factors, batch_size=500)
        PlanDepartment.objects.bulk_create(departments, batch_size=500)

    def _editions(self) -> None:
        """The editions that were agreed to, and what they oblige to."""
        agreed = [plan for plan in self.plans if plan.edition]
        rows = SupportPlan.objects.filter(pk__in=[plan.pk for plan in agreed]).select_related(
            "pairing__round", "supporter_president", "recipient_president"
        )
        editions = [_edition(plan) for plan in rows.prefetch_related("factors", "departments")]
        PlanEdition.objects.bulk_create(editions, batch_size=500)
        for edition in editions:
            tell(SYSTEM, edition.plan, edition, SOURCE, on=edition.plan.start)


def _edition(plan: SupportPlan) -> PlanEdition:
    return PlanEdition(
        plan=plan,
        number=1,
        content=content_of(plan),
        agreed_at=plan.supporter_agreed_at or timezone.now(),
        supporter_by="演示数据",
        recipient_by="演示数据",
    )


def clear() -> dict[str, int]:
    """Remove all demonstration plans and nothing else; returns how many rows of each kind went."""
    with act("demo.cleared", actor=SYSTEM, permission="plan.edit") as event:
        rows = SupportPlan.objects.filter(demonstration=True)
        tasks = YearTask.objects.filter(plan__in=rows)
        removed = {
            "plans": rows.count(),
            "tasks": tasks.count(),
            "shares": TaskShare.objects.filter(task__in=tasks).count(),
        }
        # A person who was invented goes with the pairings' demonstration, also out of plans of people.
        TaskShare.objects.filter(person__demonstration=True).delete()
        for field in ("supporter_president", "recipient_president"):
            SupportPlan.objects.filter(**{f"{field}__demonstration": True}).update(**{field: None})
        plan_ids, task_ids = (list(some.values_list("pk", flat=True)) for some in (rows, tasks))
        rows.delete()
        refresh(PLANS, plan_ids)
        refresh(TASKS, task_ids)
        event.note(label="演示数据", before=removed)
    return removed
