"""The pages: upload, looking without any viewer, matching, senders; each look is written down."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from duikou.core.models import User
from duikou.core.scope import Actor
from duikou.wings.imaging import actions
from duikou.wings.imaging.models import Gateway, KeyImage, Study
from duikou.wings.patients.models import Access, Patient
from tests.tele.samples import NAME, series_files, slice_file
from tests.wings.imaging.conftest import Lightbox, received


@pytest.fixture(autouse=True)
def _own_folder(settings: Any, tmp_path: Path) -> None:
    settings.IMAGES = tmp_path / "images"


def client_of(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def uploaded(box: Lightbox, patient: Patient, files: dict[str, bytes], language: str = "zh-hans") -> Any:
    return client_of(box.doctor).post(
        reverse("imaging:upload"),
        {"number": patient.number, "file": [SimpleUploadedFile(*one) for one in files.items()]},
        HTTP_ACCEPT_LANGUAGE=language,
    )


def kept(box: Lightbox, **more: Any) -> Study:
    patient = box.without_card()
    answer = uploaded(box, patient, series_files(3, **more))
    assert answer.status_code == 302, answer.context["form"].errors
    return Study.objects.get()


def test_an_upload_leads_to_the_study(box: Lightbox) -> None:
    study = kept(box)
    client = client_of(box.doctor)
    page = client.get(reverse("imaging:study", args=[study.study_uid])).content.decode()
    assert "胸部平扫" in page
    assert "没有启用" in page  # the viewer is off and the page says so
    assert "逐幅查看" in page
    assert Access.objects.filter(patient=study.patient).count() == 1
    listed = client.get(reverse("imaging:list")).content.decode()
    assert study.patient.number in listed
    assert NAME not in listed


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "整批没有保存"), ("en", "Nothing of the batch")])
def test_a_refused_upload_says_why_in_the_readers_language(box: Lightbox, language: str, words: str) -> None:
    files = {**series_files(2), "x.dcm": slice_file(3, PatientName="李^四")}
    answer = uploaded(box, box.without_card(), files, language)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "李 四" in answer.content.decode()
    answer = uploaded(box, Patient(number="NOBODY2222"), series_files(1))
    assert answer.status_code == 422
    assert (
        client_of(box.doctor)
        .post(reverse("imaging:upload"), {"number": box.without_card().number})
        .status_code
        == 422
    )
    assert not Study.objects.exists()


def test_a_picture_is_drawn_with_its_shades(box: Lightbox) -> None:
    study = kept(box)
    file = study.files.first()
    client = client_of(box.doctor)
    page = client.get(reverse("imaging:picture", args=[study.study_uid, file.pk]))
    assert "1/3" in page.content.decode()
    address = reverse("imaging:png", args=[study.study_uid, file.pk, 1])
    plain = np.asarray(Image.open(io.BytesIO(client.get(address).content)))
    lung = np.asarray(Image.open(io.BytesIO(client.get(address, {"window": "lung"}).content)))
    assert plain.std() > 20
    assert plain[64, 64] > plain[64, 40]  # the mediastinum is lighter than the lung
    assert lung[64, 40] > plain[64, 40]  # and the lung is lighter in its own window
    assert client.get(reverse("imaging:png", args=[study.study_uid, file.pk, 2])).status_code == 404
    assert (
        client.get(reverse("imaging:picture", args=[study.study_uid, file.pk]), {"frame": "x"}).status_code
        == 200
    )
    assert (
        client.get(reverse("imaging:picture", args=[study.study_uid, file.pk]), {"frame": "9"}).status_code
        == 404
    )


def test_the_files_come_back_as_they_were(box: Lightbox) -> None:
    study = kept(box)
    answer: Any = client_of(box.doctor).get(reverse("imaging:download", args=[study.study_uid]))
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        assert [archive.read(name) for name in archive.namelist()] == list(series_files(3).values())
    assert Access.objects.get().place == "export"


def test_strangers_get_nothing_of_it(box: Lightbox) -> None:
    study = kept(box)
    file = study.files.first()
    uid = study.study_uid
    addresses = [
        reverse("imaging:study", args=[uid]),
        reverse("imaging:download", args=[uid]),
        reverse("imaging:withdraw", args=[uid]),
        reverse("imaging:picture", args=[uid, file.pk]),
        reverse("imaging:png", args=[uid, file.pk, 1]),
    ]
    for actor in (box.other_doctor, box.bone_doctor):
        client = client_of(actor)
        assert [client.get(one).status_code for one in addresses] == [404] * 5
        assert client.post(reverse("imaging:mark", args=[uid, file.pk]), {"frame": 1}).status_code == 404
        assert client.get(reverse("imaging:authorise"), headers={"X-Study": uid}).status_code == 403
    assert not Access.objects.exists()
    assert Client().get(reverse("imaging:authorise"), headers={"X-Study": uid}).status_code == 403
    box.granted(study)
    box.shared(study)
    client = client_of(box.other_doctor)
    assert [client.get(one).status_code for one in addresses] == [200, 200, 404, 200, 200]
    assert client.get(reverse("imaging:authorise"), headers={"X-Study": uid}).status_code == 204


@pytest.mark.parametrize("uid", ["", "1.2.3", "x", "1.2.3' OR 1=1", "../1.2"])
def test_the_rule_lets_nothing_else_pass(box: Lightbox, uid: str) -> None:
    assert (
        client_of(box.doctor).get(reverse("imaging:authorise"), headers={"X-Study": uid}).status_code == 403
    )


def test_what_cannot_be_measured_is_kept_from_the_viewer(box: Lightbox) -> None:
    study = kept(box, PixelSpacing=[0, 0])
    client = client_of(box.doctor)
    assert client.get(reverse("imaging:authorise"), headers={"X-Study": study.study_uid}).status_code == 403
    assert "禁止测量" in client.get(reverse("imaging:study", args=[study.study_uid])).content.decode()


def test_a_key_image_is_pointed_out_for_all_who_see_the_study(box: Lightbox) -> None:
    study = kept(box)
    file = study.files.first()
    box.granted(study)
    box.shared(study)
    address = reverse("imaging:mark", args=[study.study_uid, file.pk])
    assert client_of(box.other_doctor).post(address, {"frame": 1, "note": "右肺结节"}).status_code == 302
    assert KeyImage.objects.get().note == "右肺结节"
    assert (
        "右肺结节"
        in client_of(box.doctor).get(reverse("imaging:study", args=[study.study_uid])).content.decode()
    )
    assert client_of(box.doctor).post(address, {"frame": 7}).status_code in (409, 422)


def test_a_withdrawn_study_is_gone_from_the_pages(box: Lightbox) -> None:
    study = kept(box)
    client = client_of(box.doctor)
    address = reverse("imaging:withdraw", args=[study.study_uid])
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "传错患者"}).status_code == 302
    assert client.get(reverse("imaging:study", args=[study.study_uid])).status_code == 404


def test_what_a_gateway_sends_waits_until_it_is_matched(box: Lightbox) -> None:
    client = client_of(box.office)
    entered = {"hospital": box.home.pk, "ae_title": "ANJI_PACS", "address": "10.1.2.3", "port": 104}
    assert client.post(reverse("imaging:new_gateway"), {**entered, "ae_title": "安吉"}).status_code == 422
    assert client.post(reverse("imaging:new_gateway"), entered).status_code == 302
    assert client.post(reverse("imaging:new_gateway"), entered).status_code == 409
    gateway = Gateway.objects.get()
    (study,) = received(gateway, *series_files(2).values())
    assert (study.state, study.hospital, study.patient) == ("unmatched", box.home, None)
    assert NAME not in study.header_sealed
    assert client_of(box.doctor).get(reverse("imaging:study", args=[study.study_uid])).status_code == 404
    assert (
        client_of(box.other_office).get(reverse("imaging:match", args=[study.study_uid])).status_code == 404
    )
    address = reverse("imaging:match", args=[study.study_uid])
    assert "王 建国" in client.get(address).content.decode().replace("^", " ")
    other = box.without_card("李平")
    assert "应为“李平”" in client.post(address, {"number": other.number}).content.decode()
    patient = box.without_card()
    assert client.post(address, {"number": patient.number}).status_code == 302
    study.refresh_from_db()
    assert (study.state, study.patient, study.header_sealed) == ("ready", patient, "")
    assert client.post(address, {"number": patient.number}).status_code == 404
    (again,) = received(gateway, slice_file(3))
    assert (again, again.files.count()) == (study, 3)
    assert client.post(reverse("imaging:gateway", args=[gateway.pk])).status_code == 302
    gateway.refresh_from_db()
    assert not gateway.active


def test_a_gateway_that_knows_our_number_needs_nobody(box: Lightbox) -> None:
    gateway = actions.enter_gateway(
        actor=box.office, hospital=box.home, ae_title="ANJI", address="10.1.2.3", port=104
    )
    patient = box.without_card()
    (study,) = received(gateway, slice_file(1, PatientID=patient.number))
    assert (study.state, study.patient) == ("ready", patient)
    (wrong,) = received(gateway, slice_file(1, study=2, PatientID=patient.number, PatientName="李^四"))
    assert wrong.state == "unmatched"  # a number alone is not a person


def test_a_report_lies_beside_the_pictures(box: Lightbox) -> None:
    import pydicom

    from duikou.wings.imaging import storage

    study = kept(box)
    box.granted(study)
    box.shared(study)
    pdf = b"%PDF-1.7 a signed opinion"
    made = actions.push_report(actor=box.other_doctor, study=study, pdf=pdf, title="会诊意见")
    data = pydicom.dcmread(storage.opened(made))
    assert bytes(data.EncapsulatedDocument)[: data.EncapsulatedDocumentLength] == pdf
    assert (data.StudyInstanceUID, str(data.PatientName)) == (study.study_uid, NAME)
    assert made.frames == 0
