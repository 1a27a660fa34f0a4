"""Times: parts of what experts offer, a plan for all who wait, and every conflict refused."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from duikou.core.errors import Conflict, Denied, Invalid
from duikou.core.jobs.worker import run_worker
from duikou.wings.telehealth import actions, planning
from duikou.wings.telehealth.models import Consultation, Expert, Slot, TimePlan
from tests.wings.patients.test_pages import client_of
from tests.wings.telehealth.conftest import Tele

HOUR = dt.timedelta(hours=1)


def at(days: int, hour: int) -> dt.datetime:
    """A whole hour some days ahead, in the clock of the hospitals."""
    day = timezone.localdate() + dt.timedelta(days=days)
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour)))


def offered(tele: Tele, begins: dt.datetime, hours: int, expert: Expert | None = None) -> Slot:
    return actions.offer_slot(
        actor=tele.other_office, expert=expert or tele.expert, begins_at=begins, ends_at=begins + hours * HOUR
    )


def waiting(tele: Tele, *, named: bool = True, **more: Any) -> Consultation:
    patient = tele.without_card()
    tele.agrees(patient)
    wanted = {"live": True, "wanted_at": at(1, 9), "patient": patient, **more}
    if named:
        return tele.assigned(**wanted)
    return actions.accept(actor=tele.other_office, one=tele.sent(**wanted))


def free(expert: Expert) -> list[tuple[dt.datetime, dt.datetime]]:
    rows = expert.slots.filter(withdrawn_at=None, consultation=None).order_by("begins_at")
    return list(rows.values_list("begins_at", "ends_at"))


def test_a_part_is_taken_and_the_rest_stays_free(tele: Tele) -> None:
    one = tele.assigned()
    offered(tele, at(1, 9), 1)
    offered(tele, at(1, 10), 1)  # the next begins where this one ends: the session may lie over both
    half = dt.timedelta(minutes=30)
    take = {"actor": tele.other_office, "one": one, "expert": tele.expert}
    held = actions.hold(**take, begins_at=at(1, 9) + half, ends_at=at(1, 10) + half)  # type: ignore[arg-type]
    assert held.consultation == one
    assert free(tele.expert) == [(at(1, 9), at(1, 9) + half), (at(1, 10) + half, at(1, 11))]
    other = {**take, "one": tele.assigned(patient=one.patient)}
    with pytest.raises(Conflict, match="占用或撤回"):
        actions.hold(**other, begins_at=at(1, 10), ends_at=at(1, 11))  # type: ignore[arg-type]
    with pytest.raises(Conflict, match="占用或撤回"):
        actions.hold(**take, begins_at=at(2, 10), ends_at=at(2, 11))  # type: ignore[arg-type]
    held.refresh_from_db()
    assert held.consultation == one  # what was agreed stands
    with pytest.raises(Invalid, match="已经开始或过去"):
        actions.hold(**take, begins_at=timezone.now() - HOUR, ends_at=timezone.now())  # type: ignore[arg-type]
    actions.leave_pool(actor=tele.other_office, expert=tele.expert, reason="退休")
    with pytest.raises(Conflict, match="退出专家库"):
        actions.hold(**take, begins_at=at(1, 9), ends_at=at(1, 9) + half)  # type: ignore[arg-type]


def test_a_time_of_every_week_is_all_or_none(tele: Tele) -> None:
    expert = client_of(tele.signer())
    address = f"/app/telehealth/experts/{tele.expert.pk}/times/"
    form = {"begins_at": f"{at(2, 9):%Y-%m-%dT17:00}", "ends_at": f"{at(2, 9):%Y-%m-%dT18:00}", "weeks": "4"}
    assert expert.post(address, form).status_code == 302
    assert len(free(tele.expert)) == 4
    assert expert.post(address, {**form, "weeks": "8"}).status_code == 409
    assert len(free(tele.expert)) == 4
    with pytest.raises(Invalid):
        actions.offer_weekly(
            actor=tele.signer(), expert=tele.expert, begins_at=at(3, 1), ends_at=at(3, 2), weeks=99
        )


def solved(tele: Tele) -> TimePlan:
    plan = actions.request_plan(actor=tele.other_office, hospital=tele.other)
    run_worker(burst=True, heartbeat=False, signals=False)
    plan.refresh_from_db()
    assert plan.state == "proposed", plan.state
    return plan


def test_all_who_wait_are_planned_the_urgent_first(tele: Tele) -> None:
    second = tele.doctor_of_pool("钱第二", specialty="cardiology")  # not of the specialty asked for
    routine, urgent = waiting(tele), waiting(tele, urgency="urgent", named=False)
    written = tele.assigned(patient=routine.patient)  # wants no live session: nobody's time is planned for it
    with pytest.raises(Conflict, match="没有登记今后的空闲时段"):
        actions.request_plan(actor=tele.other_office, hospital=tele.other)
    offered(tele, at(1, 9), 1)
    offered(tele, at(1, 9), 1, second)
    plan = solved(tele)
    assert actions.request_plan(actor=tele.other_office, hospital=tele.other) == plan
    rows = {row["consultation"]: row for row in plan.result["meetings"]}
    none = [row["consultation"] for row in plan.result["unserved"]]
    # One hour of one expert, half an hour each and a pause between them: one of the two gets it.
    assert (list(rows), none) == ([urgent.pk], [routine.pk])
    assert rows[urgent.pk]["expert"] == tele.expert.pk
    assert rows[urgent.pk]["why"]["en"]
    assert plan.result["unserved"][0]["why"]["zh"]
    page = client_of(tele.other_office).get("/app/telehealth/plan/").content.decode()
    assert "已证明没有更好的安排" in page
    assert "没有安排上的" in page
    with pytest.raises(Denied):
        actions.accept_plan(actor=tele.office, plan=plan)
    actions.accept_plan(actor=tele.other_office, plan=plan)
    urgent.refresh_from_db()
    assert urgent.state == "assigned"
    assert urgent.slot.expert == tele.expert
    assert urgent.slot.ends_at - urgent.slot.begins_at == HOUR / 2
    assert not Slot.objects.filter(consultation__in=[routine, written]).exists()
    with pytest.raises(Conflict, match="已经有人决定"):
        actions.drop_plan(actor=tele.other_office, plan=plan)
    # The next plan keeps what is agreed, with its pause.
    offered(tele, at(1, 10), 1)
    again = solved(tele)
    assert [row["consultation"] for row in again.result["meetings"]] == [routine.pk]


@pytest.mark.parametrize("what", ["withdrawn", "taken", "left", "over"])
def test_a_plan_that_does_not_hold_any_more_changes_nothing(tele: Tele, what: str) -> None:
    first, second = waiting(tele), waiting(tele, named=False)
    slot = offered(tele, at(1, 9), 3)
    plan = solved(tele)
    assert len(plan.result["meetings"]) == 2
    if what == "withdrawn":
        actions.withdraw_slot(actor=tele.signer(), slot=slot)
    elif what == "taken":
        other = tele.assigned(patient=first.patient)
        actions.schedule(actor=tele.other_office, one=other, slot=slot)
    elif what == "left":
        actions.leave_pool(actor=tele.other_office, expert=tele.expert, reason="调离")
    else:
        second.refresh_from_db()
        actions.withdraw(actor=tele.doctor, one=second, reason="转院")
    with pytest.raises(Conflict, match="不成立"):
        actions.accept_plan(actor=tele.other_office, plan=plan)
    plan.refresh_from_db()
    assert plan.state == "proposed"
    assert not Slot.objects.filter(consultation__in=[first, second]).exists()
    answer = client_of(tele.other_office).post(f"/app/telehealth/plan/{plan.pk}/accept/", {"hospital": ""})
    assert answer.status_code == 409
    actions.drop_plan(actor=tele.other_office, plan=plan)


def test_one_that_was_dropped_keeps_no_result(tele: Tele) -> None:
    waiting(tele)
    offered(tele, at(1, 9), 1)
    plan = actions.request_plan(actor=tele.other_office, hospital=tele.other)
    page = client_of(tele.other_office).get("/app/telehealth/plan/").content.decode()
    assert "正在后台求解" in page
    with pytest.raises(Conflict):
        actions.accept_plan(actor=tele.other_office, plan=plan)
    actions.drop_plan(actor=tele.other_office, plan=plan)
    with pytest.raises(Conflict, match="没有保存"):
        actions.keep_plan(actor=tele.other_office, plan=plan, result={"meetings": [], "unserved": []})
    run_worker(burst=True, heartbeat=False, signals=False)
    plan.refresh_from_db()
    assert (plan.state, plan.result) == ("dropped", {})


def test_a_late_one_is_planned_as_soon_as_can_be(tele: Tele) -> None:
    one = waiting(tele, wanted_at=at(1, 9), urgency="emergency")
    Consultation.objects.filter(pk=one.pk).update(due_at=timezone.now() - HOUR, wanted_at=None)
    offered(tele, at(3, 9), 1)
    problem = planning.problem_of(tele.other, timezone.now())
    (request,) = problem.requests
    assert request.due == problem.days * problem.per_day
    assert request.urgency == 32


def test_who_may_plan(tele: Tele) -> None:
    waiting(tele)
    offered(tele, at(1, 9), 1)
    with pytest.raises(Denied):
        actions.request_plan(actor=tele.office, hospital=tele.other)
    plan = actions.request_plan(actor=tele.other_office, hospital=tele.other)
    stranger = client_of(tele.third["medical_office"])
    assert stranger.get(f"/app/telehealth/plan/?hospital={tele.other.pk}").status_code == 404
    assert stranger.post(f"/app/telehealth/plan/{plan.pk}/accept/").status_code == 404
    assert client_of(tele.signer()).get("/app/telehealth/plan/").status_code == 403


def test_own_sessions_on_the_phone_and_in_the_calendar(tele: Tele) -> None:
    one = tele.assigned()
    slot = offered(tele, at(1, 9), 1)
    actions.schedule(actor=tele.other_office, one=one, slot=slot)
    for actor in (tele.doctor, tele.signer()):
        client = client_of(actor)
        assert f"会诊 {one.pk}" in client.get("/app/telehealth/times/").content.decode()
        page = client.post("/app/telehealth/times/feed/renew/").content.decode()
        address = page.split('readonly value="')[1].split('"')[0]
        feed = client_of(tele.third["clinician"]).get(address)
        book = feed.content.decode()
        assert (feed.status_code, "BEGIN:VEVENT" in book) == (200, True)
        assert one.patient.name not in book
        client.post("/app/telehealth/times/feed/stop/")
        assert client.get(address).status_code == 404
    assert "没有约定的连线" in client_of(tele.office).get("/app/telehealth/times/").content.decode()
