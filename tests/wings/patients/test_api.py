"""The interface: the same rows and acts as the pages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from duikou.core.models import User
from duikou.core.scope import Actor
from duikou.wings.patients.models import Access, Consent, Merge, Patient, Share
from tests.wings.patients.conftest import BORN, Ward, card


class Caller:
    """Calls operations in the browser's session."""

    def __init__(self, actor: Actor) -> None:
        self.client = Client()
        self.client.force_login(User.objects.get(pk=actor.user_id))

    def __call__(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        options = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        answer = getattr(self.client, method)(f"/api/v1{path}", **options)
        assert answer.status_code == status, answer.content.decode()
        return answer.json() if answer.content else None


DETAILS = {
    "name": "於碶峃", "sex": "male", "birth_date": BORN.isoformat(), "payment": "own", "identity": card(),
    "phone": "13800000001", "residence": "330523",
}  # fmt: skip
AT = "2014-03-03T08:00:00+08:00"


@pytest.fixture
def made(ward: Ward) -> tuple[Ward, Caller, dict[str, Any]]:
    caller = Caller(ward.doctor)
    return ward, caller, caller("post", "/patients", {**DETAILS, "hospital_id": ward.home.pk}, 201)


def test_a_record_from_entry_to_merge(made: tuple[Ward, Caller, dict[str, Any]]) -> None:
    ward, caller, record = made
    number = record["number"]
    assert record["identity"] == "330*************" + card()[-2:]
    assert Access.objects.filter(place="api").count() == 1
    assert caller("post", f"/patients/{number}/in-full")["identity"] == card()
    assert caller("get", f"/patients/{number.lower()}")["residence"] == "330523"
    [item] = caller("get", "/patients")["items"]
    assert (item["name"], item["birth_year"]) == ("於＊峃", BORN.year)
    assert caller("post", "/patients/find", {"text": card()})[0]["number"] == number
    told = caller("post", "/patients", {**DETAILS, "hospital_id": ward.home.pk}, 409)
    assert number in told["message"]
    changed = {**DETAILS, "name": "於碶岳", "reason": "听错", "version": 1, "department_id": ward.heart.pk}
    assert caller("put", f"/patients/{number}", changed)["department_id"] == ward.heart.pk
    caller("put", f"/patients/{number}", changed, 409)
    double = ward.without_card()
    body = {"duplicate": double.number, "reason": "同一人"}
    merged = caller("post", f"/patients/{number}/merge", body, 201)
    assert caller("post", f"/patient-merges/{merged['id']}/undo", {"reason": "两个人"})["undone"]
    assert Merge.objects.get().undone_at
    stranger = Caller(ward.other_doctor)
    stranger("get", f"/patients/{number}", status=404)
    assert stranger("get", "/patients")["total"] == 0


def test_consents_shares_and_emergencies(made: tuple[Ward, Caller, dict[str, Any]]) -> None:
    ward, caller, record = made
    number = record["number"]
    consents = f"/patients/{number}/consents"
    body = {"purpose": "referral", "giver": "patient", "way": "written", "given_at": AT}
    assert "TEL-04" in caller("post", consents, body, 409)["message"]
    given = caller("post", consents, {**body, "kept_at": "病历室"}, 201)
    assert given["stands"]
    assert [one["id"] for one in caller("get", consents)] == [given["id"]]
    gone = caller("post", f"/patient-consents/{given['id']}/withdraw", {"by": "patient", "at": AT})
    assert not gone["stands"]
    caller("post", f"/patient-consents/{given['id']}/confirm", {"at": AT, "kept_at": "x"}, 409)
    assert Consent.objects.count() == 1
    wanted = {"hospital_id": ward.other.pk, "reason": "复查", "until": "2099-01-01T00:00:00+08:00"}
    shared = caller("post", f"/patients/{number}/shares", wanted, 201)
    assert caller("post", f"/patient-shares/{shared['id']}/end")["ended_at"]
    assert Share.objects.get().ended_at
    caller("post", f"/patients/{number}/shares", {**wanted, "hospital_id": ward.home.pk}, 404)
    stranger, office = Caller(ward.other_doctor), Caller(ward.office)
    opened = stranger(
        "post", "/patient-emergencies", {"named": card(), "reason": "车祸昏迷须立即了解病史"}, 201
    )
    assert stranger("get", f"/patients/{number}")["name"] == "於碶峃"
    assert office("get", "/patient-emergencies?reviewed=no")["total"] == 1
    office("post", f"/patient-emergencies/{opened['id']}/review", {"justified": True})
    assert office("get", "/patient-emergencies?reviewed=no")["total"] == 0
    assert {one["grounds"] for one in office("get", "/patient-looks")["items"]} == {"own", "emergency"}
    [line] = office("get", "/patient-counts")
    assert (line["patients"], line["emergencies"]) == (1, 1)
    caller("get", "/patient-looks", status=403)


def test_what_is_due_over_the_interface(ward: Ward) -> None:
    import datetime as dt

    patient = ward.patient(last_contact_on=dt.date(1990, 1, 1))
    first, second = Caller(ward.office), Caller(ward.second_office)
    assert first("get", "/patients-due")["items"][0]["kept_until"] == "2005-01-01"
    asked = first("post", f"/patients/{patient.number}/erasure", {"reason": "到期"}, 201)
    first("post", f"/patient-erasures/{asked['id']}/decide", {"agreed": True}, 403)
    assert second("post", f"/patient-erasures/{asked['id']}/decide", {"agreed": True})["state"] == "done"
    assert first("get", "/patient-erasures")["total"] == 1
    assert Patient.objects.get().name == ""
