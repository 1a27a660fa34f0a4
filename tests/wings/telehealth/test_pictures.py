"""Pictures of an opinion: chosen by its expert, printed, covered by the signature; and filed in the study."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pydicom
import pytest

from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.core.jobs.worker import run_worker
from duikou.engines.tracings.invented import dataset, waves, written
from duikou.wings.imaging import actions as imaging
from duikou.wings.imaging import storage
from duikou.wings.imaging.dicom.unpacking import Handed
from duikou.wings.imaging.models import Study
from duikou.wings.patients.models import Patient
from duikou.wings.telehealth import actions, papers, pictures
from duikou.wings.telehealth.actions.opinions import digest_of
from duikou.wings.telehealth.actions.pushing import push, push_what_waits
from duikou.wings.telehealth.models import Consultation, Picture, Push
from duikou.wings.telehealth.queries import desk
from tests.tele.samples import series_files
from tests.wings.imaging.test_tracings import named
from tests.wings.patients.test_pages import client_of
from tests.wings.telehealth.conftest import SAID, Tele

PICTURE = re.compile(rb"/Subtype\s*/Image")


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.IMAGES = tmp_path / "images"


def taken(tele: Tele, patient: Patient, files: dict[str, bytes]) -> Study:
    handed = [Handed(name, io.BytesIO(content)) for name, content in files.items()]
    (study,) = imaging.take(actor=tele.doctor, patient=patient, handed=handed)
    return study


def case(tele: Tele) -> tuple[Consultation, Study, Study]:
    """A case with five sections and a tracing, before its expert."""
    patient = tele.without_card()
    tele.agrees(patient)
    chest = taken(tele, patient, series_files(5))
    heart = taken(tele, patient, {"ecg.dcm": written(dataset(waves(3), seed=3, patient=named(patient)))})
    one = tele.draft(patient)
    actions.choose_studies(actor=tele.doctor, one=one, studies=[chest, heart])
    actions.approve(actor=tele.office, one=actions.submit(actor=tele.doctor, one=one))
    actions.accept(actor=tele.other_office, one=one)
    actions.assign(actor=tele.other_office, one=one, experts=[tele.expert])
    return one, chest, heart


def test_chosen_printed_signed_and_filed(tele: Tele, django_capture_on_commit_callbacks: Any) -> None:
    one, chest, heart = case(tele)
    expert = tele.signer()
    marked = imaging.mark(actor=tele.doctor, file=chest.files.get(number=2), note="结节", window="lung")
    offered = {choice.source: choice for choice in pictures.choices(one)}
    series = next(choice for choice in offered.values() if choice.count)
    assert series.count == 5
    assert set(offered) == {
        f"study:{chest.pk}:{marked.file_id}:1:lung", series.source, f"tracing:{heart.pk}",
    }  # fmt: skip

    add = {"actor": expert, "one": one}
    third = actions.add_picture(**add, source=series.source, number=3, caption="右上肺结节")
    assert third.source == f"study:{chest.pk}:{chest.files.get(number=3).pk}:1"
    dropped = actions.add_picture(**add, source=f"study:{chest.pk}:{marked.file_id}:1:lung", caption="结节")
    actions.add_picture(**add, source=f"tracing:{heart.pk}", caption="窦性心律")
    with pytest.raises(Conflict, match="已经选过"):
        actions.add_picture(**add, source=series.source, number=3, caption="又一次")
    for wrong in ({"number": None}, {"number": 6}, {"number": 0}):
        with pytest.raises(Invalid, match="1 到 5"):
            actions.add_picture(**add, source=series.source, caption="x", **wrong)  # type: ignore[arg-type]
    for source in ("study:999:1:1", "tracing:999", "slide:1", "gossip"):
        with pytest.raises(Invalid):
            actions.add_picture(**add, source=source, caption="x")
    with pytest.raises(Denied):
        actions.add_picture(actor=tele.doctor, one=one, source=series.source, number=1, caption="x")
    actions.remove_picture(**add, pk=dropped.pk)
    with pytest.raises(Missing):
        actions.remove_picture(**add, pk=dropped.pk)

    with django_capture_on_commit_callbacks(execute=True):
        opinion = actions.sign(actor=expert, one=one, written=SAID)
    assert opinion.digest == digest_of(opinion)
    for act in (
        lambda: actions.add_picture(**add, source=series.source, number=1, caption="x"),
        lambda: actions.remove_picture(**add, pk=third.pk),
    ):
        with pytest.raises(Conflict):
            act()
    Picture.objects.filter(pk=third.pk).update(caption="换了说法")
    assert desk.opinions_of(one)[0].digest != digest_of(desk.opinions_of(one)[0])
    Picture.objects.filter(pk=third.pk).update(caption="右上肺结节")

    paper = papers.pdf(one, list(desk.opinions_of(one)), one.patient)
    assert papers.pdf(one, list(desk.opinions_of(one)), one.patient) == paper
    shut = papers.pdf(one, list(desk.opinions_of(one)), None)
    assert PICTURE.search(paper)
    assert not PICTURE.search(shut)
    said = papers.printed(one, list(desk.opinions_of(one)), one.patient, "zh")["opinions"][0]["pictures"]
    assert [words for _name, words in said] == ["图 1　右上肺结节", "图 2　窦性心律"]

    assert Push.objects.filter(consultation=one, state="waiting").count() == 2
    imaging.withdraw(actor=tele.office, study=heart, reason="传错")
    run_worker(burst=True, heartbeat=False, signals=False)
    kept, refused = Push.objects.get(study=chest), Push.objects.get(study=heart)
    assert (kept.state, refused.state, bool(refused.fault)) == ("kept", "refused", True)
    assert kept.file is not None
    found = pydicom.dcmread(storage.opened(kept.file))
    assert found.EncapsulatedDocument.startswith(b"%PDF-")
    assert found.StudyInstanceUID == chest.study_uid
    assert push(one.pk) == {"kept": 0, "refused": 0}
    assert chest.files.filter(modality="DOC").count() == 1
    page = client_of(tele.doctor).get(f"/app/telehealth/{one.pk}/").content.decode()
    assert "意见归入检查" in page
    assert "影像存储恢复后自动转入" in page


def test_the_pages_of_pictures(tele: Tele) -> None:
    one, chest, _heart = case(tele)
    expert, doctor = client_of(tele.signer()), client_of(tele.doctor)
    address = f"/app/telehealth/{one.pk}/pictures/"
    assert "选择附图" in expert.get(f"/app/telehealth/{one.pk}/opinion/").content.decode()
    page = expert.get(address).content.decode()
    assert "共 5 幅" in page
    first = chest.files.get(number=1)
    source = f"series:{chest.pk}:{first.pk}"
    assert expert.post(address, {"source": source, "caption": "x"}).status_code == 422
    chosen = expert.post(address, {"source": source, "number": 2, "caption": "第二幅"})
    assert (chosen.status_code, chosen["Location"]) == (302, address)
    made = Picture.objects.get()
    assert expert.get(f"{address}{made.pk}/")["Content-Type"] == "image/png"
    assert doctor.get(f"{address}{made.pk}/").status_code == 404  # not signed yet
    assert doctor.get(address).status_code == 403
    actions.sign(actor=tele.signer(), one=one, written=SAID)
    assert doctor.get(f"{address}{made.pk}/").status_code == 200
    assert "第二幅" in doctor.get(f"/app/telehealth/{one.pk}/").content.decode()
    assert client_of(tele.third["clinician"]).get(f"{address}{made.pk}/").status_code == 404
    actions.acknowledge(actor=tele.doctor, one=one, adoption="full")
    actions.close(actor=tele.doctor, one=one)
    assert expert.get(f"{address}{made.pk}/").status_code == 409


def test_what_waits_is_asked_for_again(tele: Tele) -> None:
    one, _chest, _heart = case(tele)
    actions.sign(actor=tele.signer(), one=one, written=SAID)  # the worker died with the first request
    assert push_what_waits() == 1
    run_worker(burst=True, heartbeat=False, signals=False)
    assert Push.objects.filter(consultation=one, state="kept").count() == 2
    assert push_what_waits() == 0
