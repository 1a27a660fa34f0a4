"""The pages and operations, from the form to the nominations."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from duikou.core.jobs.models import Job
from duikou.core.jobs.worker import run_worker
from duikou.core.models import User
from duikou.core.scope import Actor
from duikou.wings.postings.models import Posting
from duikou.wings.swaps import actions
from duikou.wings.swaps.models import SwapPlan, SwapRepair
from duikou.wings.swaps.queries import waits_for
from tests.wings.swaps.conftest import Scene
from tests.wings.walk.test_api_by_role import _token

pytestmark = pytest.mark.django_db


def client(actor: Actor) -> Client:
    found = Client()
    found.force_login(User.objects.get(pk=actor.user_id))
    return found


def work() -> None:
    assert run_worker(burst=True, heartbeat=False, signals=False) == 1


def waiting(actor: Actor) -> list[str]:
    return [one.kind for one in waits_for(actor)]


def test_the_pages_lead_from_the_form_to_the_nominations(scene: Scene) -> None:
    sender, host = client(scene.sender), client(scene.host)
    assert sender.get(reverse("swaps:list")).status_code == 200
    data = {
        "name": "春季置换", "pairing": scene.pairing.pk, "first_month": "2014-03", "months": 12,
        "home_least": 70, "host_least": 100, "rest": 6,
    }  # fmt: skip
    assert sender.post(reverse("swaps:new"), {**data, "months": 99}).status_code == 422
    answer = sender.post(reverse("swaps:new"), data)
    plan = SwapPlan.objects.get()
    address = reverse("swaps:detail", args=[plan.pk])
    assert answer.url == address
    assert waiting(scene.sender) == waiting(scene.host) == []

    def post(name: str, who: Client = sender, pk: int = plan.pk) -> int:
        plan.refresh_from_db()
        return who.post(reverse(f"swaps:{name}", args=[pk]), {"version": plan.version}).status_code

    assert post("adopt") == 409
    assert post("solve") == 302
    page = sender.get(address).content.decode()
    assert "排队中" in page  # the request itself solves nothing
    assert "swap-progress" in sender.get(reverse("swaps:progress", args=[plan.pk])).content.decode()
    assert not plan.stays.exists()
    work()
    assert sender.get(reverse("swaps:progress", args=[plan.pk]))["HX-Refresh"] == "true"
    page = sender.get(address).content.decode()
    assert "已证明为最优" in page
    assert "等待受援医院同意" in page
    down = plan.stays.get(way="down")
    change = reverse("swaps:change", args=[down.pk])
    assert 'value="2014-03"' in sender.get(change).content.decode()
    assert sender.post(change, {"first_month": "2014-04", "months": 6}).status_code == 302
    assert "低于在岗下限" in sender.get(address).content.decode()  # at once
    assert post("agree", host) == 409
    assert post("drop", pk=down.pk) == 302
    assert post("solve") == 302
    work()
    assert waiting(scene.host) == ["swap_agree"]
    assert post("agree", host) == 302
    assert waiting(scene.sender) == ["swap_adopt"]
    assert sender.get(address, {"export": "xlsx"})["Content-Type"].endswith("sheet")
    stale = sender.post(reverse("swaps:adopt", args=[plan.pk]), {"version": "1"})
    assert stale.status_code == 409
    assert post("adopt") == 302
    assert waiting(scene.sender) == waiting(scene.host) == []
    assert Posting.objects.filter(request=scene.request).count() == 1
    page = sender.get(address).content.decode()
    assert "派驻记录" in page
    assert "重新求解" not in page


def test_the_pages_of_an_absence(scene: Scene) -> None:
    sender, plan = client(scene.sender), scene.solved()
    address = reverse("swaps:repair", args=[plan.pk])
    assert sender.get(address).status_code == 200
    data = {"person": plan.stays.get(way="down").person_id, "first_month": "2014-06", "months": 3}
    assert sender.post(address, data).status_code == 422
    assert sender.post(address, {**data, "reason": "病假", "months": 30}).status_code == 422
    answer = sender.post(address, {**data, "reason": "病假"})
    repair = SwapRepair.objects.get()
    page = reverse("swaps:repair-detail", args=[repair.pk])
    assert answer.url == page
    assert "排队中" in sender.get(page).content.decode()
    progress = reverse("swaps:repair-progress", args=[repair.pk])
    assert "swap-progress" in sender.get(progress).content.decode()
    assert sender.post(reverse("swaps:repair-adopt", args=[repair.pk])).status_code == 409
    work()
    assert sender.get(progress)["HX-Refresh"] == "true"
    shown = sender.get(page).content.decode()
    assert "2014-06 — 2014-08" in shown
    assert "采用补救" in shown
    assert waiting(scene.sender) == ["swap_repair"]
    assert sender.post(reverse("swaps:repair-adopt", args=[repair.pk])).status_code == 302
    assert "已采用" in sender.get(reverse("swaps:detail", args=[plan.pk])).content.decode()
    assert sender.post(reverse("swaps:repair-drop", args=[repair.pk])).status_code == 409


def test_a_failed_solve_is_told_with_its_reason(scene: Scene) -> None:
    plan = scene.make()
    actions.request_solution(actor=scene.sender, plan=plan)
    SwapPlan.objects.filter(pk=plan.pk).update(state="adopted")
    work()
    SwapPlan.objects.filter(pk=plan.pk).update(state="draft")
    page = client(scene.sender).get(reverse("swaps:detail", args=[plan.pk])).content.decode()
    assert "求解没有成功" in page
    assert "不能再改" in page


def test_a_plan_is_discarded_with_a_reason(scene: Scene) -> None:
    sender, plan = client(scene.sender), scene.solved()
    address = reverse("swaps:discard", args=[plan.pk])
    assert sender.get(address).status_code == 200
    assert sender.post(address, {"reason": ""}).status_code == 422
    assert sender.post(address, {"reason": "需求已变"}).status_code == 302
    assert "已作废" in sender.get(reverse("swaps:detail", args=[plan.pk])).content.decode()


def test_a_fixed_number_of_queries(
    scene: Scene, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    sender = client(scene.sender)
    for number in range(6):
        plan = scene.solved(name=f"方案{number}", months=6 + number)
    sender.get(reverse("swaps:list"))
    with django_assert_max_num_queries(12):
        sender.get(reverse("swaps:list"))
    for doctor in scene.doctors * 4:  # rows of anybody: what counts is their number
        row = plan.stays.filter(way="down").first()
        assert row is not None
        row.pk, row.person = None, doctor
        row.save(force_insert=True)
    with django_assert_max_num_queries(18):
        sender.get(reverse("swaps:detail", args=[plan.pk]))


def test_the_same_through_the_api(scene: Scene) -> None:
    def key(actor: Actor) -> Callable[..., tuple[int, dict[str, object]]]:
        secret = _token(User.objects.get(pk=actor.user_id))

        def call(method: str, path: str, **body: object) -> tuple[int, dict[str, object]]:
            answer = Client().generic(
                method,
                f"/api/v1{path}",
                json.dumps(body) if body else "",
                content_type="application/json",
                headers={"Authorization": f"Bearer {secret}"},
            )
            return answer.status_code, answer.json()

        return call

    sender, host = key(scene.sender), key(scene.host)
    new = {"pairing_id": scene.pairing.pk, "name": "春季", "first_month": "2014-03-01", "months": 12}
    assert sender("POST", "/swap-plans", **{**new, "pairing_id": 10**9})[0] == 404
    status, plan = sender("POST", "/swap-plans", **new, host_least=100)
    assert (status, plan["state"]) == (201, "draft")
    one = f"/swap-plans/{plan['id']}"
    status, plan = sender("POST", f"{one}/solve")
    assert status == 202
    assert Job.objects.get(pk=plan["job_id"]).state == "ready"
    work()
    plan = sender("GET", one)[1]
    assert (plan["status"], plan["breaches"]) == ("optimal", [])
    down = next(row for row in plan["rows"] if row["way"] == "down")  # type: ignore[attr-defined]
    moved = {"first_month": "2014-05-01", "months": 6, "version": plan["version"]}
    status, plan = sender("PUT", f"/swap-rows/{down['id']}", **moved)
    assert (status, plan["status"]) == (200, "edited")
    assert plan["shortages"]
    assert sender("PUT", f"/swap-rows/{down['id']}", **moved)[0] == 409  # read before the change
    status, plan = sender("POST", f"/swap-rows/{down['id']}/removal", version=plan["version"])
    assert status == 200
    sender("POST", f"{one}/solve")
    work()
    plan = sender("GET", one)[1]
    person = next(row for row in plan["rows"] if row["way"] == "down")["person_id"]  # type: ignore[attr-defined]
    absence = {"person_id": person, "first_month": "2014-06-01", "months": 3, "reason": "病假"}
    assert sender("POST", f"{one}/repairs", **{**absence, "person_id": 10**9})[0] == 404
    status, repair = sender("POST", f"{one}/repairs", **absence)
    assert (status, repair["state"]) == (202, "waiting")
    work()
    repair = sender("GET", f"/swap-repairs/{repair['id']}")[1]
    assert len(repair["changes"]) == 2  # type: ignore[arg-type]
    assert sender("POST", f"/swap-repairs/{repair['id']}/adoption")[1]["state"] == "adopted"
    assert sender("POST", f"/swap-repairs/{repair['id']}/dropping")[0] == 409
    assert len(sender("GET", f"{one}/repairs")[1]) == 1
    plan = sender("GET", one)[1]
    assert sender("POST", f"{one}/adoption", version=plan["version"])[0] == 409  # not agreed to
    status, plan = host("POST", f"{one}/agreement", version=plan["version"])
    assert (status, plan["state"]) == (200, "agreed")
    assert host("POST", f"{one}/adoption", version=plan["version"])[0] == 403
    status, plan = sender("POST", f"{one}/adoption", version=plan["version"])
    assert (status, plan["state"]) == (200, "adopted")
    gone = {"version": plan["version"], "reason": "不要了"}
    assert sender("POST", f"{one}/discarding", **gone)[0] == 409
