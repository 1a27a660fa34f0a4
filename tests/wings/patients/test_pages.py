"""The pages: typed, told, looked at, decided; nothing personal in an address or a list."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from duikou.core.models import User
from duikou.core.scope import Actor
from duikou.wings.patients import actions
from duikou.wings.patients.models import Access, BreakGlass, Consent, Erasure, Patient, Share
from duikou.wings.patients.queries import counts
from duikou.wings.patients.queries.waiting import waits_for
from tests.wings.patients.conftest import BORN, Ward, card

REASON = "车祸昏迷，须立即了解既往病史"


def client_of(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def typed(ward: Ward, **more: Any) -> dict[str, Any]:
    return {
        "place": f"{ward.home.pk}-0", "name": "於碶峃", "identity_kind": "card", "identity": card(),
        "birth_date": BORN.isoformat(), "sex": "male", "phone": "13800000001", "payment": "own",
        "residence": "330523", "care": "outpatient", "last_contact_on": "2014-03-01", **more,
    }  # fmt: skip


def test_a_patient_is_entered_on_the_page_and_the_second_try_is_told(ward: Ward) -> None:
    client = client_of(ward.doctor)
    url = reverse("patients:new")
    assert "边输入边查重" in client.get(url).content.decode()
    answer = client.post(url, typed(ward))
    patient = Patient.objects.get()
    assert answer.headers["Location"] == reverse("patients:patient", args=[patient.number])
    assert patient.residence is not None
    assert patient.residence.name == "安吉县"
    again = client.post(url, typed(ward))
    assert again.status_code == 409
    assert patient.number in again.content.decode()
    wrong = client.post(url, typed(ward, identity=card()[:-1]))
    assert wrong.status_code == 422
    assert "18 位" in wrong.content.decode()
    assert client.post(url, typed(ward, place=f"{ward.other.pk}-0")).status_code == 422


def test_doubles_are_shown_while_typing(ward: Ward) -> None:
    patient = ward.patient()
    same = reverse("patients:same")
    own = client_of(ward.doctor).post(same, typed(ward)).content.decode()
    assert patient.number in own
    assert "同一证件号码" in own
    abroad = typed(ward, place=f"{ward.other.pk}-0", name="")
    told = client_of(ward.other_doctor).post(same, abroad).content.decode()
    assert "安吉县人民医院" in told
    assert patient.number not in told
    assert "於" not in told
    assert Access.objects.get().grounds == "match"
    nothing = client_of(ward.doctor).post(same, {"place": "x", "identity": "1"})
    assert nothing.status_code == 200
    assert client_of(ward.doctor).get(same).status_code == 405


def test_the_page_of_a_patient_masks_and_tells_who_looked(ward: Ward) -> None:
    patient, client = ward.patient(), client_of(ward.doctor)
    url = reverse("patients:patient", args=[patient.number])
    said = client.get(url).content.decode()
    assert "於碶峃" in said
    assert card() not in said
    assert ward.doctor.label in said
    full = client.post(reverse("patients:full", args=[patient.number])).content.decode()
    assert card() in full
    assert "13800000001" in full
    assert list(Access.objects.order_by("pk").values_list("place", flat=True)) == ["page", "in_full"]
    assert client_of(ward.other_doctor).get(url).status_code == 404


def test_a_search_goes_through_the_body(ward: Ward) -> None:
    patient, client = ward.patient(), client_of(ward.doctor)
    url = reverse("patients:find")
    assert client.get(url).status_code == 200
    for text in ("於碶峃", card(), patient.number):
        assert patient.number in client.post(url, {"text": text}).content.decode()
    assert "没有找到" in client.post(url, {"text": "於"}).content.decode()
    assert client.post(url, {"text": ""}).status_code == 422
    assert "没有找到" in client_of(ward.other_doctor).post(url, {"text": card()}).content.decode()
    assert not Access.objects.exists()


def test_a_record_is_corrected_on_the_page(ward: Ward) -> None:
    patient, client = ward.patient(), client_of(ward.doctor)
    url = reverse("patients:edit", args=[patient.number])
    assert card() in client.get(url).content.decode()
    assert Access.objects.get().purpose == "correction"
    values = typed(ward, name="於碶岳", reason="听错", version=1, department=ward.heart.pk)
    assert client.post(url, values).status_code == 302
    patient.refresh_from_db()
    assert (patient.name, patient.department) == ("於碶岳", ward.heart)
    assert client.post(url, values).status_code == 409  # the version of before
    said = client.get(reverse("patients:patient", args=[patient.number])).content.decode()
    assert "听错" in said


def test_consents_on_the_pages(ward: Ward) -> None:
    patient, client = ward.patient(), client_of(ward.doctor)
    url = reverse("patients:consent", args=[patient.number])
    assert "我已了解转往对方医院的原因" in client.get(url).content.decode()
    moment = (timezone.localtime() - dt.timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M")
    said = {"purpose": "referral", "giver": "patient", "way": "written", "given_at": moment}
    refused = client.post(url, said)
    assert refused.status_code == 422
    assert "TEL-04" in refused.content.decode()
    paper = SimpleUploadedFile("同意书.pdf", b"%PDF-1.4 signed")
    assert client.post(url, {**said, "file": paper}).status_code == 302
    given = Consent.objects.get()
    download = client.get(reverse("patients:paper", args=[given.pk]))
    assert download.getvalue() == b"%PDF-1.4 signed"
    assert Access.objects.filter(place="pdf").count() == 1
    oral = {
        **said, "purpose": "consultation", "way": "oral", "witness_one": "甲", "witness_two": "乙",
        "circumstances": "抢救",
    }  # fmt: skip
    assert client.post(url, oral).status_code == 302
    spoken = Consent.objects.get(way="oral")
    assert [one.kind for one in waits_for(ward.doctor)] == ["patient_consent"]
    assert patient.number in client.get(reverse("patients:to_confirm")).content.decode()
    now = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    confirm = reverse("patients:confirm", args=[spoken.pk])
    assert client.get(confirm).status_code == 200
    assert client.post(confirm, {"at": now, "kept_at": "病历室"}).status_code == 302
    withdraw = reverse("patients:withdraw", args=[given.pk])
    assert client.get(withdraw).status_code == 200
    assert client.post(withdraw, {"at": now, "by": "patient"}).status_code == 302
    page = client.get(reverse("patients:patient", args=[patient.number])).content.decode()
    assert "已撤回" in page
    assert client_of(ward.other_doctor).get(url).status_code == 404


def test_sharing_and_merging_on_the_pages(ward: Ward) -> None:
    patient, double, client = ward.patient(), ward.without_card(), client_of(ward.office)
    until = (timezone.localtime() + dt.timedelta(days=5)).strftime("%Y-%m-%dT%H:%M")
    share = reverse("patients:share", args=[patient.number])
    assert client.get(share).status_code == 200
    assert (
        client.post(share, {"hospital": ward.other.pk, "reason": "复查", "until": until}).status_code == 302
    )
    theirs = client_of(ward.other_doctor)
    page = reverse("patients:patient", args=[patient.number])
    assert "安吉县人民医院保管" in theirs.get(page).content.decode()
    end = reverse("patients:unshare", args=[Share.objects.get().pk])
    assert theirs.post(end).headers["Location"] == reverse("patients:list")
    assert theirs.get(page).status_code == 404
    merge = reverse("patients:merge", args=[patient.number])
    assert client.post(merge, {"duplicate": "没有", "reason": "x"}).status_code == 409
    assert client.post(merge, {"duplicate": double.number.lower(), "reason": "同一人"}).status_code == 302
    moved = client.get(reverse("patients:patient", args=[double.number]))
    assert moved.headers["Location"] == page
    assert "同一人" in client.get(page).content.decode()
    undo = reverse("patients:undo_merge", args=[patient.merges.get().pk])
    assert client.get(undo).status_code == 200
    assert client.post(undo, {"reason": "两个人"}).status_code == 302
    assert Patient.objects.standing().count() == 2


def test_an_emergency_from_the_form_to_the_review(ward: Ward) -> None:
    patient = ward.patient()
    theirs, office = client_of(ward.other_doctor), client_of(ward.office)
    url = reverse("patients:break_glass")
    assert "PAT-03" in theirs.get(url).content.decode()
    assert theirs.post(url, {"named": card(), "reason": "急"}).status_code == 422
    assert theirs.post(url, {"named": "没有", "reason": REASON}).status_code == 409
    opened = theirs.post(url, {"named": card(), "reason": REASON})
    assert opened.headers["Location"] == reverse("patients:patient", args=[patient.number])
    assert "紧急调阅" in theirs.get(opened.headers["Location"]).content.decode()
    assert [one.kind for one in waits_for(ward.office)] == ["patient_emergency"]
    assert list(waits_for(ward.other_office)) == []
    listed = office.get(reverse("patients:emergencies"), {"reviewed": "no"}).content.decode()
    assert REASON in listed
    review = reverse("patients:review", args=[BreakGlass.objects.get().pk])
    assert "页面" in office.get(review).content.decode()
    assert office.post(review, {"justified": "no"}).status_code == 422
    assert office.post(review, {"justified": "no", "remark": "未见抢救"}).status_code == 302
    assert "未见抢救" in office.get(review).content.decode()
    assert client_of(ward.other_office).get(review).status_code == 404


def test_what_is_due_is_erased_by_two_on_the_pages(ward: Ward) -> None:
    patient = ward.patient(last_contact_on=dt.date(1990, 5, 6))
    first, second = client_of(ward.office), client_of(ward.second_office)
    assert patient.number in first.get(reverse("patients:due")).content.decode()
    propose = reverse("patients:propose", args=[patient.number])
    assert "2005-05-06" in first.get(propose).content.decode()
    assert first.post(propose, {"reason": "到期"}).status_code == 302
    decide = reverse("patients:decide", args=[Erasure.objects.get().pk])
    assert first.post(decide, {"agreed": "yes"}).status_code == 403
    assert second.get(decide).status_code == 200
    assert second.post(decide, {"agreed": "no"}).status_code == 422
    assert second.post(decide, {"agreed": "yes"}).status_code == 302
    assert "已销毁" in second.get(reverse("patients:erasures")).content.decode()
    assert second.get(decide).status_code == 200
    page = first.get(reverse("patients:patient", args=[patient.number])).content.decode()
    assert "已到期销毁" in page


def test_the_keeper_exports_the_looks_without_any_name(ward: Ward) -> None:
    patient = ward.patient()
    actions.look(actor=ward.doctor, number=patient.number, where="page")
    client = client_of(ward.office)
    answer = client.get(reverse("patients:looks"), {"export": "xlsx", "number": patient.number})
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    book = load_workbook(io.BytesIO(content))
    rows = list(book.worksheets[0].iter_rows(values_only=True))
    assert len(rows) == 2
    assert patient.number in rows[1]
    assert ward.doctor.label in rows[1]
    assert "於碶峃" not in str(rows)
    assert client_of(ward.doctor).get(reverse("patients:looks")).status_code == 403


def test_numbers_for_authorities(ward: Ward) -> None:
    first = ward.patient()
    ward.agrees(first)
    second = ward.without_card()
    gone = ward.agrees(second)
    actions.withdraw_consent(actor=ward.doctor, consent=gone, at=timezone.now(), by="patient")
    actions.break_glass(actor=ward.other_doctor, named=card(), reason=REASON)
    province = ward.home.org
    while province.parent is not None and province.kind != "province":
        province = province.parent
    [line] = counts.counts(ward.at(province, "provincial_officer"))
    assert (line.patients, line.consents, line.withdrawn) == (2, {"consultation": 1}, 1)
    assert (line.emergencies, line.open, line.unjustified) == (1, 1, 0)
    assert counts.counts(ward.other_doctor) == []


def test_lists_ask_a_fixed_number_of_questions(ward: Ward, django_assert_max_num_queries: Any) -> None:
    for number in range(1, 9):
        ward.patient(identity=card(number), department=ward.heart)
    client = client_of(ward.doctor)
    client.get(reverse("patients:list"))
    with django_assert_max_num_queries(8):
        said = client.get(reverse("patients:list"), {"care": "outpatient", "sort": "-born"}).content.decode()
    assert "於＊峃" in said
    assert "於碶峃" not in said


def test_pages_in_english_hold_no_chinese_but_names(ward: Ward) -> None:
    patient = ward.patient()
    ward.agrees(patient)
    client = client_of(ward.doctor)
    said = client.get(
        reverse("patients:patient", args=[patient.number]), headers={"Accept-Language": "en"}
    ).content.decode()
    assert "Consents that stand now" in said
    assert "Remote consultation" in said or "remote consultation" in said
