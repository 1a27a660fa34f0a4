"""Programs take the same steps as the pages, with the same refusals."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from duikou.core.models import User
from duikou.core.scope import Actor
from duikou.wings.telehealth.models import Consultation
from tests.wings.telehealth.conftest import Tele


class Caller:
    """Calls as somebody who has signed in."""

    def __init__(self, actor: Actor) -> None:
        self.client = Client()
        self.client.force_login(User.objects.get(pk=actor.user_id))

    def __call__(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        call = getattr(self.client, method)
        kwargs = {} if body is None else {"data": body, "content_type": "application/json"}
        answer = call(f"/api/v1{path}", **kwargs)
        assert answer.status_code == status, (path, answer.status_code, answer.content[:400])
        return answer.json() if answer.content else None


@pytest.mark.django_db
def test_the_whole_way_for_programs(tele: Tele) -> None:
    doctor, office = Caller(tele.doctor), Caller(tele.office)
    triage, expert = Caller(tele.other_office), Caller(tele.signer())
    third = Caller(tele.third["medical_office"])
    body = {
        "patient": tele.agreed().number, "invited_id": tele.other.pk, "key": "one", "kind": "imaging",
        "urgency": "urgent", "specialty": "respiratory", "reason_wanted": "不明", "aim": "诊断",
        "diagnosis": "结节", "summary": "体检发现",
    }  # fmt: skip
    made = doctor("post", "/consultations", body, 201)
    assert doctor("post", "/consultations", body, 201)["id"] == made["id"]
    one = f"/consultations/{made['id']}"
    doctor("post", f"{one}/submit", {"version": 9}, 409)
    doctor("post", f"{one}/submit", {"version": made["version"]})
    triage("get", one, status=404)
    office("post", f"{one}/approve", {})
    triage("post", f"{one}/accept", {})
    triage("post", f"{one}/assign", {"expert_ids": [tele.expert.pk]})
    slot = tele.slot()
    assert triage("post", f"{one}/schedule", {"slot_id": slot.pk})["live_at"]
    assert expert("get", one)["case"]["summary"] == "体检发现"
    said = {"findings": "结节", "conclusion": "良性"}
    signed = expert("post", f"{one}/opinion", said)
    assert signed["opinions"][0]["role"] == "report"
    assert signed["opinions"][0]["whole"]
    expert("post", f"{one}/opinion", said)
    expert("post", f"{one}/opinion", {**said, "conclusion": "恶性"}, 409)
    doctor("post", f"{one}/acknowledge", {"adoption": "not"}, 409)
    doctor("post", f"{one}/acknowledge", {"adoption": "full"})
    doctor("post", f"{one}/rating", {"side": "inviting", "timely": 5, "useful": 5}, 204)
    doctor("post", f"{one}/close", {})
    shut = expert("get", one)
    assert shut["case"] is None
    assert shut["opinions"]
    for path in (one, f"/consultation-experts/{tele.expert.pk}/times"):
        third("get", path, status=404)
    for path in ("/consultations?side=received", "/consultation-experts", "/consultation-counts"):
        assert third("get", path)["total"] == 0
    assert office("get", "/consultation-counts?by=doctor")["items"][0]["second"] == "周专家"
    assert Consultation.objects.get().state == "closed"
