"""The interface does what the pages do: rules, opening, working out, wishes, exchanges."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from duikou.core.jobs.models import Job
from duikou.core.scope import Actor
from duikou.wings.people.models import Person
from duikou.wings.rosters import actions
from duikou.wings.rosters.models import Duty, Need, Roster, SwapRequest, Wish
from tests.wings.rosters.conftest import MONTH, Ward, client

pytestmark = pytest.mark.django_db
API = "/api/v1"


def send(who: Client, path: str, **body: Any) -> Any:
    return who.post(f"{API}{path}", body, content_type="application/json")


def test_a_head_sets_the_needs_opens_a_month_and_has_it_worked_out(ward: Ward) -> None:
    head, base = client(ward.head), f"/roster-departments/{ward.department.pk}"
    (listed,) = head.get(f"{API}/roster-departments").json()["items"]
    assert (listed["department"], listed["begun"]) == ("演示心内科", True)
    found = head.get(API + base).json()
    weeks = {one["name"]: one["week"] for one in found["shifts"]}
    assert weeks["门诊"] == [1, 1, 1, 1, 1, 0, 0]
    week = {"version": found["version"], "shift_id": ward.clinic.pk, "week": [2, 1, 1, 1, 1, 0, 0]}
    found = send(head, f"{base}/week", **week).json()
    assert {one["name"]: one["week"] for one in found["shifts"]}["门诊"][0] == 2
    assert send(head, f"{base}/week", **week).status_code == 409
    assert send(head, f"{base}/week", **{**week, "week": [1]}).status_code == 422
    dates = {"first_day": "2014-05-01", "last_day": "2014-05-02", "note": "劳动节"}
    people = [{"shift_id": ward.clinic.pk, "people": 0}]
    found = send(head, f"{base}/dates", **dates, people=people).json()
    assert [(one["day"], one["note"], one["people"]) for one in found["special_dates"]] == [
        ("2014-05-01", "劳动节", people),
        ("2014-05-02", "劳动节", people),
    ]
    assert len(send(head, f"{base}/dates/drop", day="2014-05-02").json()["special_dates"]) == 1
    assert Need.objects.count() == 2
    made = send(head, "/rosters", department_id=ward.department.pk, month="2014-05")
    assert made.status_code == 200
    cover = {(one["shift_id"], one["day"]): one["need"] for one in made.json()["cover"]}
    assert cover[ward.clinic.pk, "2014-05-01"] == 0
    assert cover[ward.clinic.pk, "2014-05-05"] == 2
    assert send(head, "/rosters", department_id=ward.department.pk, month="2014-05").status_code == 409
    assert send(head, "/rosters", department_id=10**9, month="2014-06").status_code == 404
    assert send(head, "/rosters", department_id=ward.department.pk, month="2014-13").status_code == 422
    job = send(head, f"/rosters/{made.json()['id']}/solve").json()["job_id"]
    assert Job.objects.get().pk == job == Roster.objects.get().job_id


def test_wishes_by_their_owner(ward: Ward, account: Callable[[Person], Actor]) -> None:
    mine = client(account(ward.posted))
    wish = {"department_id": ward.department.pk, "day": "2014-05-06", "shift_id": ward.clinic.pk}
    made = send(mine, "/my/duty-wishes", **wish).json()
    assert (made["day"], made["shift"]) == ("2014-05-06", "门诊")
    assert mine.get(f"{API}/my/duty-wishes").json() == [made]
    assert send(mine, "/my/duty-wishes", **{**wish, "shift_id": 10**9}).status_code == 409
    assert send(mine, "/my/duty-wishes", **{**wish, "department_id": 10**9}).status_code == 404
    assert send(mine, "/my/duty-wishes", **{**wish, "day": "2015-05-06"}).status_code == 409
    other = client(account(ward.own[0]))
    assert send(other, f"/my/duty-wishes/{made['id']}/drop").status_code == 404
    assert send(mine, f"/my/duty-wishes/{made['id']}/drop").json() == []
    assert not Wish.objects.exists()


def test_an_exchange_from_request_to_approval(ward: Ward, account: Callable[[Person], Actor]) -> None:
    roster = ward.put(ward.roster(), ward.own[0], 5, ward.clinic)
    roster = ward.put(roster, ward.posted, 7, ward.night)
    actions.publish(actor=ward.head, roster=roster, version=roster.version)
    mine, other, head = client(account(ward.posted)), client(account(ward.own[0])), client(ward.head)
    duty = Duty.objects.get(person=ward.posted)
    (offered,) = mine.get(f"{API}/my/duties/{duty.pk}/counterparts").json()
    assert (offered["person"], offered["day"]) == ("本院甲", "2014-05-05")
    ask = f"/my/duties/{duty.pk}/exchange"
    assert send(other, ask, with_duty_id=offered["duty_id"], reason="x").status_code == 404
    assert send(mine, ask, with_duty_id=10**9, reason="x").status_code == 404
    swap = send(mine, ask, with_duty_id=offered["duty_id"], reason="开会").json()
    assert swap["state"] == "asked"
    own = f"/my/duty-exchanges/{swap['id']}"
    assert send(client(account(ward.own[1])), f"{own}/answer", agree=True).status_code == 404
    assert send(mine, f"{own}/answer", agree=True).status_code == 403
    assert send(other, f"{own}/answer", agree=True).json()["state"] == "agreed"
    decided = send(head, f"/duty-exchanges/{swap['id']}/decide", approve=True, reason="可以")
    assert decided.json()["state"] == "approved"
    assert Duty.objects.get(person=ward.posted).day == MONTH.replace(day=5)
    assert send(mine, f"{own}/withdraw").status_code == 409
    assert SwapRequest.objects.count() == 1
