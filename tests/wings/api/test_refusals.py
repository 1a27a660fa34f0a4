"""What breaks the document is refused with 422, what conflicts with the data with 409; nothing is guessed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from duikou.core.models import AuditEvent
from duikou.wings.hospitals.models import Hospital
from duikou.wings.pairings.models import Finding, Pairing
from tests.wings.api.callers import Caller

Make = Callable[..., Caller]
ALIAS = {"version": 1, "name": "县医院", "kind": "short"}


@pytest.fixture
def send(everything: Caller, client: Client) -> Callable[..., Any]:
    """Send a body (text as it is, anything else as JSON)."""

    def _send(path: str, body: Any, method: str = "post") -> Any:
        text = body if isinstance(body, str) else json.dumps(body)
        return getattr(client, method)(
            path, text, content_type="application/json", headers=everything.headers
        )

    return _send


@pytest.fixture
def get(everything: Caller, client: Client) -> Callable[[str], Any]:
    """Read an address."""
    return lambda path: client.get(path, headers=everything.headers)


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({**ALIAS, "colour": "red"}, "colour"),  # an unknown member
        ({**ALIAS, "version": True}, "version"),  # true is no number
        ({**ALIAS, "version": "1"}, "version"),  # a text is no number
        ({**ALIAS, "version": 1.5}, "version"),
        ({**ALIAS, "version": 0}, "version"),
        ({**ALIAS, "version": 2**31}, "version"),
        ({**ALIAS, "valid_from": 0}, "valid_from"),  # a number is no date
        ({**ALIAS, "valid_from": "2014-2-1"}, "valid_from"),
        ({**ALIAS, "valid_from": "2014-02-30"}, "valid_from"),
        ({**ALIAS, "valid_from": "2014-02-01T00:00:00"}, "valid_from"),
        ({**ALIAS, "confirmed": "true"}, "confirmed"),  # a text is no flag
        ({**ALIAS, "confirmed": 1}, "confirmed"),
        ({**ALIAS, "name": ""}, "name"),
        ({**ALIAS, "name": "a\x00b"}, "name"),
        ({**ALIAS, "name": "医" * 121}, "name"),
        ({**ALIAS, "name": 5}, "name"),
        ({**ALIAS, "kind": "official"}, "kind"),
        ({"version": 1, "kind": "short"}, "name"),
        ([], "body"),
        ('"\\ud800"', "body"),
        (json.dumps({**ALIAS, "name": "x"}).replace("x", "\\ud800"), "name"),  # half a character
    ],
)
def test_a_body_that_breaks_the_document_is_refused(send: Callable[..., Any], body: Any, where: str) -> None:
    hospital = Hospital.objects.order_by("pk").first()
    assert hospital is not None
    before = AuditEvent.objects.count()
    answer = send(f"/api/v1/hospitals/{hospital.pk}/aliases", body)
    assert answer.status_code == 422, answer.content
    told = answer.json()
    assert told["code"] == "malformed"
    assert where in told["fields"]
    assert AuditEvent.objects.count() == before


def test_two_and_two_point_nought_are_the_same_number(send: Callable[..., Any]) -> None:
    hospital = Hospital.objects.get(name="安吉县人民医院")
    answer = send(f"/api/v1/hospitals/{hospital.pk}/aliases", {**ALIAS, "version": float(hospital.version)})
    assert answer.status_code == 201


@pytest.mark.parametrize("body", ["{", "", "nonsense", "\xff"])
def test_an_unreadable_body_is_refused(send: Callable[..., Any], body: str) -> None:
    hospital = Hospital.objects.order_by("pk").first()
    assert hospital is not None
    answer = send(f"/api/v1/hospitals/{hospital.pk}/aliases", body)
    assert answer.status_code in (400, 422)
    assert answer.json()["code"] in ("unreadable", "malformed")


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=1_0", "limit"),
        ("limit=%205", "limit"),
        ("limit=true", "limit"),
        ("limit=5.0", "limit"),
        ("limit=", "limit"),
        ("offset=-1", "offset"),
        ("offset=1000001", "offset"),
        ("as_of=2014", "as_of"),
        ("as_of=0", "as_of"),
        ("as_of=2014-13-01", "as_of"),
        ("as_of=%D9%A2%D9%A0%D9%A1%D9%A4-01-01", "as_of"),  # digits of another script
        ("kind=hospital", "kind"),
        ("text=%00", "text"),
        ("text=" + "a" * 201, "text"),
        ("city=33;01", "city"),
        ("colour=red", "colour"),  # a parameter that does not exist
        ("limit=5&limit=6", "limit"),  # which one?
    ],
)
def test_a_parameter_that_breaks_the_document_is_refused(
    get: Callable[[str], Any], query: str, where: str
) -> None:
    answer = get(f"/api/v1/hospitals?{query}")
    assert answer.status_code == 422, answer.content
    assert where in answer.json()["fields"]


@pytest.mark.parametrize("pk", ["0", "-1", "1.5", "x", "true", str(2**63), "１"])
def test_an_id_that_cannot_be_one_is_refused(get: Callable[[str], Any], pk: str) -> None:
    assert get(f"/api/v1/hospitals/{pk}").status_code == 422


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_do_no_harm(get: Callable[[str], Any], day: str) -> None:
    for path in ("hospitals?as_of=", "divisions?as_of=", "tile-grid?as_of=", "pairings?on="):
        assert get(f"/api/v1/{path}{day}").status_code == 200, path
    outside = get(f"/api/v1/rounds/zhejiang-2014/figures?as_of={day}")
    assert outside.status_code == 409
    assert "as_of" in outside.json()["fields"]


def test_absent_and_out_of_scope_look_alike(caller: Make, client: Client) -> None:
    officer = caller("city_officer", "舟山市")
    samples = {
        "hospitals": Hospital.objects.filter(name="安吉县人民医院").values_list("pk", flat=True)[0],
        "pairings": Pairing.objects.filter(group="杭州市").values_list("pk", flat=True)[0],
        "findings": _foreign_finding(),
    }
    for kind, outside in samples.items():
        absent = client.get(f"/api/v1/{kind}/999999999", headers=officer.headers)
        hidden = client.get(f"/api/v1/{kind}/{outside}", headers=officer.headers)
        assert (absent.status_code, hidden.status_code) == (404, 404), kind
        told, other = absent.json(), hidden.json()
        assert told["message"].replace("999999999", "#") == other["message"].replace(str(outside), "#")
        assert told["code"] == other["code"] == "missing"


def _foreign_finding() -> int:
    """A finding of 长兴县, which is none of 舟山's business."""
    found = next(row for row in Finding.objects.filter(rule="PAIR-03") if row.subjects == ["长兴县"])
    return found.pk


