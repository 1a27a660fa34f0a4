"""The pictures of a patient go with the record, and keep it while they have to be kept."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from duikou.core import components
from duikou.core.errors import Conflict
from duikou.core.models import User
from duikou.wings.imaging import actions, forgetting, queries, storage
from duikou.wings.imaging.dicom.unpacking import Handed
from duikou.wings.imaging.models import KeyImage, Study, StudyGrant
from duikou.wings.patients import actions as patient_actions
from duikou.wings.patients.models import Patient
from tests.tele.samples import series_files
from tests.wings.imaging.conftest import Lightbox

LONG_AGO = dt.date(1970, 3, 1)


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.IMAGES = tmp_path / "images"


def due_with_pictures(box: Lightbox, taken: str) -> Study:
    """A patient whose record is due, with pictures of a day."""
    patient = box.without_card()
    files = series_files(2, StudyDate=taken)
    handed = [Handed(name, io.BytesIO(content)) for name, content in files.items()]
    (study,) = actions.take(actor=box.doctor, patient=patient, handed=handed)
    actions.mark(actor=box.doctor, file=study.files.first(), note="结节")
    box.granted(study)
    Patient.objects.filter(pk=patient.pk).update(last_contact_on=LONG_AGO)
    patient.refresh_from_db()
    study.patient = patient
    return study


def erase(box: Lightbox, study: Study) -> None:
    patient = study.patient
    assert patient is not None
    proposed = patient_actions.propose_erasure(actor=box.office, patient=patient, reason="已到期")
    patient_actions.decide_erasure(actor=box.second_office, erasure=proposed, agreed=True)


def test_pictures_go_with_the_record(
    box: Lightbox, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = due_with_pictures(box, "19700301")
    paths = [storage.opened(one) for one in study.files.all()]
    with django_capture_on_commit_callbacks(execute=True):
        erase(box, study)
    study.refresh_from_db()
    assert (study.state, study.description, study.files.count()) == ("erased", "", 0)
    assert not any(path.exists() for path in paths)
    assert not KeyImage.objects.exists()
    assert not StudyGrant.objects.live().exists()
    assert queries.right_to(box.doctor, study.study_uid) is None
    client = Client()
    client.force_login(User.objects.get(pk=box.doctor.user_id))
    assert "已随档案销毁" in client.get(reverse("imaging:list")).content.decode()
    assert client.get(reverse("imaging:study", args=[study.study_uid])).status_code == 404
    handed = [Handed(name, io.BytesIO(content)) for name, content in series_files(1).items()]
    with pytest.raises(Conflict, match="撤下"):  # the UID is spent
        actions.take(actor=box.doctor, patient=box.without_card(), handed=handed)


def test_young_pictures_keep_the_record(box: Lightbox) -> None:
    study = due_with_pictures(box, "20140303")
    with pytest.raises(Conflict, match="检查影像须保存到"):
        erase(box, study)
    study.refresh_from_db()
    patient = Patient.objects.get(pk=study.patient_id)
    assert (study.state, study.files.count(), patient.name) == ("ready", 2, "王建国")


def test_the_live_store_lets_go_of_it(box: Lightbox, monkeypatch: pytest.MonkeyPatch) -> None:
    study = due_with_pictures(box, "19700301")
    erase(box, study)
    asked: list[tuple[str, str]] = []

    def call(way: str, path: str, body: bytes | None = None) -> bytes:
        asked.append((way, path))
        if way == "POST":
            assert json.loads(body or b"")["Query"]["StudyInstanceUID"] == study.study_uid
        return b'["abc"]'

    assert forgetting.forget_what_was_erased.func() == {"studies": 0}  # the store is off: asked later
    monkeypatch.setattr(forgetting.components, "state", lambda name: components.State(name, "", "on", ""))
    monkeypatch.setattr(forgetting.orthanc, "call", call)
    assert forgetting.forget_what_was_erased.func() == {"studies": 1}
    assert asked == [("POST", "/tools/find"), ("DELETE", "/studies/abc")]
    assert forgetting.forget_what_was_erased.func() == {"studies": 0}
