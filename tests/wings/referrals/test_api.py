"""The interface of referrals: every route, its refusals, another hospital, double submits, skewed clocks."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db.models import Q
from django.utils import timezone

from duikou.core.models import RoleGrant
from duikou.core.scope import NOBODY, SYSTEM, actor_for
from duikou.wings.patients.models import Access
from duikou.wings.referrals import actions
from duikou.wings.referrals.models import Referral, Service
from duikou.wings.referrals.queries import worklist
from tests.wings.patients.test_api import Caller
from tests.wings.posted import SINCE
from tests.wings.referrals.conftest import Way

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def body(way: Way, **more: Any) -> dict[str, Any]:
    return {
        "direction": "up", "service_id": way.heart_service.pk, "diagnosis": "急性心肌梗死", "code": "I21.0",
        "conditions": ["no_technique"], "why": "介入治疗", "summary": "胸痛 3 小时。\n前壁抬高。", **more,
    }  # fmt: skip


def new(way: Way, number: str, **more: Any) -> dict[str, Any]:
    key = more.pop("key", "12345678-api")
    return body(way, key=key, patient=number, hospital_id=way.home.pk, **more)


def written(at: dt.datetime) -> str:
    return at.isoformat()


def test_up_and_back_over_the_interface(way: Way) -> None:
    number = way.agreed().number
    county, expert = Caller(way.doctor), Caller(way.expert)
    made = county("post", "/referrals", new(way, number), 201)
    one = f"/referrals/{made['id']}"
    assert (made["state"], made["tier"], made["summary"]) == (
        "draft", "acute_myocardial_infarction", "胸痛 3 小时。\n前壁抬高。",
    )  # fmt: skip
    assert county("post", "/referrals", new(way, number), 201)["id"] == made["id"]  # sent twice: one draft
    told = county("post", "/referrals", new(way, number, key="12345678-two"), 409)
    assert "REF-08" in told["message"]
    changed = county("put", one, body(way, why="急诊介入", version=1))
    assert (changed["why"], changed["version"]) == ("急诊介入", 2)
    county("put", one, body(way, why="又改", version=1), 409)  # somebody was faster
    expert("get", one, status=404)  # no draft is the other side's
    county("get", f"{one}/slip.pdf", status=404)
    sent = county("post", f"{one}/send", {"version": 2})
    assert [(row["part"], row["stands"]) for row in sent["signatures"]] == [("sent", True)]
    assert [(row["kind"], row["receiver"]) for row in sent["clocks"]] == [("answer", True)]
    county("post", f"{one}/send", {"version": 2}, 409)  # the button pressed twice
    looks = Access.objects.count()
    seen = expert("get", one)
    assert (seen["name"], seen["diagnosis"]) == ("於碶峃", "急性心肌梗死")
    assert Access.objects.count() == looks + 1
    returned = expert("post", f"{one}/return", {"version": 3, "reason": "请附心电图"})
    assert (returned["state"], returned["remark"]) == ("returned", "请附心电图")
    county("put", one, body(way, summary="胸痛 3 小时，心电图已附。", version=4))
    again = county("post", f"{one}/complete", {"version": 5})
    assert again["state"] == "sent"
    day = timezone.localdate() + DAY
    places = county("get", f"/referral-services/{way.heart_service.pk}/places")
    slot = next(row["slot_id"] for row in places if row["on"] == day.isoformat())
    wanted = {"version": 6, "on": day.isoformat(), "slot_id": slot, "bed": "12 床"}
    expert("post", f"{one}/accept", wanted | {"slot_id": slot + 900}, 409)
    accepted = expert("post", f"{one}/accept", wanted)
    assert (accepted["bed"], accepted["appointed_on"]) == ("12 床", day.isoformat())
    expert("post", f"{one}/accept", wanted, 409)
    expert("post", f"{one}/arrive", {"version": 7})
    expert("post", f"{one}/treat", {"version": 8})
    soon = (timezone.localdate() + 7 * DAY).isoformat()
    back = {"version": 9, "summary": "支架一枚", "plan": "双抗 12 个月", "follow_ups": []}
    assert "follow_ups" in expert("post", f"{one}/refer-back", back, 409)["fields"]
    dates = [{"due_on": soon, "what": "血压"}]
    [seen_again] = expert("post", f"{one}/refer-back", back | {"follow_ups": dates})["follow_ups"]
    expert("post", f"{one}/confirm", {"version": 10}, 403)  # the sender's step
    assert county("post", f"{one}/confirm", {"version": 10})["state"] == "follow_up"
    today = timezone.localdate().isoformat()
    follow_up = f"/referral-follow-ups/{seen_again['id']}"
    assert county("post", follow_up, {"on": today, "finding": "平稳"})["done_on"] == today
    county("post", follow_up, {"on": today, "finding": "再次"}, 409)
    early = county("post", f"{one}/close", {"version": 11, "outcome": "improved", "on": today}, 409)
    assert "30" in early["message"]
    Referral.objects.update(back_at=timezone.now() - 40 * DAY)
    closed = county("post", f"{one}/close", {"version": 11, "outcome": "improved", "on": today})
    assert (closed["state"], closed["outcome"]) == ("closed", "improved")
    after = expert("get", one)
    assert (after["summary"], after["diagnosis"], after["name"]) == (None, None, "於＊峃")
    expert("get", f"{one}/slip.pdf", status=404)


def test_the_slip_is_a_look(way: Way) -> None:
    referral = way.sent()
    county = Caller(way.doctor)
    looks = Access.objects.count()
    answer = county.client.get(f"/api/v1/referrals/{referral.pk}/slip.pdf")
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")
    assert answer.content.startswith(b"%PDF")
    assert "於" not in answer["Content-Disposition"]
    assert Access.objects.count() == looks + 1


def test_down_is_settled_where_the_patient_is(way: Way) -> None:
    referral = way.down()
    county = Caller(way.doctor)
    one, day = f"/referrals/{referral.pk}", (timezone.localdate() + DAY).isoformat()
    version = county("post", f"{one}/accept", {"version": referral.version, "on": day})["version"]
    version = county("post", f"{one}/arrive", {"version": version})["version"]
    today = timezone.localdate().isoformat()
    told = {"version": version, "outcome": "again", "on": today}
    assert "note" in county("post", f"{one}/settle", told, 409)["fields"]
    assert county("post", f"{one}/settle", told | {"note": "再次胸痛"})["state"] == "closed"
    Caller(way.other_doctor)("post", f"{one}/settle", told | {"note": "x"}, 403)


def test_declined_and_withdrawn_shut_the_record(way: Way) -> None:
    county, expert = Caller(way.doctor), Caller(way.expert)
    for step, who in (("decline", expert), ("withdraw", county)):
        referral = way.sent(way.without_card_agreed(f"王建{step[0]}"))
        one, said = f"/referrals/{referral.pk}", {"version": referral.version, "reason": "床位已满"}
        who("post", f"{one}/{step}", said | {"reason": ""}, 422)
        assert who("post", f"{one}/{step}", said)["remark"] == "床位已满"
        who("post", f"{one}/{step}", said, 409)
        assert expert("get", one)["summary"] is None


def test_an_emergency_and_clocks_that_differ(way: Way) -> None:
    number, county, expert = way.agreed().number, Caller(way.doctor), Caller(way.expert)
    made = county("post", "/referrals", new(way, number, urgency="emergency"), 201)
    one = f"/referrals/{made['id']}"
    assert "escort" in county("post", f"{one}/send", {"version": 1}, 409)["fields"]
    escorted = body(
        way, urgency="emergency", escort="医师甲", escort_phone="13800000002", version=made["version"]
    )
    version = county("put", one, escorted)["version"]
    version = county("post", f"{one}/send", {"version": version})["version"]
    now = timezone.now()
    expert("post", f"{one}/receive", {"version": version, "at": "2014-03-03T08:00:00"}, 422)  # no zone
    for wrong in (now + 2 * HOUR, now - 48 * HOUR):
        refused = expert("post", f"{one}/receive", {"version": version, "at": written(wrong)}, 409)
        assert "at" in refused["fields"]
    ahead = now + dt.timedelta(minutes=1)  # a clock that is a little ahead counts as now
    got = expert("post", f"{one}/receive", {"version": version, "at": written(ahead)})
    assert got["state"] == "arrived"
    assert dt.datetime.fromisoformat(got["arrived_at"]) <= timezone.now()


STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("send", {}), ("complete", {}), ("withdraw", {"reason": "x"}), ("return", {"reason": "x"}),
    ("accept", {"on": "2099-01-01"}), ("decline", {"reason": "x"}), ("receive", {}), ("arrive", {}),
    ("treat", {}), ("refer-back", {"summary": "a", "plan": "b", "follow_ups": []}), ("confirm", {}),
    ("close", {"outcome": "died", "on": "2014-03-03"}), ("settle", {"outcome": "died", "on": "2014-03-03"}),
)  # fmt: skip


def test_another_hospital_reaches_nothing(way: Way) -> None:
    referral = way.sent()
    stranger, office = Caller(way.third_doctor), Caller(way.office)
    one = f"/referrals/{referral.pk}"
    stranger("get", one, status=404)
    stranger("get", f"{one}/slip.pdf", status=404)
    stranger("put", one, body(way, version=referral.version), 404)
    assert stranger("get", "/referrals")["total"] == 0
    stranger("post", "/referrals", new(way, referral.patient.number), 404)
    for step, more in STEPS:
        stranger("post", f"{one}/{step}", {"version": referral.version, **more}, 404)
    stranger("post", "/referral-follow-ups/1", {"on": "2014-03-03", "finding": "x"}, 404)
    own = f"/referral-services/{way.heart_service.pk}"
    stranger("post", f"{own}/close", status=403)
    office("post", f"{own}/close", status=404)  # keeps services, but not this one
    referral.refresh_from_db()
    assert referral.state == "sent"


def test_the_worklist_holds_masked_names_filters_and_pages(way: Way) -> None:
    first = way.sent(way.without_card_agreed("王建国"))
    second = way.draft(way.without_card_agreed("王建军"), urgency="urgent")
    down = way.down()
    county, expert = Caller(way.doctor), Caller(way.expert)
    listed = county("get", "/referrals")
    assert [row["id"] for row in listed["items"]] == [down.pk, second.pk, first.pk]
    assert [row["name"] for row in listed["items"]] == ["於＊峃", "王＊军", "王＊国"]
    assert "summary" not in listed["items"][0]
    assert listed["items"][2]["due_kind"] == "answer"
    assert [row["id"] for row in expert("get", "/referrals")["items"]] == [first.pk]  # no draft of others
    page = county("get", "/referrals?limit=1&offset=1")
    assert (page["total"], [row["id"] for row in page["items"]]) == (3, [second.pk])
    assert county("get", "/referrals?offset=3") == {"total": 3, "limit": 50, "offset": 3, "items": []}
    for query, wanted in (
        ("state=sent", {first.pk, down.pk}), ("direction=down", {down.pk}), ("urgency=urgent", {second.pk}),
        ("live=true", {first.pk, second.pk, down.pk}), ("live=false", set()),
    ):  # fmt: skip
        assert {row["id"] for row in county("get", f"/referrals?{query}")["items"]} == wanted, query
    county("get", "/referrals?state=lost", status=422)
    assert not Access.objects.exists()  # no list is a look


def test_a_referral_between_two_units_of_one_reader_is_listed_once(way: Way) -> None:
    """Whoever sees both sides sees a row once, although it is in both parts."""
    way.sent()
    both = way.at(way.home.org, "clinician", "both")
    grant = RoleGrant.objects.get(user=both.user_id)
    RoleGrant.objects.create(user=grant.user, role="clinician", org=way.other.org, valid_from=SINCE)
    assert len(actor_for(grant.user).paths("referral.view")) == 2
    assert Caller(both)("get", "/referrals")["total"] == 1


@pytest.mark.parametrize("offset", [0, 5])
def test_whoever_may_read_none_has_an_empty_worklist(way: Way, offset: int) -> None:
    way.sent()
    assert worklist.page(NOBODY, Q(), 10, offset) == (0, [])
    assert worklist.page(SYSTEM, Q(), 10, offset)[0] == 1


def test_the_directory_is_kept_by_each_for_itself(way: Way) -> None:
    keeper, other = Caller(way.other_office), Caller(way.office)
    offered = {
        "name": "骨科转诊", "specialty": "orthopaedics", "takes": "up", "weekly": 3,
        "slots": [{"weekday": 1, "starts": "08:30", "places": 2}],
    }  # fmt: skip
    other("post", "/referral-services", {**offered, "hospital_id": way.other.pk}, 404)
    made = keeper("post", "/referral-services", {**offered, "hospital_id": way.other.pk}, 201)
    keeper("post", "/referral-services", {**offered, "hospital_id": way.other.pk}, 409)  # twice
    own = f"/referral-services/{made['id']}"
    assert keeper("put", own, {**offered, "weekly": 5, "version": made["version"]})["weekly"] == 5
    keeper("put", own, {**offered, "weekly": 6, "version": made["version"]}, 409)
    keeper("put", own, {**offered, "weekly": 0, "version": 2}, 422)
    other("put", own, {**offered, "version": 2}, 404)
    doctor = Caller(way.doctor)
    names = {row["name"] for row in doctor("get", "/referral-services?specialty=orthopaedics")["items"]}
    assert names == {"骨科转诊"}
    assert doctor("get", "/referral-services?direction=down")["total"] == 0
    assert doctor("get", "/referral-services?emergency=true")["total"] == 1
    keeper("post", f"{own}/close")
    assert Service.objects.get(pk=made["id"]).closed_on
    doctor("get", f"{own}/places", status=404)


def test_numbers_and_clocks_that_ran_out_name_nobody(way: Way) -> None:
    referral = way.sent()
    way.down()
    lines = Caller(way.office)("get", "/referral-counts")["items"]
    assert {(row["direction"], row["sent"]) for row in lines} == {("up", 1), ("down", 1)}
    for by in ("department", "doctor"):
        assert Caller(way.office)("get", f"/referral-counts?by={by}")["total"] == 2
    Caller(way.office)("get", "/referral-counts?by=patient", status=422)
    Caller(way.third_doctor)("get", "/referral-counts", status=403)
    referral.clocks.update(started_at=timezone.now() - 900 * HOUR, due_at=timezone.now() - 800 * HOUR)
    actions.escalate(now=timezone.now())
    [late] = Caller(way.head)("get", "/referral-overdue")["items"]
    assert (late["referral_id"], late["kind"], late["hospital"]) == (referral.pk, "answer", way.other.name)
    assert "於" not in str(late)