def test_lists_hold_what_the_scope_allows(caller: Make, client: Client) -> None:
    officer = caller("city_officer", "舟山市")
    page = client.get("/api/v1/pairings?limit=200", headers=officer.headers).json()
    assert 0 < page["total"] < Pairing.objects.count()
    assert {item["city"] for item in page["items"]} == {"舟山市"}


def test_a_stale_version_changes_nothing(send: Callable[..., Any]) -> None:
    hospital = Hospital.objects.get(name="安吉县人民医院")
    body = {"version": hospital.version + 1, "name": "安吉医院", "kind": "short"}
    answer = send(f"/api/v1/hospitals/{hospital.pk}/aliases", body)
    assert answer.status_code == 409
    assert answer.json()["code"] == "conflict"
    assert not hospital.names.filter(name="安吉医院").exists()


def test_a_rule_of_the_business_is_a_conflict_with_its_fields(send: Callable[..., Any]) -> None:
    hospital = Hospital.objects.get(name="安吉县人民医院")
    body = {"version": hospital.version, "name": "安吉县第一医院", "on": "2999-01-01", "reason": "更名"}
    answer = send(f"/api/v1/hospitals/{hospital.pk}/rename", body)
    assert answer.status_code == 409
    assert "on" in answer.json()["fields"]


def test_messages_follow_the_language_of_the_caller(everything: Caller, client: Client) -> None:
    english = client.get("/api/v1/hospitals/999999", headers={**everything.headers, "Accept-Language": "en"})
    chinese = client.get(
        "/api/v1/hospitals/999999", headers={**everything.headers, "Accept-Language": "zh-CN"}
    )
    assert english.json()["message"].isascii()
    assert not chinese.json()["message"].isascii()


def test_an_address_of_no_operation_is_told_as_json(db: None, client: Client) -> None:
    for method in ("get", "post", "delete"):
        answer = getattr(client, method)("/api/v1/no-such-thing")
        assert answer.status_code == 404
        assert answer.json()["code"] == "missing"


def test_another_method_is_refused(get: Callable[[str], Any], everything: Caller, client: Client) -> None:
    answer = client.delete("/api/v1/hospitals", headers=everything.headers)
    assert answer.status_code == 405
    assert "GET" in answer["Allow"]


def test_a_defect_is_told_without_its_insides(
    get: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: Any, **_named: Any) -> Any:
        raise RuntimeError("secret inside")

    monkeypatch.setattr("duikou.wings.hospitals.queries.hospitals", broken)
    answer = get("/api/v1/hospitals")
    assert answer.status_code == 500
    assert answer.json()["code"] == "broken"
    assert "secret" not in answer.content.decode()
