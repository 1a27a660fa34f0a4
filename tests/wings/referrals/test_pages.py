"""The pages: typed, told, signed, answered, returned, closed; lists masked, looks written down."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from duikou.core.models import User
from duikou.core.scope import Actor
from duikou.wings.patients.models import Access
from duikou.wings.referrals import actions
from duikou.wings.referrals.models import Referral, Service, Signature
from duikou.wings.referrals.queries.waiting import waits_for
from tests.wings.referrals.conftest import Way


def client_of(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def typed(way: Way, number: str, **more: Any) -> dict[str, Any]:
    return {
        "key": "12345678-page", "patient": number, "place": f"{way.home.pk}-0", "direction": "up",
        "urgency": "routine", "diagnosis": "急性心肌梗死", "code": "I21.0",
        "conditions_up": ["no_technique"], "service": str(way.heart_service.pk), "why": "介入治疗",
        "summary": "胸痛 3 小时。\n心电图示前壁抬高。", **more,
    }  # fmt: skip


def test_from_the_form_to_the_outcome(way: Way) -> None:
    patient = way.agreed()
    county, expert = client_of(way.doctor), client_of(way.expert)
    url = reverse("referrals:new")
    assert patient.number in county.get(f"{url}?patient={patient.number}").content.decode()
    answer = county.post(url, typed(way, patient.number))
    referral = Referral.objects.get()
    page = reverse("referrals:referral", args=[referral.pk])
    assert answer.headers["Location"] == page
    assert county.post(url, typed(way, patient.number)).headers["Location"] == page  # sent twice
    refused = county.post(url, typed(way, patient.number, key="12345678-other"))
    assert refused.status_code == 409
    assert "REF-08" in refused.content.decode()
    assert expert.get(page).status_code == 404
    assert county.post(reverse("referrals:send", args=[referral.pk]), {"version": 1}).status_code == 302
    again = county.post(reverse("referrals:send", args=[referral.pk]), {"version": 1})
    assert again.status_code == 409
    said = expert.get(page).content.decode()
    for words in ("於碶峃", "胸痛 3 小时", "签名并接受", "转出医师", "与签名时一致", "转诊单（PDF）"):
        assert words in said
    assert Access.objects.filter(purpose="referral", user=way.expert.user_id).count() == 1
    accept = reverse("referrals:accept", args=[referral.pk])
    assert "余 2" in expert.get(accept).content.decode()
    assert expert.post(accept, {"version": 2}).status_code == 422
    day = timezone.localdate() + dt.timedelta(days=1)
    slot = way.heart_service.slots.get(weekday=day.isoweekday())
    chosen = {"version": 2, "place": f"{day}_{slot.pk}", "bed": "12 床"}
    assert expert.post(accept, chosen).status_code == 302
    at = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    assert (
        expert.post(reverse("referrals:arrive", args=[referral.pk]), {"version": 3, "at": at}).status_code
        == 302
    )
    assert expert.post(reverse("referrals:treat", args=[referral.pk]), {"version": 4}).status_code == 302
    soon = timezone.localdate() + dt.timedelta(days=7)
    back = {"version": 5, "summary": "支架一枚", "plan": "双抗 12 个月", "follow_ups": f"{soon} 血压"}
    wrong = expert.post(reverse("referrals:refer_back", args=[referral.pk]), {**back, "follow_ups": "下周"})
    assert wrong.status_code == 422
    assert expert.post(reverse("referrals:refer_back", args=[referral.pk]), back).status_code == 302
    assert county.post(reverse("referrals:confirm", args=[referral.pk]), {"version": 6}).status_code == 302
    said = county.get(page).content.decode()
    assert "双抗 12 个月" in said
    row = referral.follow_ups.get()
    done = {"on": timezone.localdate(), "finding": "血压平稳"}
    assert county.post(reverse("referrals:follow_up", args=[row.pk]), done).status_code == 302
    early = {"version": 7, "outcome": "improved", "on": timezone.localdate(), "note": ""}
    assert county.post(reverse("referrals:close", args=[referral.pk]), early).status_code == 422
    Referral.objects.filter(pk=referral.pk).update(back_at=timezone.now() - dt.timedelta(days=31))
    assert county.post(reverse("referrals:close", args=[referral.pk]), early).status_code == 302
    said = expert.get(page).content.decode()
    assert "於碶峃" not in said
    assert "胸痛" not in said
    assert "只显示日期和状态" in said
    assert expert.get(reverse("referrals:slip", args=[referral.pk])).status_code == 404
    assert Signature.objects.filter(factor="password").count() == 3


def test_what_is_told_while_typing(way: Way) -> None:
    patient = way.agreed()
    county = client_of(way.doctor)
    url = reverse("referrals:told")
    said = county.post(url, typed(way, patient.number, conditions_up=[])).content.decode()
    assert "先在县级诊治" in said
    assert "心血管内科转诊" in said
    assert "余 2" in said
    group = county.post(url, typed(way, patient.number, code="FR11", tier="")).content.decode()
    assert "还没有列出 DRG 组，“FR11”不能自动归入" in group
    way.draft(patient)
    live = Referral.objects.get()
    assert f"转诊 {live.pk}" in county.post(url, typed(way, patient.number)).content.decode()
    own = county.post(url, {**typed(way, patient.number), "pk": str(live.pk)}).content.decode()
    assert "已有在办转诊" not in own
    assert "没有编号为" in county.post(url, typed(way, "NOBODY")).content.decode()
    assert county.post(url, {}).status_code == 200
    assert county.post(url, {"service": "x", "pk": "²", "patient": "\x00"}).status_code == 200
    assert county.get(url).status_code == 405


@pytest.mark.parametrize("step", ["withdraw", "return", "decline"])
def test_a_step_with_its_reason(way: Way, step: str) -> None:
    referral = way.sent()
    client = client_of(way.doctor if step == "withdraw" else way.expert)
    url = reverse(f"referrals:{step}", args=[referral.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"version": referral.version, "reason": ""}).status_code == 422
    assert client.post(url, {"version": referral.version, "reason": "缺心电图"}).status_code == 302
    assert client.post(url, {"version": referral.version, "reason": "缺心电图"}).status_code == 409
    page = client.get(reverse("referrals:referral", args=[referral.pk])).content.decode()
    assert "缺心电图" in page


def test_returned_edited_and_sent_again(way: Way) -> None:
    referral = way.sent()
    actions.give_back(actor=way.expert, referral=referral, reason="缺心电图")
    county = client_of(way.doctor)
    edit = reverse("referrals:edit", args=[referral.pk])
    assert "胸痛 3 小时" in county.get(edit).content.decode()
    assert client_of(way.expert).get(edit).status_code == 403
    changed = typed(way, "", summary="补：V1–V4 抬高", version=referral.version)
    assert county.post(edit, changed).status_code == 302
    assert county.post(edit, changed).status_code == 409
    referral.refresh_from_db()
    complete = reverse("referrals:complete", args=[referral.pk])
    assert county.post(complete, {"version": referral.version}).status_code == 302
    assert "签名后有改动" in county.get(reverse("referrals:referral", args=[referral.pk])).content.decode()


def test_lists_are_masked_and_no_look(way: Way) -> None:
    referral = way.sent()
    Access.objects.all().delete()
    for actor in (way.doctor, way.expert, way.head, way.office):
        said = client_of(actor).get(reverse("referrals:list")).content.decode()
        assert referral.patient.number in said
        assert "於＊峃" in said
        assert "於碶峃" not in said
    assert (
        referral.patient.number
        not in client_of(way.third_doctor).get(reverse("referrals:list")).content.decode()
    )
    late = f"{reverse('referrals:list')}?late=yes"
    assert referral.patient.number not in client_of(way.doctor).get(late).content.decode()
    assert not Access.objects.exists()


def test_the_directory_is_kept_and_found(way: Way) -> None:
    office, doctor = client_of(way.other_office), client_of(way.doctor)
    new = reverse("referrals:new_service")
    body = {
        "place": f"{way.other.pk}-{way.other_heart.pk}", "name": "心律失常", "specialty": "cardiology",
        "takes": "both", "weekly": 3, "slots": "周二 09:00 2\n4 14:30 1人", "note": "带既往心电图",
    }  # fmt: skip
    assert office.post(new, {**body, "slots": "每天"}).status_code == 422
    assert office.post(new, body).status_code == 302
    assert office.post(new, body).status_code == 409
    made = Service.objects.get(name="心律失常")
    assert [str(slot) for slot in made.slots.all()] == ["周二 09:00", "周四 14:30"]
    page = reverse("referrals:service", args=[made.pk])
    assert "带既往心电图" in doctor.get(page).content.decode()
    edit = reverse("referrals:edit_service", args=[made.pk])
    assert "2 09:00 2" in office.get(edit).content.decode()
    assert doctor.get(edit).status_code == 403
    assert client_of(way.office).get(edit).status_code == 404
    assert office.post(edit, {**body, "weekly": 4, "version": 1}).status_code == 302
    assert office.post(edit, {**body, "weekly": 5, "version": 1}).status_code == 409
    assert "心律失常" in doctor.get(reverse("referrals:services")).content.decode()
    close = reverse("referrals:close_service", args=[made.pk])
    assert office.post(close).status_code == 302
    assert doctor.get(page).status_code == 404


def test_the_slip_in_both_languages(way: Way) -> None:
    referral = way.back()
    county = client_of(way.doctor)
    url = reverse("referrals:slip", args=[referral.pk])
    for language in ("zh-hans", "en"):
        county.cookies["django_language"] = language
        answer = county.get(url)
        assert answer.status_code == 200
        assert answer.content.startswith(b"%PDF")
        assert referral.patient.name not in answer.headers["Content-Disposition"]
    assert Access.objects.filter(place="pdf").count() == 2
    assert client_of(way.third_doctor).get(url).status_code == 404


def test_numbers_and_what_ran_out(way: Way) -> None:
    referral = way.sent()
    other = way.sent(way.without_card_agreed())
    actions.decline(actor=way.expert, referral=other, reason="无床位")
    office = client_of(way.other_office)
    for name in ("counts", "counts_department", "counts_doctor"):
        url = reverse(f"referrals:{name}")
        assert way.home.name in office.get(url).content.decode()
        sheet = load_workbook(io.BytesIO(b"".join(office.get(url, {"export": "xlsx"})))).active
        assert sheet is not None
        assert sheet.max_row == 2
    doctors = office.get(reverse("referrals:counts_doctor")).content.decode()
    assert "转出医师" in doctors
    assert (
        way.home.name
        not in client_of(way.at(way.third.org, "medical_office", "n"))
        .get(reverse("referrals:counts"))
        .content.decode()
    )
    now = timezone.now()
    overdue = reverse("referrals:overdue")
    assert "应办医院" not in office.get(overdue).content.decode()
    late = {"started_at": now - dt.timedelta(hours=30), "due_at": now - dt.timedelta(hours=25)}
    assert referral.clocks.update(**late) == 1
    actions.escalate(now=now)
    page = office.get(overdue).content.decode()
    assert "应办医院" in page
    assert re.search(rf">\s*{referral.pk}\s*<", page)


def test_what_waits_for_whom(way: Way) -> None:
    def waiting(actor: Actor) -> dict[str, int]:
        return {one.kind: one.count for one in waits_for(actor)}

    referral = way.sent()
    assert waiting(way.expert) == {"referral_answer": 1}
    assert waiting(way.doctor) == waiting(way.third_doctor) == {}
    actions.give_back(actor=way.expert, referral=referral, reason="缺心电图")
    assert waiting(way.doctor) == {"referral_complete": 1}
    actions.complete(actor=way.doctor, referral=referral)
    actions.accept(actor=way.expert, referral=referral, appointment=way.appointed(0))
    assert waiting(way.expert) == {"referral_arrival": 1}
    actions.arrive(actor=way.expert, referral=referral)
    actions.refer_back(actor=way.expert, referral=referral, plan=way.plan())
    assert waiting(way.doctor) == {"referral_confirm": 1}
    actions.confirm(actor=way.doctor, referral=referral)
    assert waiting(way.doctor) == {}
    Referral.objects.update(back_at=timezone.now() - dt.timedelta(days=31))
    assert waiting(way.doctor) == {"referral_outcome": 1}
