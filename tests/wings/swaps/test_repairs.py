"""One absence: one block is solved again, shown, and adopted or dropped."""

from __future__ import annotations

import datetime as dt

import pytest

from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.jobs.worker import run_worker
from duikou.wings.postings import actions as postings
from duikou.wings.postings.models import Posting
from duikou.wings.swaps import actions
from duikou.wings.swaps.changes import changes_of
from duikou.wings.swaps.models import SwapPlan, SwapRepair
from tests.wings.swaps.conftest import Scene

pytestmark = pytest.mark.django_db
JUNE = dt.date(2014, 6, 1)


def asked(scene: Scene, plan: SwapPlan, **more: object) -> SwapRepair:
    person = more.pop("person", None) or plan.stays.get(way="down").person
    values = {"person": person, "first_month": JUNE, "months": 3, "reason": "病假"}
    return actions.request_repair(actor=scene.sender, plan=plan, **{**values, **more})  # type: ignore[arg-type]


def proposed(scene: Scene, plan: SwapPlan, **more: object) -> SwapRepair:
    """As the worker answers it."""
    repair = asked(scene, plan, **more)
    assert run_worker(burst=True, heartbeat=False, signals=False) == 1
    repair.refresh_from_db()
    assert repair.state == SwapRepair.State.PROPOSED
    repair.plan = plan
    return repair


def spans(plan: SwapPlan) -> set[tuple[str, int, int]]:
    return {(row.person.name, row.start, row.months) for row in plan.stays.filter(way="down")}


def test_the_absent_stops_somebody_follows_and_the_rest_stays(scene: Scene) -> None:
    plan = scene.solved()
    ((name, *_),) = spans(plan)
    before = spans(plan)
    repair = proposed(scene, plan)
    assert spans(plan) == before  # nothing changes before it is adopted
    absent, follows = changes_of(repair)
    assert (absent.name, absent.absent) == (name, True)
    assert absent.before[0].endswith("2014-03 — 2014-08")
    assert absent.after[0].endswith("2014-03 — 2014-05")
    assert follows.before == []
    assert follows.after[0].endswith("2014-06 — 2014-08")
    assert "专业相符" in follows.why[0]
    assert repair.result["after"]["gaps"] == repair.result["before"]["gaps"] == 0
    actions.adopt_repair(actor=scene.sender, repair=repair)
    assert spans(plan) == {(name, 0, 3), (follows.name, 3, 3)}
    assert plan.stays.filter(way="up").count() == 1
    plan.refresh_from_db()
    again = scene.solve(plan)  # the absence is known from now on
    assert not any(row.person.name == name and row.start + row.months > 3 for row in again.stays.all())


def test_of_an_adopted_plan_the_nominations_change(scene: Scene) -> None:
    plan = actions.adopt(actor=scene.sender, plan=scene.agreed())
    first = plan.stays.get(way="down").posting
    assert first is not None
    repair = proposed(scene, plan)
    with pytest.raises(Denied):
        actions.adopt_repair(actor=scene.host, repair=repair)
    actions.adopt_repair(actor=scene.sender, repair=repair)
    first.refresh_from_db()
    assert (first.state, first.reason) == (Posting.State.WITHDRAWN, "病假")
    live = Posting.objects.filter(state=Posting.State.NOMINATED).order_by("first_day")
    assert [(row.first_day, row.last_day) for row in live] == [
        (dt.date(2014, 3, 1), dt.date(2014, 5, 31)),
        (JUNE, dt.date(2014, 8, 31)),
    ]
    assert {row.posting for row in plan.stays.filter(way="down")} == set(live)
    assert plan.state == SwapPlan.State.ADOPTED


def test_who_has_arrived_is_replaced_and_ends_on_the_own_page(scene: Scene) -> None:
    plan = actions.adopt(actor=scene.sender, plan=scene.agreed())
    posting = plan.stays.get(way="down").posting
    assert posting is not None
    president = scene.at(scene.recipient, "hospital_president")
    postings.approve(actor=president, posting=posting)
    Posting.objects.filter(pk=posting.pk).update(state=Posting.State.ON_POST, arrived_on=posting.planned_from)
    actions.adopt_repair(actor=scene.sender, repair=proposed(scene, plan))
    posting.refresh_from_db()
    assert posting.state == Posting.State.ON_POST
    (other,) = Posting.objects.exclude(pk=posting.pk)
    assert (other.state, other.first_day) == (Posting.State.NOMINATED, JUNE)
    assert {row.posting for row in plan.stays.filter(way="down")} == {posting, other}


def test_nobody_else_can_go_and_each_one_is_told_why(scene: Scene) -> None:
    plan = scene.solved(host_least=0)
    for doctor in scene.doctors:
        if doctor != plan.stays.get(way="down").person:
            doctor.delete()
    repair = proposed(scene, plan)
    assert repair.result["after"]["gaps"] == 3
    (other,) = repair.result["unfilled"][0]["others"]
    assert other["zh"].startswith(plan.stays.get(way="down").person.name)


def test_dropped_it_changes_nothing(scene: Scene) -> None:
    plan = scene.solved()
    before = spans(plan)
    repair = actions.drop_repair(actor=scene.sender, repair=asked(scene, plan))
    assert run_worker(burst=True, heartbeat=False, signals=False) == 1  # what comes too late is left
    repair.refresh_from_db()
    assert repair.state == SwapRepair.State.DROPPED
    assert spans(plan) == before
    for again in (actions.adopt_repair, actions.drop_repair):
        with pytest.raises(Conflict, match="已放弃"):
            again(actor=scene.sender, repair=repair)


def test_a_plan_that_was_changed_since_is_not_repaired_with_it(scene: Scene) -> None:
    plan = scene.solved()
    repair = proposed(scene, plan)
    actions.drop_stay(actor=scene.sender, stay=plan.stays.get(way="down"))
    repair = SwapRepair.objects.get(pk=repair.pk)
    with pytest.raises(Conflict, match="又有改动"):
        actions.adopt_repair(actor=scene.sender, repair=repair)
    repair.refresh_from_db()
    assert repair.state == SwapRepair.State.PROPOSED


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"first_month": dt.date(2016, 1, 1)}, "first_month"),
        ({"months": 30}, "first_month"),
        ({"months": 0}, "first_month"),
        ({"reason": " "}, "reason"),
    ],
)
def test_an_absence_without_sense_is_refused(scene: Scene, values: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        asked(scene, scene.solved(), **values)
    assert field in refused.value.fields


def test_only_people_of_a_solved_plan_are_replaced(scene: Scene) -> None:
    with pytest.raises(Conflict, match="没有可以补救"):
        asked(scene, scene.make(), person=scene.doctors[0])
    plan = scene.solved()
    idle = next(one for one in scene.doctors if not plan.stays.filter(person=one).exists())
    with pytest.raises(Invalid, match="没有安排"):
        asked(scene, plan, person=idle)
    actions.agree(actor=scene.host, plan=plan)
    plan = actions.adopt(actor=scene.sender, plan=plan)
    with pytest.raises(Invalid, match="进修页面"):
        asked(scene, plan, person=scene.locals[0])
    with pytest.raises(Denied):
        actions.request_repair(
            actor=scene.stranger(), plan=plan, person=idle, first_month=JUNE, months=1, reason="病假"
        )
