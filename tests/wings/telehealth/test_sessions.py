"""The live room of a consultation: who is let in, what it shows, and which consent ends it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from duikou.core.errors import Conflict, Denied
from duikou.core.models import User
from duikou.core.scope import Actor
from duikou.wings.imaging.models import Study, StudyFile
from duikou.wings.pathology.models import Slide
from duikou.wings.patients.models import Consent
from duikou.wings.rooms import actions as rooms
from duikou.wings.rooms.models import Presence, Recording, Room
from duikou.wings.rooms.queries import sessions
from duikou.wings.rooms.queries.rooms import room as room_of
from duikou.wings.telehealth import actions
from duikou.wings.telehealth.models import Consultation
from tests.wings.telehealth.conftest import PDF, SAID, Tele


def client_of(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def live(tele: Tele, **more: Any) -> tuple[Consultation, Room]:
    one = tele.assigned(**more)
    return one, actions.open_session(actor=tele.doctor, one=one)


def test_both_sides_are_let_in_and_nobody_else(tele: Tele) -> None:
    one, room = live(tele)
    assert room.reference == one.reference
    parts = dict(room.members.exclude(user=None).values_list("user", "part"))
    assert parts == {tele.doctor.user_id: "host", tele.signer().user_id: "speaker"}
    assert actions.open_session(actor=tele.signer(), one=one) == room
    assert room_of(tele.signer(), room.pk)
    with pytest.raises(Denied):
        actions.open_session(actor=tele.third["clinician"], one=one)
    for actor in tele.third.values():
        assert not sessions.lets_in(room, actor)
    # The office that answers is let in when it asks for the room, and not before.
    assert not sessions.lets_in(room, tele.other_office)
    actions.open_session(actor=tele.other_office, one=one)
    assert sessions.lets_in(room, tele.other_office)


def test_no_room_before_experts_are_named_or_after_the_end(tele: Tele) -> None:
    one = tele.sent()
    with pytest.raises(Conflict):
        actions.open_session(actor=tele.doctor, one=one)
    actions.accept(actor=tele.other_office, one=one)
    with pytest.raises(Conflict):
        actions.open_session(actor=tele.doctor, one=one)
    actions.assign(actor=tele.other_office, one=one, experts=[tele.expert])
    first = actions.open_session(actor=tele.doctor, one=one)
    actions.release(actor=tele.other_office, one=one, reason="出差")
    first.refresh_from_db()
    assert first.state == "closed"
    second = tele.doctor_of_pool("钱第二")
    actions.assign(actor=tele.other_office, one=one, experts=[second])
    room = actions.open_session(actor=tele.doctor, one=one)
    assert room != first
    assert not sessions.lets_in(room, tele.signer())
    actions.withdraw(actor=tele.doctor, one=one, reason="转院")
    room.refresh_from_db()
    assert room.state == "closed"
    with pytest.raises(Conflict):
        actions.open_session(actor=tele.doctor, one=one)


def test_without_the_consent_there_is_no_room(tele: Tele) -> None:
    one = tele.assigned()
    tele.takes_back(one.patient)
    with pytest.raises(Conflict, match="没有有效的同意"):
        actions.open_session(actor=tele.doctor, one=one)
    assert not Room.objects.filter(reference=one.reference).exists()


def come(room: Room, *actors: Actor) -> list[Presence]:
    seats = [rooms.join(actor=actor, room=room).presence for actor in actors]
    for seat in seats:
        rooms.agree(actor=next(one for one in actors if one.user_id == seat.user_id), seat=seat, agrees=True)
    return seats


def test_recorded_only_while_the_patient_agrees(tele: Tele) -> None:
    one, room = live(tele)
    seat, _other = come(room, tele.doctor, tele.signer())
    with pytest.raises(Conflict, match="录音录像"):
        rooms.start_recording(actor=tele.doctor, seat=seat)
    tele.agrees(one.patient, purpose="recording")
    rooms.start_recording(actor=tele.doctor, seat=seat)
    withdraw(tele, one, "recording")
    assert Recording.objects.get().why_ended == "withdrawn"
    room.refresh_from_db()
    assert room.state == "open"
    with pytest.raises(Conflict):
        rooms.start_recording(actor=tele.doctor, seat=seat)
    withdraw(tele, one, "consultation")
    room.refresh_from_db()
    assert room.state == "closed"
    assert not Presence.objects.live().filter(room=room).exists()


def withdraw(tele: Tele, one: Consultation, purpose: str) -> None:
    from duikou.wings.patients import actions as patients

    consent = Consent.objects.get(patient=one.patient, purpose=purpose)
    patients.withdraw_consent(actor=tele.doctor, consent=consent, by="patient", at=timezone.now(), note="")


def test_what_lies_on_the_stage(tele: Tele) -> None:
    patient = tele.agreed()
    base: dict[str, Any] = {
        "patient": patient,
        "hospital": patient.hospital,
        "scope_path": patient.scope_path,
    }
    pictures = Study.objects.create(kind="dicom", modality="CT", study_uid="1.2.3", **base)
    for number in range(3):
        StudyFile.objects.create(
            study=pictures, sop_uid=f"1.2.3.{number}", sop_class="1.2.840.10008.5.1.4.1.1.2",
            series_uid="1.2.3.9", series_description="肺窗", modality="CT", number=number, frames=1, size=1,
            sha256="0" * 64,
        )  # fmt: skip
    tracing = Study.objects.create(kind="ecg", modality="ECG", study_uid="1.2.4", **base)
    StudyFile.objects.create(
        study=tracing, sop_uid="1.2.4.1", sop_class="1.2.840.10008.5.1.4.1.1.9.1.1", series_uid="1.2.4.9",
        size=1, sha256="1" * 64,
    )  # fmt: skip
    glass = Study.objects.create(kind="slide", modality="SM", study_uid="1.2.5", **base)
    slide = Slide.objects.create(
        study=glass, title="胃窦", stain="he", state="ready", filename="a.svs", size=1, sha256="2" * 64,
        width=10, height=10, checked_at=timezone.now(),
    )  # fmt: skip
    one = tele.draft(patient)
    actions.choose_studies(actor=tele.doctor, one=one, studies=[pictures, tracing, glass])
    actions.add_file(actor=tele.doctor, one=one, part="lab", title="化验单", filename="x.pdf", content=PDF)
    actions.add_file(
        actor=tele.doctor, one=one, part="ecg", title="照片", filename="x.png",
        content=b"\x89PNG\r\n\x1a\n" + b"0" * 40,
    )  # fmt: skip
    actions.approve(actor=tele.office, one=actions.submit(actor=tele.doctor, one=one))
    actions.accept(actor=tele.other_office, one=one)
    actions.assign(actor=tele.other_office, one=one, experts=[tele.expert])
    room = actions.open_session(actor=tele.doctor, one=one)
    shown = list(room.exhibits.values_list("kind", "title", "source"))
    assert shown == [
        ("series", "CT 影像", "/app/imaging/studies/1.2.3/"),
        ("image", "心电图", "/app/imaging/studies/1.2.4/tracing.svg"),
        ("slide", "胃窦 · HE 染色", f"/app/slides/{slide.number}/overview/"),
        ("image", "照片", f"/app/telehealth/files/{one.files.get(title='照片').pk}/"),
        ("board", "白板", ""),
    ]


def test_the_consultation_shows_what_happened_in_the_room(tele: Tele) -> None:
    one = tele.assigned()
    doctor, expert = client_of(tele.doctor), client_of(tele.signer())
    page = expert.get(f"/app/telehealth/{one.pk}/").content.decode()
    assert "打开会诊室" in page
    assert "实时连线</" not in page
    answer = doctor.post(f"/app/telehealth/{one.pk}/room/", {"version": one.version})
    room = Room.objects.get(reference=one.reference)
    assert (answer.status_code, answer["Location"]) == (302, f"/app/rooms/{room.pk}/")
    page = expert.get(f"/app/telehealth/{one.pk}/").content.decode()
    assert "进入会诊室" in page
    assert "没有连线" in page
    # Never live: the opinion is signed as ever.
    actions.sign(actor=tele.signer(), one=one, written=SAID)
    come(room, tele.doctor, tele.signer())
    now = timezone.now()
    Presence.objects.filter(room=room).update(joined_at=now - dt.timedelta(minutes=12))
    actions.acknowledge(actor=tele.doctor, one=one, adoption="full")
    actions.close(actor=tele.doctor, one=one)
    page = doctor.get(f"/app/telehealth/{one.pk}/").content.decode()
    assert "共同在室 12.0 分钟" in page
    assert "周专家" in page
    assert client_of(tele.third["clinician"]).post(f"/app/telehealth/{one.pk}/room/").status_code == 404


def test_two_windows_of_one_person_are_not_a_session() -> None:
    at = timezone.now()

    def stay(user: int, since: int, until: int | None) -> Presence:
        minutes = [at + dt.timedelta(minutes=one) for one in (since, until or 0)]
        return Presence(user_id=user, joined_at=minutes[0], left_at=minutes[1] if until else None)

    def minutes(*stays: Presence) -> float:
        return sessions.together(stays, at + dt.timedelta(minutes=60)).total_seconds() / 60

    assert minutes() == minutes(stay(1, 0, 30)) == minutes(stay(1, 0, 30), stay(1, 10, 40)) == 0
    assert minutes(stay(1, 0, 30), stay(2, 30, 40)) == 0
    assert minutes(stay(1, 0, 30), stay(2, 20, 40), stay(3, 25, 50)) == 20
    assert minutes(stay(1, 0, None), stay(2, 50, None)) == 10
