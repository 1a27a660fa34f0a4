"""Programs see and do the same as the pages, with the same refusals."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from duikou.core.models import User
from duikou.core.scope import Actor
from duikou.wings.imaging import actions
from duikou.wings.imaging.dicom.unpacking import Handed
from duikou.wings.imaging.models import Study
from duikou.wings.patients.models import Access
from tests.tele.samples import series_files, slice_file, zipped
from tests.wings.imaging.conftest import REFERENCE, Lightbox, sent
from tests.wings.imaging.test_deliveries import arrived


@pytest.fixture(autouse=True)
def _own_folders(settings: Any, tmp_path: Path) -> None:
    settings.IMAGES, settings.UPLOADS = tmp_path / "images", tmp_path / "uploads"


class Program:
    """Somebody's program with the session's rights."""

    def __init__(self, actor: Actor) -> None:
        self.client = Client()
        self.client.force_login(User.objects.get(pk=actor.user_id))

    def ask(self, method: str, path: str, body: Any = None, expect: int = 200) -> Any:
        more: dict[str, Any] = {}
        if body is not None:
            more = {"data": json.dumps(body), "content_type": "application/json"}
        answer = getattr(self.client, method)(f"/api/v1{path}", **more)
        assert answer.status_code == expect, (path, answer.status_code, answer.content[:300])
        return answer.json() if answer.content else None


def kept(box: Lightbox) -> Study:
    handed = [Handed(name, io.BytesIO(content)) for name, content in series_files(2).items()]
    (study,) = actions.take(actor=box.doctor, patient=box.without_card(), handed=handed)
    return study


def test_studies_of_a_patient_and_a_consultation(box: Lightbox) -> None:
    study = kept(box)
    assert study.patient is not None
    own, theirs = Program(box.doctor), Program(box.other_doctor)
    listed = own.ask("get", f"/studies?patient={study.patient.number}")
    assert [one["study_uid"] for one in listed["items"]] == [study.study_uid]
    assert not Access.objects.exists()  # a list is no look
    detail = own.ask("get", f"/studies/{study.study_uid}")
    assert [one["number"] for one in detail["series"][0]["files"]] == [1, 2]
    assert detail["series"][0]["pictures"] == 2
    assert Access.objects.get().place == "api"
    theirs.ask("get", f"/studies/{study.study_uid}", expect=404)
    theirs.ask("get", f"/studies?patient={study.patient.number}", expect=404)
    grants = f"/studies/{study.study_uid}/grants"
    body = {"other_hospital_id": box.other.pk, "reference": REFERENCE}
    theirs.ask("post", grants, body, expect=404)
    own.ask("post", grants, {**body, "other_hospital_id": box.home.pk}, expect=409)
    own.ask("post", grants, {**body, "reference": "x"}, expect=422)
    made = own.ask("post", grants, body, expect=201)
    assert own.ask("post", grants, body, expect=201)["id"] == made["id"]
    box.shared(study)
    assert theirs.ask("get", f"/studies?reference={REFERENCE}")["total"] == 1
    assert theirs.ask("get", "/studies?reference=consultation:9")["total"] == 0
    theirs.ask("get", f"/studies/{study.study_uid}")
    theirs.ask("post", f"/study-grants/{made['id']}/end", expect=404)
    assert own.ask("post", f"/study-grants/{made['id']}/end")["ended_at"]
    own.ask("post", f"/study-grants/{made['id']}/end", expect=409)
    theirs.ask("get", f"/studies/{study.study_uid}", expect=404)
    assert own.ask("get", grants)[0]["ended_at"]
    own.ask("post", f"/studies/{study.study_uid}/withdraw", {"reason": "错传"})
    own.ask("get", f"/studies/{study.study_uid}", expect=404)


def test_key_images(box: Lightbox) -> None:
    study = kept(box)
    path = f"/studies/{study.study_uid}/key-images"
    program = Program(box.doctor)
    file = study.files.first()
    assert file is not None
    made = program.ask("post", path, {"file_id": file.pk, "window": "lung", "note": "结节"}, expect=201)
    assert (made["frame"], made["window"], made["note"]) == (1, "lung", "结节")
    program.ask("post", path, {"file_id": file.pk, "frame": 2}, expect=409)
    program.ask("post", path, {"file_id": file.pk, "window": "x"}, expect=422)
    program.ask("post", path, {"file_id": 0}, expect=404)
    assert [one["id"] for one in program.ask("get", path)] == [made["id"]]
    Program(box.office).ask("delete", f"{path}/{made['id']}", expect=404)
    program.ask("delete", f"{path}/{made['id']}", expect=204)


def test_an_upload_and_its_refusal(box: Lightbox) -> None:
    program, patient = Program(box.doctor), box.without_card()
    key = arrived(box.doctor, zipped(series_files(1)))
    made = program.ask("post", "/image-deliveries", {"uploads": [key], "patient": patient.number}, expect=201)
    assert (made["state"], made["patient"], made["faults"]) == ("checking", patient.number, [])
    program.ask("post", "/image-deliveries", {"uploads": [key], "patient": patient.number}, expect=409)
    program.ask("post", "/image-deliveries", {"uploads": ["x"], "patient": patient.number}, expect=422)
    Program(box.other_doctor).ask("get", f"/image-deliveries/{made['number']}", expect=404)
    program.ask("post", f"/image-deliveries/{made['number']}/settle", {"remark": "x"}, expect=409)


def test_the_queue_of_gateways(box: Lightbox) -> None:
    office = Program(box.office)
    entered = {"hospital_id": box.home.pk, "ae_title": "anji", "address": "10.1.2.3"}
    office.ask("post", "/image-gateways", {**entered, "hospital_id": box.other.pk}, expect=404)
    gateway = office.ask("post", "/image-gateways", entered, expect=201)
    assert (gateway["ae_title"], gateway["active"]) == ("ANJI", True)
    assert sent("ANJI", slice_file(1))
    assert not sent("ANJI", b"torn", series="s2")
    waiting = office.ask("get", "/unmatched-studies")["items"]
    assert [(one["gateway"], one["files"]) for one in waiting] == [("ANJI", 1)]
    uid, patient, other = waiting[0]["study_uid"], box.without_card(), box.without_card("李平")
    Program(box.doctor).ask("get", "/unmatched-studies", expect=403)
    said = office.ask("post", f"/unmatched-studies/{uid}/match", {"patient": other.number}, expect=409)
    assert "李平" in said["message"]
    assert (
        office.ask("post", f"/unmatched-studies/{uid}/match", {"patient": patient.number})["state"] == "ready"
    )
    office.ask("post", f"/unmatched-studies/{uid}/match", {"patient": patient.number}, expect=404)
    (row,) = office.ask("get", "/image-deliveries?state=refused")["items"]
    assert (row["cause"], row["sender"]) == ("damaged", "ANJI")
    assert "重新导出" in row["advice"]
    one = f"/image-deliveries/{row['number']}"
    assert office.ask("get", one)["faults"][0]["words"]
    office.ask("post", f"{one}/recheck", expect=409)
    office.ask("post", f"/image-gateways/{gateway['id']}/switch", {"active": False})
    office.ask("post", f"{one}/recheck", expect=409)
    assert office.ask("post", f"{one}/settle", {"remark": "已修"})["state"] == "settled"
    assert office.ask("get", "/image-gateways")[0]["active"] is False
    assert dt.datetime.fromisoformat(office.ask("get", one)["settled_at"])
