"""Tracings on their page: read, drawn, the one before beside; refused in words; nobody else's."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset

from duikou.engines.tracings.invented import dataset, waves, written
from duikou.wings.imaging import actions
from duikou.wings.imaging.dicom.unpacking import Handed
from duikou.wings.imaging.models import Study
from duikou.wings.patients.models import Access, Patient
from tests.wings.imaging.conftest import Lightbox
from tests.wings.patients.test_pages import client_of

TAKEN = dt.datetime(2026, 11, 20, 9)


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.IMAGES = tmp_path / "images"


def named(patient: Patient) -> Dataset:
    person = Dataset()
    person.PatientName = f"{patient.name[0]}^{patient.name[1:]}"
    person.PatientBirthDate = patient.birth_date.strftime("%Y%m%d") if patient.birth_date else ""
    person.PatientSex = "M" if patient.sex == "male" else "F"
    return person


def taken(box: Lightbox, patient: Patient, seed: int, **more: Any) -> Study:
    """A tracing uploaded through the wing's own door."""
    spoil = more.pop("spoil", lambda file: None)
    file = dataset(waves(seed), seed=seed, patient=named(patient), **{"taken": TAKEN, **more})
    spoil(file)
    (study,) = actions.take(
        actor=box.doctor, patient=patient, handed=[Handed("ecg.dcm", io.BytesIO(written(file)))]
    )
    return study


def page(box: Lightbox, study: Study, query: str = "", actor: Any = None) -> Any:
    return client_of(actor or box.doctor).get(f"/app/imaging/studies/{study.study_uid}/tracing/{query}")


def test_a_tracing_is_shown_with_its_measurements(box: Lightbox) -> None:
    study = taken(box, box.without_card(), 1)
    assert study.kind == "ecg"
    answer = page(box, study)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "RR 间期" in text
    assert "857 ms" in text
    assert "没有该患者更早的心电图" in text
    assert Access.objects.filter(patient=study.patient).exists()
    drawn = client_of(box.doctor).get(
        f"/app/imaging/studies/{study.study_uid}/tracing.svg?layout=6x2&speed=50"
    )
    assert drawn["Content-Type"] == "image/svg+xml"
    assert drawn["Cache-Control"] == "private, no-store"
    assert "50 mm/s" in drawn.content.decode()
    assert study.patient is not None
    assert study.patient.name not in drawn.content.decode()


def test_the_one_before_stands_beside(box: Lightbox) -> None:
    patient = box.without_card()
    old = taken(box, patient, 2, taken=TAKEN - dt.timedelta(days=400))
    last = taken(box, patient, 3, taken=TAKEN - dt.timedelta(days=30))
    study = taken(box, patient, 4)
    taken(box, patient, 5, taken=TAKEN + dt.timedelta(days=1))
    text = page(box, study).content.decode()
    assert last.study_uid in text
    assert old.study_uid not in text
    assert "2026-10-21 09:00" in text
    assert text.count("857 ms") == 2


@pytest.mark.parametrize(
    "query", ["?speed=0&gain=x&layout=..%2F", "?speed=25000", "?layout=3x4&gain=&speed="]
)
def test_an_unknown_paper_is_the_usual_one(box: Lightbox, query: str) -> None:
    study = taken(box, box.without_card(), 6)
    answer = page(box, study, query)
    assert answer.status_code == 200
    assert "layout=3x4&amp;speed=25&amp;gain=10" in answer.content.decode()


def test_a_file_without_lead_or_waveform_is_answered_in_words(box: Lightbox) -> None:
    def no_lead(file: Any) -> None:
        source = file.WaveformSequence[0].ChannelDefinitionSequence[6].ChannelSourceSequence[0]
        source.CodeMeaning, source.CodeValue = "Lead X", "2:99"

    study = taken(box, box.without_card(), 7, spoil=no_lead)
    answer = page(box, study)
    assert answer.status_code == 200
    assert "缺少导联：V1" in answer.content.decode()
    drawn = client_of(box.doctor).get(f"/app/imaging/studies/{study.study_uid}/tracing.svg")
    assert drawn.status_code == 422
    picture = box.study()
    assert "没有心电波形" in page(box, picture).content.decode()
    drawn = client_of(box.doctor).get(f"/app/imaging/studies/{picture.study_uid}/tracing.svg")
    assert drawn.status_code == 404


def test_another_hospital_sees_it_only_while_it_is_granted(box: Lightbox) -> None:
    study = taken(box, box.without_card(), 8)
    address = f"/app/imaging/studies/{study.study_uid}/tracing"
    for end in ("/", ".svg"):
        assert client_of(box.other_doctor).get(address + end).status_code == 404
    box.shared(study)
    box.granted(study)
    for end in ("/", ".svg"):
        assert client_of(box.other_doctor).get(address + end).status_code == 200
    actions.end_grants(reference="consultation:1", actor=box.doctor)
    assert client_of(box.other_doctor).get(f"{address}/").status_code == 404


def test_english_readers_read_english(box: Lightbox) -> None:
    study = taken(box, box.without_card(), 9)
    signed_in = client_of(box.doctor)
    signed_in.post("/app/account/", {"language": "en"})
    text = signed_in.get(f"/app/imaging/studies/{study.study_uid}/tracing/").content.decode()
    assert "QRS duration" in text
    assert "Calipers" in text
