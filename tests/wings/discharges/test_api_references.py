"""Schemes, codes, residences and mappings through the interface: the acts of the pages, the same refusals."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from duikou.core.jobs.worker import run_worker
from duikou.core.models import OrgUnit
from duikou.wings.discharges.actions.schemes import register_starter
from duikou.wings.discharges.models import HospitalCode, ResidenceAlias, ResidenceReview
from duikou.wings.hospitals.models import Hospital
from tests.wings.discharges.files import csv, stays
from tests.wings.discharges.test_schemes import workbook
from tests.wings.discharges.test_submissions import in_force, submit
from tests.wings.discharges.test_weights import GROUPS, table

API = "/api/v1"


@pytest.fixture
def officer(account: Callable[..., Any]) -> Client:
    """A client of the provincial office."""
    client = Client()
    client.force_login(account("provincial_officer", "浙江省"))
    return client


def post(client: Client, path: str, body: Any) -> Any:
    return client.post(f"{API}{path}", json.dumps(body), content_type="application/json")


def send(client: Client, path: str, content: bytes, **fields: Any) -> Any:
    return client.post(f"{API}{path}", {**fields, "file": SimpleUploadedFile("x", content)})


def test_a_scheme_is_imported_listed_and_brought_into_force(officer: Client) -> None:
    register_starter()
    refused = send(officer, "/discharge-schemes", b"no workbook")
    assert refused.status_code == 409
    assert refused.json()["fields"]["file"]
    made = send(officer, "/discharge-schemes", workbook("2"))
    assert made.status_code == 201
    scheme = made.json()
    assert (scheme["key"], scheme["active_from"], scheme["official"]) == ("starter-2", None, False)
    assert send(officer, "/discharge-schemes", workbook("2")).status_code == 409
    keys = [one["key"] for one in officer.get(f"{API}/discharge-schemes").json()["items"]]
    assert sorted(keys) == ["starter", "starter-2"]
    one = f"/discharge-schemes/{scheme['id']}"
    assert post(officer, f"{one}/activate", {"day": "2026-13-01"}).status_code == 422
    assert post(officer, f"{one}/activate", {"day": "2027-01-01"}).json()["active_from"] == "2027-01-01"
    assert officer.get(f"{API}{one}").json()["active_from"] == "2027-01-01"
    assert officer.get(f"{API}/discharge-schemes/999999").status_code == 404


def test_a_year_is_regrouped(officer: Client, liaison: Any, hospital: Hospital) -> None:
    in_force(liaison, submit(liaison, hospital, csv(stays(60))))
    scheme = send(officer, "/discharge-schemes", workbook("2")).json()
    one = f"/discharge-schemes/{scheme['id']}/regroup"
    assert post(officer, one, {"year": 2001}).status_code == 409
    assert post(officer, one, {"year": 2025, "org_id": hospital.org_id}).status_code == 404
    asked = post(officer, one, {"year": 2025})
    assert asked.status_code == 202
    assert asked.json()["result"] is None
    run_worker(burst=True, heartbeat=False, signals=False)
    result = officer.get(f"{API}/discharge-regroupings/{asked.json()['id']}").json()["result"]
    assert (result["stays"], result["moved"]) == (60, 0)
    assert [row["hospital"] for row in result["hospitals"]] == [hospital.key]


def test_weights_are_imported_chosen_and_left(officer: Client, account: Callable[..., Any]) -> None:
    scheme = register_starter()
    org = OrgUnit.objects.get(kind="province", name="浙江省")
    path = f"/discharge-schemes/{scheme.pk}/weights"
    given = {"name": "浙江省", "edition": "1", "org_id": org.pk}
    assert send(officer, path, table(2), **given).status_code == 409
    made = send(officer, path, table(2), allow_missing="true", **given)
    assert made.status_code == 201
    assert made.json()["missing"] == list(GROUPS[:2])
    assert made.json()["weights"][GROUPS[2]] == 1.5
    one = f"/discharge-weights/{made.json()['id']}"
    assert post(officer, f"{one}/use", {}).json()["in_use"] is True
    (listed,) = officer.get(f"{API}/discharge-weights?scheme={scheme.pk}").json()["items"]
    assert (listed["in_use"], listed["groups"]) == (True, len(GROUPS) - 2)
    assert post(officer, f"{one}/stop", {}).json()["in_use"] is False
    assert post(officer, f"{one}/stop", {}).status_code == 409
    client = Client()
    client.force_login(account("county_officer", "安吉县"))
    assert client.get(f"{API}{one}").status_code == 200  # it weighs the county's figures, too
    assert post(client, f"{one}/use", {}).status_code == 403


def test_codes_residences_and_mappings(
    officer: Client, hospital: Hospital, account: Callable[..., Any]
) -> None:
    made = post(officer, "/discharge-codes", {"hospital_id": hospital.pk, "code": "H-33052301"})
    assert (made.status_code, made.json()["hospital"]) == (201, hospital.name)
    again = post(officer, "/discharge-codes", {"hospital_id": hospital.pk, "code": "H-33052301"})
    assert again.status_code == 409
    assert [one["code"] for one in officer.get(f"{API}/discharge-codes").json()["items"]] == ["H-33052301"]
    assert HospitalCode.objects.count() == 1

    review = ResidenceReview.objects.create(text="安吉", scope_path=hospital.scope_path, count=3)
    (waiting,) = officer.get(f"{API}/discharge-residences").json()["items"]
    assert waiting == {"id": review.pk, "text": "安吉", "count": 3}
    decide = f"/discharge-residences/{review.pk}/decide"
    assert post(officer, decide, {"division": "110101"}).status_code == 409
    assert post(officer, decide, {"division": "330523"}).json() == {"settled": 1}
    assert ResidenceAlias.objects.get().division_code == "330523"

    assert send(officer, "/discharge-mappings", b"x,y\n1,2", kind="dx").status_code == 409
    assert send(officer, "/discharge-mappings", b"x", kind="zz").status_code == 422
    pairs = b"from_dx,to_dx\nA00.000,A00.001\n"
    mapped = send(officer, "/discharge-mappings", pairs, kind="dx")
    assert (mapped.status_code, mapped.json()["pairs"]) == (201, 1)
    (listed,) = officer.get(f"{API}/discharge-mappings").json()["items"]
    assert listed["active"] is True

    client = Client()
    client.force_login(account("hospital_liaison", hospital.name))
    assert client.get(f"{API}/discharge-residences").status_code == 403
    assert post(client, "/discharge-codes", {"hospital_id": hospital.pk, "code": "x"}).status_code == 403
