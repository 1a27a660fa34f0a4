"""From requests and applications to a plan, and from the plan to nominations."""

from __future__ import annotations

import datetime as dt

import pytest

from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.core.models import AuditEvent
from duikou.wings.hospitals.models import Department
from duikou.wings.swaps import actions, queries
from duikou.wings.swaps.models import SwapPlan, SwapStay
from duikou.wings.training import actions as training
from duikou.wings.training.models import Traineeship
from tests.wings.posted import person_of, posting_of
from tests.wings.swaps.conftest import MARCH, Scene

pytestmark = pytest.mark.django_db


def rows(plan: SwapPlan, way: str) -> list[SwapStay]:
    return list(plan.stays.filter(way=way))


def test_the_trainee_goes_while_the_posted_doctor_is_there(scene: Scene) -> None:
    plan = scene.solved()
    (down,), (up,) = rows(plan, "down"), rows(plan, "up")
    assert plan.result["status"] == "optimal"
    assert down.request == scene.request
    assert (down.first_day, down.last_day) == (MARCH, dt.date(2014, 8, 31))
    assert (up.traineeship, up.start, up.months) == (scene.application, 0, 6)
    assert "专业相符" in down.why_text
    assert len(down.others) == 3
    assert AuditEvent.objects.filter(action="swap.solve").exists()


def test_who_is_posted_elsewhere_is_not_planned(scene: Scene) -> None:
    for doctor in scene.doctors:
        posting_of(scene.pairing, "", person=doctor, home_department=scene.upper)
    plan = scene.solved(home_least=0, months=6)
    assert rows(plan, "down") == []
    assert plan.result["gaps"][0]["months"] == 6
    assert any("不能外出" in other["zh"] for other in plan.result["gaps"][0]["others"])


def test_who_is_not_eligible_is_not_planned(scene: Scene) -> None:
    for doctor in scene.doctors:
        doctor.title = "住院医师"
        doctor.save()
    assert rows(scene.solved(), "down") == []


def test_a_shortage_that_nothing_avoids_is_explained(scene: Scene) -> None:
    for doctor in scene.doctors[:2]:
        posting_of(scene.pairing, "", person=doctor, home_department=scene.upper)
    plan = scene.solved(home_least=100)
    assert plan.result["status"] == "short"
    assert "任何方案都无法避免" in plan.result["shortages"][0][0]["zh"]


def test_what_a_department_of_no_concern_lacks_is_no_matter_of_the_plan(scene: Scene) -> None:
    other = Department.objects.create(hospital=scene.supporter, specialty="urology", name="置换泌尿外科")
    away = person_of(scene.supporter, "壬", department=other, specialty="urology")
    posting_of(scene.pairing, "", person=away, home_department=other)
    plan = scene.solved(home_least=75)
    assert (plan.result["status"], plan.result["breaches"]) == ("optimal", [])


def test_an_offered_place_is_open_in_its_months_only(scene: Scene) -> None:
    place = training.offer(
        actor=scene.at(scene.supporter, "hospital_liaison"),
        supporter=scene.supporter,
        department=scene.upper,
        specialty="cardiology",
        first_day=dt.date(2014, 6, 1),
        last_day=dt.date(2015, 1, 31),
        places=1,
    )
    Traineeship.objects.update(place=place)
    (up,) = rows(scene.solved(host_least=0), "up")
    assert 3 <= up.start <= 5
    Traineeship.objects.update(planned_from=dt.date(2014, 4, 1), planned_to=dt.date(2015, 1, 31))
    plan = scene.solved(host_least=0)  # ten months do not fit
    assert rows(plan, "up") == []
    assert plan.result["unserved"][0]["zh"].startswith("戊：2014-03 不能外出")


def test_an_application_for_other_years_waits(scene: Scene) -> None:
    scene.apply_for(dt.date(2015, 4, 1), dt.date(2015, 9, 30))
    plan = scene.solved()
    assert rows(plan, "up") == []
    assert plan.result["unserved"] == []


def test_a_row_moved_by_hand_is_judged_at_once_and_kept(scene: Scene) -> None:
    plan = scene.solved()
    (down,) = rows(plan, "down")
    plan = actions.change_stay(actor=scene.sender, stay=down, first_month=dt.date(2014, 5, 1), months=6)
    assert plan.result["status"] == "edited"
    assert any("置换县心内科" in breach["zh"] for breach in plan.result["breaches"])
    with pytest.raises(Conflict, match="不符合要求"):
        actions.adopt(actor=scene.sender, plan=plan)
    plan = scene.solve(plan)
    assert [row.start for row in rows(plan, "down") if row.kept] == [2]


def test_a_row_taken_out_leaves_the_trainee_without_replacement(scene: Scene) -> None:
    plan = scene.solved()
    (down,) = rows(plan, "down")
    plan = actions.drop_stay(actor=scene.sender, stay=down)
    assert plan.result["shortages"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"months": 0}, "months"),
        ({"months": 37}, "months"),
        ({"home_least": 101}, "home_least"),
        ({"rest": 40}, "rest"),
        ({"name": " "}, "name"),
        ({"first_month": dt.date(2026, 1, 1)}, "first_month"),
    ],
)
def test_settings_without_sense_are_refused(scene: Scene, values: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        scene.make(**values)
    assert field in refused.value.fields


def test_a_row_cannot_leave_the_plan(scene: Scene) -> None:
    (down,) = rows(scene.solved(), "down")
    with pytest.raises(Invalid, match="超出方案期"):
        actions.change_stay(actor=scene.sender, stay=down, first_month=dt.date(2015, 1, 1), months=6)


def test_the_rate_counts_trainees_whose_specialty_was_replaced(scene: Scene) -> None:
    plan = scene.make()
    assert queries.swap_rate(scene.sender, plan).percent == 0
    posting_of(scene.pairing, "替", home_department=scene.upper)
    rate = queries.swap_rate(scene.sender, plan)
    assert (rate.percent, rate.swapped, rate.all) == (100, 1, 1)


def test_another_hospital_sees_nothing(scene: Scene) -> None:
    plan = scene.solved()
    stranger = scene.stranger()
    with pytest.raises(Missing):
        queries.one_plan(stranger, plan.pk)
    with pytest.raises(Denied):
        actions.request_solution(actor=stranger, plan=plan)
    assert not queries.plans_of(stranger).exists()
