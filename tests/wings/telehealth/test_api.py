"""Programs take the same steps as the pages, with the same refusals."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from duikou.core.jobs.worker import run_worker
from duikou.core.models import User
from duikou.core.scope import Actor
from duikou.core.uploads import actions as uploads
from duikou.wings.telehealth import actions
from duikou.wings.telehealth.models import Consultation
from tests.wings.telehealth.conftest import PDF, Tele


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


@pytest.mark.django_db
def test_files_room_and_times_for_programs(tele: Tele) -> None:
    doctor, triage, expert = Caller(tele.doctor), Caller(tele.other_office), Caller(tele.signer())
    third = Caller(tele.third["medical_office"])
    case = tele.draft(live=True, wanted_at=timezone.now() + dt.timedelta(days=1))
    one = f"/consultations/{case.pk}"
    for content, status in ((PDF, 201), (b"<svg onload=x>", 409)):
        digest = hashlib.sha256(content).hexdigest()
        upload = uploads.create(
            actor=tele.doctor, name="x.pdf", size=len(content), sha256=digest, kind="case"
        )
        uploads.append(
            actor=tele.doctor, upload=upload, offset=0, source=io.BytesIO(content), length=len(content)
        )
        made = doctor("post", f"{one}/files", {"part": "lab", "title": "化验", "upload": upload.key}, status)
        if status == 201:
            assert made["kind"] == "pdf"
            doctor("post", f"{one}/files", {"part": "lab", "upload": upload.key}, 409)
    third("get", f"{one}/material", status=404)
    assert [file["title"] for file in doctor("get", f"{one}/material")["files"]] == ["化验"]
    actions.approve(actor=tele.office, one=actions.submit(actor=tele.doctor, one=case))
    triage("post", f"{one}/accept", {})
    doctor("post", f"{one}/room", status=409)
    begins = timezone.now().replace(minute=0, second=0, microsecond=0) + dt.timedelta(hours=24)
    slot = actions.offer_slot(
        actor=tele.signer(), expert=tele.expert, begins_at=begins, ends_at=begins + dt.timedelta(hours=1)
    )
    plan = triage("post", "/consultation-plans", {"hospital_id": tele.other.pk}, 201)
    run_worker(burst=True, heartbeat=False, signals=False)
    found = triage("get", f"/consultation-plans/{plan['id']}")
    assert (found["state"], found["meetings"][0]["expert"]) == ("proposed", tele.expert.pk)
    third("post", f"/consultation-plans/{plan['id']}/accept", status=404)
    assert triage("post", f"/consultation-plans/{plan['id']}/accept")["state"] == "accepted"
    triage("post", f"/consultation-plans/{plan['id']}/drop", status=409)
    assert expert("get", one)["live_at"] >= slot.begins_at.isoformat()[:16]
    assert triage("post", f"{one}/unschedule", {"reason": "书面"})["live_at"] is None
    room = doctor("post", f"{one}/room")
    assert (room["state"], room["minutes"]) == ("open", 0.0)
    assert expert("get", f"{one}/rooms")[0]["room_id"] == room["room_id"]
    assert expert("get", f"{one}/picture-choices") == []
    expert("post", f"{one}/pictures", {"source": "tracing:1", "caption": "x"}, 409)
    assert doctor("get", f"{one}/picture-choices") == []
