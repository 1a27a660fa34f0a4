"""The pages of both sides, and what a third hospital's people get: nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from duikou.core.models import User
from duikou.core.scope import Actor
from duikou.wings.imaging.models import Study
from duikou.wings.patients.models import Access
from duikou.wings.telehealth import actions
from duikou.wings.telehealth.models import CaseFile, Consultation, Expert, Opinion, Slot
from duikou.wings.telehealth.queries import counts
from duikou.wings.telehealth.queries.waiting import waits_for
from duikou.wings.telehealth.urls import urlpatterns
from tests.wings.telehealth.conftest import PDF, Tele


def client_of(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def at(name: str, *args: Any) -> str:
    return reverse(f"telehealth:{name}", args=args)


def said(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


def typed(tele: Tele, **more: Any) -> dict[str, Any]:
    return {
        "invited": tele.other.pk, "key": "k1", "kind": "consultation", "urgency": "urgent",
        "specialty": "respiratory", "title": "副主任医师", "reason_wanted": "不明", "aim": "明确诊断",
        "diagnosis": "肺结节", "summary": "体检发现", **more,
    }  # fmt: skip


def test_the_whole_way_on_the_pages(tele: Tele) -> None:
    patient = tele.agreed()
    doctor, office = client_of(tele.doctor), client_of(tele.office)
    triage, expert = client_of(tele.other_office), client_of(tele.signer())
    assert patient.number in said(doctor.get(at("choose")))
    new = at("new", patient.number)
    assert "浙江医院" in said(doctor.get(new))
    assert doctor.post(new, typed(tele, aim="")).status_code == 422
    for _twice in range(2):
        assert doctor.post(new, typed(tele)).status_code == 302
    one = Consultation.objects.get()
    page = at("consultation", one.pk)
    assert "提交医务科" in said(doctor.get(page))
    bad = SimpleUploadedFile("x.pdf", b"<svg/>")
    assert doctor.post(at("add_file", one.pk), {"part": "lab", "file": bad}).status_code == 422
    good = SimpleUploadedFile("x.pdf", PDF)
    assert (
        doctor.post(at("add_file", one.pk), {"part": "lab", "title": "血", "file": good}).status_code == 302
    )
    file = CaseFile.objects.get()
    assert "修改病例" in said(doctor.get(at("edit", one.pk)))
    assert doctor.post(at("edit", one.pk), typed(tele, history="高血压")).status_code == 302
    study = Study.objects.create(
        patient=patient, hospital=tele.home, scope_path=tele.home.scope_path, kind="dicom", modality="CT",
        study_uid="1.2.3",
    )  # fmt: skip
    assert "影像 CT" in said(doctor.get(at("studies", one.pk)))
    assert doctor.post(at("studies", one.pk), {"studies": [study.pk]}).status_code == 302
    assert doctor.post(at("submit", one.pk)).status_code == 302
    assert triage.get(page).status_code == 404
    assert office.post(at("send_back", one.pk), {"reason": "补既往史"}).status_code == 302
    assert doctor.post(at("submit", one.pk)).status_code == 302
    assert office.post(at("approve", one.pk)).status_code == 302
    assert "於碶峃" in said(triage.get(page))
    assert triage.get(at("file", file.pk)).status_code == 200
    assert triage.post(at("return", one.pk), {"reason": "请附片"}).status_code == 302
    assert doctor.post(at("resend", one.pk)).status_code == 302
    assert triage.post(at("accept", one.pk), {"version": "1"}).status_code == 409  # an old page
    assert triage.post(at("accept", one.pk)).status_code == 302
    assert "符合" in said(triage.get(at("assign", one.pk)))
    assert triage.post(at("assign", one.pk), {"chair": tele.expert.pk}).status_code == 302
    slot = tele.slot()
    assert "周专家" in said(triage.get(at("schedule", one.pk)))
    assert triage.post(at("schedule", one.pk), {"slot": slot.pk}).status_code == 302
    assert triage.post(at("unschedule", one.pk)).status_code == 302
    opinion = at("opinion", one.pk)
    assert "体检发现" in said(expert.get(opinion))
    half = {"findings": "写到一半", "act": "keep"}
    assert expert.post(opinion, half).status_code == 302
    assert "写到一半" in said(expert.get(opinion))
    assert expert.post(opinion, {**half, "act": "sign"}).status_code == 422
    whole = {"findings": "结节", "conclusion": "良性", "act": "sign"}
    assert expert.post(opinion, whole).status_code == 302
    assert expert.post(opinion, whole).status_code == 302  # sent twice: one opinion
    assert Opinion.objects.count() == 1
    assert doctor.get(at("pdf", one.pk)).content.startswith(b"%PDF-")
    assert "与签名时一致" in said(doctor.get(page))
    assert doctor.post(at("acknowledge", one.pk), {"adoption": "not"}).status_code == 422
    assert doctor.post(at("acknowledge", one.pk), {"adoption": "full"}).status_code == 302
    assert doctor.post(at("close", one.pk)).status_code == 302
    for client in (doctor, triage):
        assert client.post(at("rate", one.pk), {"timely": 5, "useful": 5}).status_code == 302
    assert one.ratings.count() == 2
    shut = said(expert.get(page))
    assert "於碶峃" not in shut
    assert "体检发现" not in shut
    assert "良性" in shut  # the own opinion is kept
    assert expert.get(at("pdf", one.pk)).content.startswith(b"%PDF-")
    assert triage.get(at("file", file.pk)).status_code == 409


def test_withdrawn_consent_shuts_the_case_with_a_clear_message(tele: Tele) -> None:
    one = tele.assigned()
    tele.takes_back(one.patient)
    expert = client_of(tele.signer())
    text = said(expert.get(at("consultation", one.pk)))
    assert "停止阅览" in text
    assert "於碶峃" not in text
    assert "停止阅览" in said(expert.get(at("opinion", one.pk)))
    written = {"findings": "结节", "conclusion": "良性", "act": "sign"}
    assert expert.post(at("opinion", one.pk), written).status_code == 409


def test_every_opening_is_a_look_and_no_list_is_one(tele: Tele) -> None:
    one = tele.assigned()
    expert = client_of(tele.signer())
    before = Access.objects.count()
    for name in ("list", "received", "experts"):
        assert expert.get(at(name)).status_code == 200
    assert Access.objects.count() == before
    listed = said(client_of(tele.other_office).get(at("received")))
    assert "於＊" in listed
    assert "於碶峃" not in listed
    expert.get(at("consultation", one.pk))
    assert Access.objects.count() == before + 1


@pytest.mark.parametrize("role", ["clinician", "medical_office"])
def test_a_third_hospital_is_refused_at_every_address(tele: Tele, role: str) -> None:
    one, _opinion = tele.signed()
    file = CaseFile.objects.create(
        consultation=one, part="lab", title="血常规",
        document=actions.requests.documents.keep(PDF, filename="a.pdf", scope_path="", actor=tele.doctor),
    )  # fmt: skip
    slot = tele.slot()
    keys = {"file": file.pk, "remove_file": file.pk, "withdraw_slot": slot.pk}
    experts = ("expert", "correct_expert", "leave_pool", "offer_slot")
    client = client_of(tele.third[role])
    version = one.version
    asked = 0
    for pattern in urlpatterns:
        name = pattern.name or ""
        if "<" not in str(pattern.pattern):
            continue
        key = (
            one.patient.number
            if name == "new"
            else keys.get(name, tele.expert.pk if name in experts else one.pk)
        )
        keys_of = (key, 1) if "<int:picture>" in str(pattern.pattern) else (key,)
        for method in ("get", "post"):
            status = getattr(client, method)(at(name, *keys_of)).status_code
            other = "post" if name == "feed" else "get"  # the method that the page does not take
            assert status in (403, 404) or (method == other and status == 405), (name, method, status)
            asked += 1
    assert asked >= 56
    one.refresh_from_db()
    assert one.version == version


def test_the_pool_on_its_pages(tele: Tele) -> None:
    from duikou.wings.people.models import Person

    office = client_of(tele.other_office)
    person = Person.objects.create(hospital=tele.other, name="郑新人", title="主任医师")
    values = {"person": person.pk, "practising_since": "2010-07-01", "kinds": ["ecg", "imaging"]}
    assert office.post(at("new_expert"), {**values, "kinds": []}).status_code == 422
    assert office.post(at("new_expert"), values).status_code == 302
    found = Expert.objects.get(person=person)
    assert "郑新人" in said(office.get(at("experts")))
    begins = timezone.localtime() + dt.timedelta(days=2)
    ends = begins + dt.timedelta(minutes=30)
    time = {"begins_at": begins.strftime("%Y-%m-%dT%H:%M"), "ends_at": ends.strftime("%Y-%m-%dT%H:%M")}
    assert office.post(at("offer_slot", found.pk), time).status_code == 302
    assert "空闲" in said(office.get(at("expert", found.pk)))
    assert office.post(at("withdraw_slot", Slot.objects.get().pk)).status_code == 302
    assert "影像诊断" in said(office.get(at("correct_expert", found.pk)))
    assert office.post(at("correct_expert", found.pk), {**values, "kinds": ["ecg"]}).status_code == 302
    assert office.post(at("leave_pool", found.pk), {"reason": "调离"}).status_code == 302
    own = client_of(tele.signer())
    assert "登记空闲时段" in said(own.get(at("expert", tele.expert.pk)))
    assert own.get(at("correct_expert", tele.expert.pk)).status_code == 403


def test_what_waits_for_whom(tele: Tele) -> None:
    def kinds(actor: Actor) -> set[str]:
        return {item.kind for item in waits_for(actor)}

    one = actions.submit(actor=tele.doctor, one=tele.draft())
    assert kinds(tele.office) == {"consult_approve"}
    actions.approve(actor=tele.office, one=one)
    assert kinds(tele.other_office) == {"consult_answer"}
    actions.accept(actor=tele.other_office, one=one)
    actions.assign(actor=tele.other_office, one=one, experts=[tele.expert])
    assert kinds(tele.signer()) == {"consult_sign"}
    assert kinds(tele.other_office) == set()
    actions.sign(actor=tele.signer(), one=one, written=actions.Written("a", "b"))
    Consultation.objects.update(due_at=timezone.now() - dt.timedelta(hours=1))
    assert kinds(tele.doctor) == {"consult_acknowledge", "consult_late"}
    assert not kinds(tele.third["medical_office"])


def test_numbers_by_pair_department_doctor_and_month(tele: Tele, django_assert_num_queries: Any) -> None:
    one = tele.acknowledged()
    actions.rate(actor=tele.doctor, one=one, side="inviting", timely=5, useful=4)
    actions.decline(actor=tele.other_office, one=tele.sent(patient=one.patient, kind="ecg"), reason="无设备")
    tele.draft(one.patient)  # never sent, never counted
    county = tele.home.org.parent
    assert county is not None
    officer = tele.at(county, "county_officer")
    with django_assert_num_queries(1):
        (line,) = counts.counts(officer, "pair")
    assert (line.first, line.second) == ("安吉县人民医院", "浙江医院")
    assert (line.sent, line.diagnoses, line.declined, line.signed, line.counted, line.adopted) == (
        2,
        1,
        1,
        1,
        1,
        1,
    )
    assert line.rated == 4
    assert [row.second for row in counts.counts(officer, "doctor")] == ["周专家"]
    assert [row.first for row in counts.counts(officer, "month")] == [timezone.localdate().strftime("%Y-%m")]
    assert [row.sent for row in counts.counts(officer, "department")] == [2]
    client = client_of(officer)
    for name in ("counts", "counts_departments", "counts_doctors", "counts_months"):
        assert client.get(at(name)).status_code == 200
        answer = client.get(at(name), {"export": "xlsx"})
        assert b"".join(answer.streaming_content if answer.streaming else [answer.content])[:2] == b"PK"
    assert client.get(at("list")).status_code == 403
    assert counts.counts(tele.third["medical_office"], "pair") == []


def test_a_worklist_of_many_asks_few_questions(tele: Tele, django_assert_max_num_queries: Any) -> None:
    one = tele.sent()
    for _copy in range(40):
        one.pk, one.request_key = None, ""
        one._state.adding = True
        one.save()
    client = client_of(tele.other_office)
    with django_assert_max_num_queries(12):  # with the session, the account and the frame's own
        assert client.get(at("received")).status_code == 200
