"""Uploads in pieces and refused series: each refusal is a row with its reason, and the files are kept."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from openpyxl import load_workbook

from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.core.models import AuditEvent, User
from duikou.core.scope import Actor
from duikou.core.uploads import actions as uploads
from duikou.wings.imaging import actions, receiving, storage, tasks
from duikou.wings.imaging.actions import delivering
from duikou.wings.imaging.models import Delivery, Gateway, Study
from duikou.wings.imaging.queries import deliveries as queries
from duikou.wings.imaging.queries.waiting import waits_for
from duikou.wings.patients import actions as patient_actions
from duikou.wings.patients.models import Patient
from tests.tele.samples import series_files, slice_file, zipped
from tests.wings.imaging.conftest import Lightbox, sent

State = Delivery.State


@pytest.fixture(autouse=True)
def _own_folders(settings: Any, tmp_path: Path) -> None:
    settings.IMAGES, settings.UPLOADS = tmp_path / "images", tmp_path / "uploads"


def client_of(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def arrived(actor: Actor, content: bytes, name: str = "ct.zip") -> str:
    """An upload that is whole; its key."""
    sha256 = hashlib.sha256(content).hexdigest()
    begun = uploads.create(actor=actor, name=name, size=len(content), sha256=sha256, kind="dicom")
    source: Any = ContentFile(content)
    uploads.append(actor=actor, upload=begun, offset=0, source=source, length=len(content))
    return begun.key


def handed_in(box: Lightbox, content: bytes, patient: Patient | None = None) -> Delivery:
    patient = patient or box.without_card()
    made = actions.hand_in(actor=box.doctor, patient=patient, keys=[arrived(box.doctor, content)])
    assert made.state == State.CHECKING
    return delivering.check(actor=box.doctor, delivery=made)


def sender(box: Lightbox, title: str = "ANJI") -> Gateway:
    return actions.enter_gateway(
        actor=box.office, hospital=box.home, ae_title=title, address="10.1.2.3", port=104
    )


def kept_files() -> int:
    return len([one for one in Path(storage.path_of("00")).parents[1].glob("??/*") if one.is_file()])


# ---------------------------------------------------------------- uploads


def test_an_upload_in_pieces_becomes_a_study(box: Lightbox) -> None:
    patient = box.without_card()
    found = handed_in(box, zipped(series_files(3)), patient)
    (study,) = Study.objects.all()
    assert (found.state, found.studies, found.faults) == (State.KEPT, [study.study_uid], [])
    assert (study.patient, study.files.count(), study.received_by_id) == (patient, 3, box.doctor.user_id)
    assert delivering.check(actor=box.doctor, delivery=found).state == State.KEPT  # a job done twice
    assert Study.objects.count() == 1


def test_a_refused_upload_names_each_file_in_both_languages_and_keeps_nothing(box: Lightbox) -> None:
    files = {**series_files(2), "李四.dcm": slice_file(8, PatientName="李^四"), "说明.txt": b"hello"}
    found = handed_in(box, zipped(files))
    assert (found.state, found.cause) == (State.REFUSED, "identity")
    assert [one["name"] for one in found.faults] == ["李四.dcm", "说明.txt"]
    assert "王建国" not in found.faults_sealed
    assert "李四" not in found.faults_sealed
    zh = queries.told(found)
    assert "姓名应为“王建国”，文件中为“李 四”" in zh[0].words
    with translation.override("en"):
        assert "name" in queries.told(found)[0].words.casefold()
        assert "DICM" in queries.told(found)[1].words
    assert not Study.objects.exists()
    assert kept_files() == 0
    page = client_of(box.doctor).get(reverse("imaging:delivery", args=[found.number])).content.decode()
    assert "李四.dcm" in page
    assert "与患者不符" in page
    event = AuditEvent.objects.get(action="study.refused")
    assert "李" not in f"{event.after}{event.target_label}"


def test_a_conflict_with_another_study_refuses_an_upload(box: Lightbox) -> None:
    handed_in(box, zipped(series_files(2)))
    found = handed_in(box, zipped(series_files(3)), box.without_card())
    assert (found.state, found.cause) == (State.REFUSED, "taken")
    assert "别的患者" in queries.told(found)[0].words


def test_an_unsafe_archive_refuses_an_upload(box: Lightbox) -> None:
    found = handed_in(box, zipped({"../x.dcm": slice_file(1)}))
    assert (found.state, found.cause) == (State.REFUSED, "damaged")
    assert "不安全" in queries.told(found)[0].words


def test_only_own_uploads_that_are_whole_are_taken(box: Lightbox) -> None:
    patient, content = box.without_card(), zipped(series_files(1))
    key = arrived(box.doctor, content)
    with pytest.raises(Missing):
        actions.hand_in(actor=box.office, patient=patient, keys=[key])
    with pytest.raises(Denied):
        actions.hand_in(actor=box.other_doctor, patient=patient, keys=[key])
    with pytest.raises(Invalid):
        actions.hand_in(actor=box.doctor, patient=patient, keys=[])
    actions.hand_in(actor=box.doctor, patient=patient, keys=[key])
    with pytest.raises(Conflict):
        actions.hand_in(actor=box.doctor, patient=patient, keys=[key])
    half = uploads.create(
        actor=box.doctor, name="b.zip", size=10, sha256=hashlib.sha256(b"x").hexdigest(), kind="dicom"
    )
    with pytest.raises(Conflict, match="没有传完"):
        actions.hand_in(actor=box.doctor, patient=patient, keys=[half.key])


def test_the_form_leads_to_the_delivery_which_its_owner_and_the_office_see(box: Lightbox) -> None:
    patient, client = box.without_card(), client_of(box.doctor)
    key = arrived(box.doctor, zipped(series_files(1)))
    answer = client.post(reverse("imaging:upload"), {"number": patient.number, "upload": key})
    made = Delivery.objects.get()
    page = reverse("imaging:delivery", args=[made.number])
    assert (answer.status_code, answer["Location"]) == (302, page)
    assert "正在核对" in client.get(page).content.decode()
    progress = reverse("imaging:delivery_progress", args=[made.number])
    assert "HX-Redirect" not in client.get(progress)
    tasks.check_delivery.func(made.pk)
    assert client.get(progress)["HX-Redirect"] == page
    assert client_of(box.office).get(page).status_code == 200
    for stranger in (box.heart_doctor, box.other_doctor, box.other_office):
        assert client_of(stranger).get(page).status_code == 404
    again = client.post(reverse("imaging:upload"), {"number": patient.number, "upload": key})
    assert again.status_code == 409


def test_a_check_that_never_ended_is_given_up_and_orphans_go(box: Lightbox, tmp_path: Path) -> None:
    patient = box.without_card()
    made = actions.hand_in(
        actor=box.doctor, patient=patient, keys=[arrived(box.doctor, zipped(series_files(1)))]
    )
    Delivery.objects.update(received_at=timezone.now() - tasks.LONGEST * 2)
    orphan = storage.path_of(storage.keep_bytes(b"nobody's"))
    import os

    os.utime(orphan, (1, 1))
    tasks.sweep_images.func()
    made.refresh_from_db()
    assert (made.state, made.cause) == (State.REFUSED, "other")
    assert "没有完成" in queries.told(made)[0].words
    assert not orphan.exists()
    assert not storage.delivered(made.number).exists()


# ---------------------------------------------------------------- gateways


def test_a_damaged_series_is_a_row_with_its_files_and_is_closed_by_a_good_one(box: Lightbox) -> None:
    sender(box)
    cut = slice_file(1)[:-700]
    assert not sent("ANJI", cut)
    assert not sent("ANJI", cut)  # read again after a kill: still one row
    (row,) = Delivery.objects.all()
    assert (row.state, row.cause, row.hospital, row.count) == (State.REFUSED, "damaged", box.home, 1)
    assert [storage.there(one).read_bytes() for one in row.files] == [cut]
    assert "不完整" in queries.told(row)[0].words
    assert [one.kind for one in waits_for(box.office)] == ["delivery_refused"]
    assert list(waits_for(box.doctor)) == []
    listed = client_of(box.office).get(reverse("imaging:unmatched")).content.decode()
    assert "1 份影像被拒收" in listed
    assert sent("ANJI", slice_file(1))
    row.refresh_from_db()
    assert row.state == State.KEPT


def test_more_of_a_matched_study_with_another_name_is_refused(box: Lightbox) -> None:
    """It was filed under the first patient without a word before."""
    sender(box)
    patient = box.without_card()
    assert sent("ANJI", slice_file(1, PatientID=patient.number))
    wrong = slice_file(2, PatientID=patient.number, PatientName="李^四")
    assert not sent("ANJI", wrong, series="s2")
    row = Delivery.objects.get(state=State.REFUSED)
    assert row.cause == "identity"
    assert "李 四" in queries.told(row)[0].words
    assert Study.objects.get().files.count() == 1
    with pytest.raises(Invalid, match="李 四"):
        actions.recheck(actor=box.office, delivery=row)
    row.refresh_from_db()
    assert row.state == State.REFUSED
    details = box.details(name="李四", identity_kind="none")
    patient_actions.correct(
        actor=box.doctor, patient=patient, details=details, department=None, reason="更名"
    )
    assert actions.recheck(actor=box.office, delivery=row).state == State.KEPT
    assert Study.objects.get().files.count() == 2


def test_pictures_of_two_people_in_one_unmatched_study_are_refused(box: Lightbox) -> None:
    sender(box)
    assert sent("ANJI", slice_file(1))
    assert sent("ANJI", slice_file(2), series="s2")
    assert not sent("ANJI", slice_file(3, PatientName="李^四"), series="s3")
    row = Delivery.objects.get()
    assert row.cause == "identity"
    assert "另一个人" in queries.told(row)[0].words
    assert Study.objects.get().files.count() == 2


def test_what_a_gateway_sends_that_is_off_waits_for_it(box: Lightbox) -> None:
    gateway = sender(box)
    actions.switch_gateway(actor=box.office, gateway=gateway, active=False)
    assert not sent("ANJI", *series_files(2).values())
    row = Delivery.objects.get()
    assert row.cause == "off"
    client, address = client_of(box.office), reverse("imaging:recheck", args=[row.number])
    assert client.get(address).status_code == 405
    assert client_of(box.doctor).post(address).status_code == 403
    assert client_of(box.other_office).post(address).status_code == 404
    page = client.post(address, follow=True).content.decode()
    assert "先启用" in page
    actions.switch_gateway(actor=box.office, gateway=gateway, active=True)
    assert "核对无误" in client.post(address, follow=True).content.decode()
    assert Study.objects.get().state == "unmatched"
    row.refresh_from_db()
    assert (row.state, row.settled_by_id) == (State.KEPT, box.office.user_id)


def test_a_sender_that_nobody_entered_shows_its_title_and_is_adopted(box: Lightbox) -> None:
    assert not sent("NEWPACS", *series_files(2).values())
    row = Delivery.objects.get()
    assert (row.cause, row.hospital, len(row.files)) == ("unknown", None, 2)
    for office in (box.office, box.other_office):
        assert not queries.deliveries(office).exists()
        page = client_of(office).get(reverse("imaging:gateways")).content.decode()
        assert "NEWPACS" in page
        assert "王" not in page.partition("NEWPACS")[2][:200]
    assert queries.unknown_senders(box.doctor) == []
    sender(box, "NEWPACS")
    assert queries.unknown_senders(box.office) == []
    assert list(queries.refused(box.office)) == [row]
    row.refresh_from_db()
    assert actions.recheck(actor=box.office, delivery=row).state == State.KEPT


def test_a_refusal_is_settled_with_words_and_once(box: Lightbox) -> None:
    sender(box)
    sent("ANJI", b"no picture")
    row = Delivery.objects.get()
    client, address = client_of(box.office), reverse("imaging:settle", args=[row.number])
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "设备已修"}).status_code == 302
    assert client.post(address, {"reason": "再次"}).status_code == 409
    row.refresh_from_db()
    assert (row.state, row.remark, len(row.files)) == (State.SETTLED, "设备已修", 1)
    with pytest.raises(Conflict):
        actions.recheck(actor=box.office, delivery=row)


def test_the_workbook_of_refusals_has_reason_and_advice_and_nobodys_name(box: Lightbox) -> None:
    sender(box)
    sent("ANJI", slice_file(1)[:-700])
    handed_in(box, zipped({"a.dcm": slice_file(1, PatientName="李^四")}))
    answer: Any = client_of(box.office).get(
        reverse("imaging:refused"), {"export": "xlsx", "state": "refused"}
    )
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).worksheets[0]
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert "文件有误" in cells
    assert "与患者不符" in cells
    assert any("重新导出" in one for one in cells)
    assert not any("李" in one or "王建国" in one for one in cells)


def test_the_list_asks_the_database_as_often_for_one_as_for_many(
    box: Lightbox, django_assert_max_num_queries: Any
) -> None:
    sender(box)
    for number in range(4):
        sent("ANJI", b"no picture", series=f"s{number}")
    with django_assert_max_num_queries(1):
        assert (
            len([(one.hospital.name, one.gateway, one.patient) for one in queries.refused(box.office)]) == 4
        )


def test_series_of_the_live_store_are_taken_by_sender(box: Lightbox, monkeypatch: pytest.MonkeyPatch) -> None:
    sender(box)
    contents = {"a": slice_file(1), "b": b"torn"}
    said = {
        "/series/s": {"Instances": ["a", "b"]},
        "/instances/a/metadata?expand": {"Origin": "DicomProtocol", "RemoteAET": "ANJI", "RemoteIP": "::1"},
        "/instances/b/metadata?expand": {"Origin": "DicomProtocol", "RemoteAET": "X", "RemoteIP": "10.9.9.9"},
    }
    monkeypatch.setattr(receiving.orthanc, "ask", said.__getitem__)
    monkeypatch.setattr(
        receiving.orthanc, "fetch", lambda path, place: place.write_bytes(contents[path.split("/")[2]])
    )
    assert receiving.take_series("s")
    assert Study.objects.get().state == "unmatched"
    row = Delivery.objects.get()
    assert (row.sender, row.address, row.cause) == ("X", "10.9.9.9", "unknown")
