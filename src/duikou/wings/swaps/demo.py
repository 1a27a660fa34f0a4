"""Demonstration data (演示数据): swap plans of 2015: one solved, one adopted, one that falls short.

Nobody in it exists and nothing of it happened. Every row is marked `demonstration`, so that `clear` finds
all of it and nothing else. It builds on the departments that were invented for the postings.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass

from simple_history.utils import bulk_create_with_history

from duikou.core.actions import act, together
from duikou.core.errors import Conflict
from duikou.core.scope import SYSTEM
from duikou.engines import swap as engine
from duikou.engines.credits import add_months
from duikou.engines.swap.repair import repair
from duikou.policy import load_pack
from duikou.wings.hospitals.models import Department
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person
from duikou.wings.postings.models import Posting, StaffRequest
from duikou.wings.swaps import actions
from duikou.wings.swaps.models import SwapPlan, SwapRepair, SwapStay
from duikou.wings.swaps.problems import absent, as_stay, problem_for
from duikou.wings.training.models import Traineeship

SURNAMES = "谢邹喻柏水窦章云苏潘葛奚范彭郎"
MARK = "置换"  # in the names of the invented people
NOTE = "演示数据（虚构）"
FIRST = dt.date(2015, 1, 1)
MONTHS = 12
ABOVE = ("主任医师", "副主任医师", "副主任医师", "副主任医师", "主治医师")
BELOW = ("副主任医师", "主治医师", "主治医师", "住院医师", "住院医师")


@dataclass(frozen=True)
class Stage:
    """A pairing with a department of the same specialty on either side, and people of both."""

    pairing: Pairing
    upper: Department
    lower: Department
    doctors: list[Person]
    locals: list[Person]


def load(*, seed: int = 2014) -> dict[str, int]:
    """Invent the plans; the same seed gives the same data. Raises Conflict when they are there."""
    if SwapPlan.objects.filter(demonstration=True).exists():
        raise Conflict(
            "演示数据已经载入，请先运行 duikou demo clear / demonstration data are there: clear first"
        )
    chance = random.Random(seed)  # noqa: S311  (invented data, no secret)
    with together(), act("demo.loaded", actor=SYSTEM, permission="swap.plan") as event:
        stages = _stages(chance)
        for stage, make in zip(stages, (_solved, _adopted, _short), strict=False):
            make(stage)
        made = {
            "swap_plans": SwapPlan.objects.filter(demonstration=True).count(),
            "swap_rows": SwapStay.objects.filter(plan__demonstration=True).count(),
            "swap_people": sum(len(stage.doctors) + len(stage.locals) for stage in stages),
        }
        event.note(label="演示数据", after={"seed": seed, **made})
    return made


def _stages(chance: random.Random) -> list[Stage]:
    """The first three pairings whose hospitals have an invented department of one specialty each."""
    units = Department.objects.filter(name__endswith="（演示）", org__isnull=False)
    by_place = {(one.hospital_id, one.specialty): one for one in units.select_related("org", "hospital")}
    found: list[Stage] = []
    names = (f"{chance.choice(SURNAMES)}{MARK}{number:03d}" for number in range(1, 1000))
    pairings = Pairing.objects.filter(start__lte=FIRST, end__gte=add_months(FIRST, MONTHS)).order_by("pk")
    taken: set[int] = set()
    for pairing in pairings.select_related("round", "supporter__org", "recipient__org"):
        shared = sorted(
            specialty
            for hospital, specialty in by_place
            if hospital == pairing.recipient_id and (pairing.supporter_id, specialty) in by_place
        )
        if not shared or pairing.supporter_id in taken:
            continue
        taken.add(pairing.supporter_id)
        upper = by_place[pairing.supporter_id, shared[0]]
        lower = by_place[pairing.recipient_id, shared[0]]
        doctors = [_person(upper, next(names), title) for title in ABOVE]
        people = [_person(lower, next(names), title) for title in BELOW]
        bulk_create_with_history([*doctors, *people], Person)
        found.append(Stage(pairing, upper, lower, doctors, people))
        if len(found) == 3:
            break
    return found


def _person(department: Department, name: str, title: str) -> Person:
    scopes = load_pack("zhejiang-2014").rule("PER-16").value("scopes")
    scope = (
        scopes[department.specialty][0] if isinstance(scopes, dict) and department.specialty in scopes else ""
    )
    return Person(
        hospital=department.hospital,
        department=department,
        name=name,
        title=title,
        title_since=dt.date(2005, 9, 1),
        specialty=department.specialty,
        registered_scope=f"{scope}专业" if scope else "",
        demonstration=True,
    )


def _request(stage: Stage, title: str, after: int, months: int, people: int = 1) -> None:
    pairing = stage.pairing
    StaffRequest.objects.create(
        pairing=pairing,
        supporter=pairing.supporter,
        recipient=pairing.recipient,
        host_department=stage.lower,
        home_path=pairing.supporter_path,
        host_path=_path(stage.lower),
        specialty=stage.lower.specialty,
        title=title,
        people=people,
        months=months,
        wanted_from=add_months(FIRST, after),
        purpose=f"顶替外出进修的医师并带教。{NOTE}",
        demonstration=True,
    )


def _application(stage: Stage, person: Person, after: int, months: int, state: str = "applied") -> None:
    first = add_months(FIRST, after)
    one = Traineeship(
        pairing=stage.pairing,
        person=person,
        supporter=stage.pairing.supporter,
        recipient=stage.pairing.recipient,
        home_department=stage.lower,
        host_department=stage.upper,
        home_path=_path(stage.lower),
        host_path=_path(stage.upper),
        specialty=stage.upper.specialty,
        title=person.title,
        purpose=f"学习适宜技术。{NOTE}",
        planned_from=first,
        planned_to=add_months(first, months) - dt.timedelta(days=1),
        state=state,
        applied_at=dt.datetime(2014, 12, 1, 1, tzinfo=dt.UTC),
        demonstration=True,
    )
    one.settle_days()
    one.save()


def _path(department: Department) -> str:
    return (department.org.path if department.org else "") or department.hospital.scope_path


def _plan(stage: Stage, name: str, **more: int) -> SwapPlan:
    plan = actions.make_plan(
        actor=SYSTEM, pairing=stage.pairing, name=name, first_month=FIRST, months=MONTHS, **more
    )
    plan.demonstration = True
    plan.save(update_fields=["demonstration"])
    translated = problem_for(plan)
    return actions.keep_solution(
        actor=SYSTEM, plan=plan, translated=translated, found=engine.plan(translated.problem)
    )


def _solved(stage: Stage) -> None:
    """Two batches, two trainees, a post that nobody is senior enough for, and an absence to decide on."""
    _request(stage, "主治医师", 0, 6)
    _request(stage, "主治医师", 6, 6)
    for doctor in stage.doctors:
        if doctor.title == "主任医师":
            doctor.left_on = dt.date(2014, 12, 31)
            doctor.save()
    _request(stage, "主任医师", 3, 3)
    _application(stage, stage.locals[1], 1, 6)
    _application(stage, stage.locals[2], 8, 4)
    plan = _plan(stage, "2015 年置换方案（演示）", host_least=100)
    row = plan.stays.filter(way=SwapStay.Way.DOWN).order_by("start").select_related("person").first()
    if row is not None and row.months > 1:
        _absence(plan, row)


def _absence(plan: SwapPlan, row: SwapStay) -> None:
    """The first doctor falls ill half-way."""
    start = row.start + row.months // 2
    one = SwapRepair.objects.create(
        plan=plan,
        supporter_path=plan.supporter_path,
        recipient_path=plan.recipient_path,
        person=row.person,
        start=start,
        months=row.start + row.months - start,
        reason=f"病假。{NOTE}",
        demonstration=True,
    )
    problem = problem_for(plan).problem
    key, last = f"p{row.person_id}", one.start + one.months - 1
    before = tuple(sorted(as_stay(stay) for stay in plan.stays.all()))
    found = repair(problem, before, key, one.start, last)
    actions.keep_repair(
        actor=SYSTEM, repair=one, problem=absent(problem, key, one.start, last), before=before, found=found
    )


def _adopted(stage: Stage) -> None:
    """Posts and trainees for half a year: agreed to, adopted, nominated."""
    _request(stage, "主治医师", 0, 6, people=2)
    _application(stage, stage.locals[1], 2, 6)
    plan = _plan(stage, "2015 年上半年置换方案（演示）", host_least=100)
    actions.agree(actor=SYSTEM, plan=plan)
    actions.adopt(actor=SYSTEM, plan=plan)
    Posting.objects.filter(pk__in=plan.stays.values("posting")).update(demonstration=True)


def _short(stage: Stage) -> None:
    """Four of the department study already; for those who would replace them too high a title is asked."""
    for doctor in stage.doctors:
        if doctor.title == "主任医师":
            doctor.left_on = dt.date(2014, 12, 31)
            doctor.save()
    _request(stage, "主任医师", 2, 6, people=4)
    for person in stage.locals[:4]:
        _application(stage, person, 2, 4, state="accepted")
    _plan(stage, "2015 年置换方案（演示，人手不足）", host_least=100)


def clear() -> dict[str, int]:
    """Remove all of it; returns how many rows of each kind went."""
    with act("demo.cleared", actor=SYSTEM, permission="swap.plan") as event:
        plans = SwapPlan.objects.filter(demonstration=True)
        persons = list(_people())
        rows = SwapStay.objects.filter(plan__in=plans)
        removed = {"swap_plans": plans.count(), "swap_rows": rows.count(), "swap_people": len(persons)}
        postings = list(rows.exclude(posting=None).values_list("posting", flat=True))
        SwapRepair.objects.filter(plan__in=plans).delete()
        rows.delete()
        plans.delete()
        Posting.objects.filter(pk__in=postings).delete()
        Traineeship.objects.filter(person__in=persons, demonstration=True).delete()
        StaffRequest.objects.filter(demonstration=True, state=StaffRequest.State.OPEN).delete()
        Person.objects.filter(pk__in=persons).delete()
        # The history goes last: deleting writes into it, too.
        Person.history.filter(id__in=persons).delete()
        event.note(label="演示数据", before=removed)
    return removed


def _people() -> Iterator[int]:
    yield from Person.objects.filter(demonstration=True, name__contains=MARK).values_list("pk", flat=True)
