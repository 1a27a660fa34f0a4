"""The recipient agrees, the supporter adopts: nominations and applications, all of them or none."""

from __future__ import annotations

import datetime as dt

import pytest

from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.models import AuditEvent
from duikou.wings.postings.models import Posting, StaffRequest
from duikou.wings.swaps import actions
from duikou.wings.swaps.models import SwapPlan
from duikou.wings.training import actions as training
from duikou.wings.training.models import Traineeship
from tests.wings.swaps.conftest import MARCH, Scene

pytestmark = pytest.mark.django_db
MAY, OCTOBER = dt.date(2014, 5, 1), dt.date(2014, 10, 31)


def test_both_sides_take_part_and_everything_is_written(scene: Scene) -> None:
    scene.apply_for(MAY, OCTOBER)
    plan = scene.solved()
    with pytest.raises(Denied):
        actions.agree(actor=scene.sender, plan=plan)
    with pytest.raises(Conflict, match="须先由"):
        actions.adopt(actor=scene.sender, plan=plan)
    actions.agree(actor=scene.host, plan=plan)
    with pytest.raises(Denied):
        actions.adopt(actor=scene.host, plan=plan)
    actions.adopt(actor=scene.sender, plan=plan)
    assert plan.state == SwapPlan.State.ADOPTED
    posting = plan.stays.get(way="down").posting
    assert posting is not None
    assert (posting.state, posting.request) == (Posting.State.NOMINATED, scene.request)
    scene.application.refresh_from_db()
    assert scene.application.state == Traineeship.State.APPLIED  # the supporter accepts it on its page
    assert (scene.application.first_day, scene.application.last_day) == (MARCH, dt.date(2014, 8, 31))
    for act in ("swap.agree", "swap.adopt", "posting.nominate", "training.move"):
        assert AuditEvent.objects.filter(action=act).count() == 1


def test_without_trainees_nobody_has_to_agree(scene: Scene) -> None:
    Traineeship.objects.all().delete()
    plan = actions.adopt(actor=scene.sender, plan=scene.solved(host_least=0))
    assert plan.stays.get().posting is not None


def test_what_is_changed_has_to_be_agreed_to_anew(scene: Scene) -> None:
    plan = scene.agreed()
    up = plan.stays.get(way="up")
    plan = actions.change_stay(actor=scene.sender, stay=up, first_month=MARCH, months=6)
    assert plan.state == SwapPlan.State.SOLVED
    plan = actions.agree(actor=scene.host, plan=plan)
    assert scene.solve(plan).state == SwapPlan.State.SOLVED


def test_a_refused_nomination_refuses_all_and_names_the_row(scene: Scene) -> None:
    scene.apply_for(MAY, OCTOBER)
    plan = scene.agreed()
    StaffRequest.objects.update(state=StaffRequest.State.WITHDRAWN, reason="不需要")
    down = plan.stays.get(way="down")
    with pytest.raises(Invalid, match=f"没有采用：{down.person.name}.*2014-03-01"):
        actions.adopt(actor=scene.sender, plan=plan)
    nothing_happened(scene, plan)


def test_a_refused_application_refuses_all_and_names_the_row(scene: Scene) -> None:
    scene.apply_for(MAY, OCTOBER)
    plan = scene.agreed()
    training.withdraw(actor=scene.host, traineeship=scene.application, reason="不去了")
    with pytest.raises(Conflict, match=r"没有采用：戊.*已撤回"):
        actions.adopt(actor=scene.sender, plan=plan)
    nothing_happened(scene, plan)


def nothing_happened(scene: Scene, plan: SwapPlan) -> None:
    plan.refresh_from_db()
    scene.application.refresh_from_db()
    assert plan.state == SwapPlan.State.AGREED
    assert not Posting.objects.exists()
    assert scene.application.planned_from == MAY
    assert not AuditEvent.objects.filter(action__in=("swap.adopt", "posting.nominate")).exists()


def test_what_was_adopted_is_not_changed_any_more(scene: Scene) -> None:
    plan = actions.adopt(actor=scene.sender, plan=scene.agreed())
    down = plan.stays.get(way="down")
    for again in (
        lambda: actions.request_solution(actor=scene.sender, plan=plan),
        lambda: scene.solve(plan),
        lambda: actions.agree(actor=scene.host, plan=plan),
        lambda: actions.adopt(actor=scene.sender, plan=plan),
        lambda: actions.change_stay(actor=scene.sender, stay=down, first_month=MARCH, months=3),
        lambda: actions.drop_stay(actor=scene.sender, stay=down),
        lambda: actions.discard(actor=scene.sender, plan=plan, reason="不要了"),
    ):
        with pytest.raises(Conflict):
            again()


def test_what_somebody_else_changed_is_not_adopted(scene: Scene) -> None:
    plan = scene.agreed()
    seen = plan.version
    SwapPlan.objects.filter(pk=plan.pk).update(version=seen + 1)
    plan.refresh_from_db()
    with pytest.raises(Conflict, match="他人改动"):
        actions.adopt(actor=scene.sender, plan=plan, version=seen)
    assert not Posting.objects.exists()


def test_a_discarded_plan_says_why_and_rests(scene: Scene) -> None:
    plan = scene.solved()
    with pytest.raises(Invalid):
        actions.discard(actor=scene.sender, plan=plan, reason=" ")
    actions.discard(actor=scene.host, plan=plan, reason="需求已变")
    assert plan.state == SwapPlan.State.DISCARDED
    assert AuditEvent.objects.get(action="swap.discard").reason == "需求已变"
    with pytest.raises(Conflict, match="已作废"):
        actions.request_solution(actor=scene.sender, plan=plan)


@pytest.mark.parametrize(
    ("first", "last", "error"),
    [
        (OCTOBER, MAY, "早于"),
        (dt.date(2030, 1, 1), dt.date(2030, 6, 1), "超出结对期限"),
    ],
)
def test_an_application_is_moved_to_days_that_make_sense(
    scene: Scene, first: dt.date, last: dt.date, error: str
) -> None:
    with pytest.raises(Invalid, match=error):
        training.move_application(
            actor=scene.sender,
            traineeship=scene.application,
            planned_from=first,
            planned_to=last,
            reason="改期",
        )


def test_an_application_is_moved_by_either_hospital_with_a_reason(scene: Scene) -> None:
    values = {"traineeship": scene.application, "planned_from": MAY, "planned_to": OCTOBER}
    with pytest.raises(Invalid):
        training.move_application(actor=scene.host, reason="", **values)  # type: ignore[arg-type]
    with pytest.raises(Denied):
        training.move_application(actor=scene.stranger(), reason="改期", **values)  # type: ignore[arg-type]
    for actor in (scene.host, scene.sender):
        training.move_application(actor=actor, reason="改期", **values)  # type: ignore[arg-type]
    scene.application.refresh_from_db()
    assert (scene.application.first_day, scene.application.last_day) == (MAY, OCTOBER)
