"""The ledger for programs: the same rows, numbers and refusals as on the pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from duikou.core import search
from duikou.core.scope import Actor, actor_for
from duikou.core.tokens import create
from duikou.wings.obligations.models import Evidence, Obligation
from duikou.wings.pairings.models import Pairing
from tests.wings.obligations.conftest import RECIPIENT, SUPPORTER, duty, send


class Program:
    """A program with a token of somebody."""

    def __init__(self, actor: Actor) -> None:
        _row, secret = create(actor=actor, name="t", scopes=sorted(actor.permissions), days=1)
        self.client = Client(headers={"Authorization": f"Bearer {secret}", "Accept-Language": "zh-CN"})

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(f"/api/v1{path}", query)

    def post(self, path: str, **data: Any) -> Any:
        return self.client.post(f"/api/v1{path}", data, content_type="application/json")


@pytest.fixture(autouse=True)
def own_folder(settings: Settings, tmp_path: Path) -> None:
    """Each test has a folder of its own for files."""
    settings.DOCUMENTS = tmp_path / "documents"


@pytest.fixture
def supporter(account: Callable[..., Any]) -> Program:
    return Program(actor_for(account("hospital_liaison", SUPPORTER)))


@pytest.fixture
def recipient(account: Callable[..., Any]) -> Program:
    return Program(actor_for(account("hospital_president", RECIPIENT)))


def test_the_list_and_its_filters(obligation: Obligation, supporter: Program, recipient: Program) -> None:
    found = supporter.get("/obligations").json()
    assert found["total"] == 3
    first = found["items"][0]
    assert (first["supporter"], first["period"], first["due"]) == (SUPPORTER, "year", "2015-02-14")
    for query, total in (
        ({"q": "派驻"}, 3), ({"owner": "recipient"}, 0), ({"overdue": "true"}, 3), ({"overdue": "false"}, 0),
        ({"waits": "overdue"}, 3), ({"due_to": "2015-02-14"}, 1), ({"closed": "true"}, 0),
        ({"rule": "AGR-09", "stage": "promised"}, 3),
    ):  # fmt: skip
        assert supporter.get("/obligations", **query).json()["total"] == total, query
    assert recipient.get("/obligations", waits="overdue").json()["total"] == 0
    assert supporter.get("/obligations", stage="x").status_code == 422


def test_from_evidence_to_verification(
    obligation: Obligation, supporter: Program, recipient: Program
) -> None:
    one = f"/obligations/{obligation.pk}"
    answer = supporter.post(f"{one}/evidence", kind="posting", quantity=2, on="2014-05-01", note="派驻")
    assert answer.status_code == 200, answer.json()
    found = answer.json()
    assert (found["given"], found["accepted"], found["may_say"]) == (
        2,
        0,
        [{"side": "supporter", "says": "delivered"}],
    )
    answer = supporter.post(f"{one}/statements", says="delivered", version=found["version"])
    piece = f"/obligation-evidence/{found['evidence'][0]['id']}"
    answer = recipient.post(f"{piece}/verdicts", verdict="accepted", version=1)
    answer = recipient.post(f"{one}/statements", says="verified", version=answer.json()["version"])
    assert answer.json()["stage"] == "verified"
    assert [s["says"] for s in answer.json()["statements"]] == ["verified", "delivered"]
    (rule,) = recipient.get("/obligation-progress").json()
    assert (rule["rule"], rule["verified"], rule["overdue"]) == ("AGR-09", 1, 2)


def test_a_file(obligation: Obligation, supporter: Program) -> None:
    path = f"/api/v1/obligations/{obligation.pk}/files"
    good = SimpleUploadedFile("a.pdf", b"%PDF-1.4")
    answer = supporter.client.post(
        path, {"kind": "upload", "on": "2014-05-01", "quantity": "1", "file": good}
    )
    assert answer.status_code == 200, answer.json()
    assert answer.json()["evidence"][0]["filename"] == "a.pdf"
    bad = SimpleUploadedFile("a.pdf", b"MZ")
    answer = supporter.client.post(path, {"kind": "upload", "on": "2014-05-01", "quantity": "1", "file": bad})
    assert (answer.status_code, set(answer.json()["fields"])) == (409, {"file"})


REFUSED: list[tuple[str, str, dict[str, Any], int]] = [
    ("recipient", "evidence", {"kind": "posting", "note": "x"}, 403),
    ("supporter", "evidence", {"kind": "trainee", "note": "x"}, 409),
    ("supporter", "evidence", {"kind": "posting", "note": "x", "quantity": -1}, 422),
    ("supporter", "evidence", {"kind": "posting", "note": "x", "quantity": 2000000}, 409),
    ("supporter", "statements", {"says": "delivered", "version": 5, "note": "x"}, 409),
    ("supporter", "statements", {"says": "verified", "version": 1}, 409),
    ("recipient", "statements", {"says": "delivered", "version": 1, "note": "x"}, 403),
    ("recipient", "statements", {"says": "unmet", "version": 1}, 409),
    ("supporter", "targets", {"target": 3}, 409),
]


@pytest.mark.parametrize(("who", "what", "data", "status"), REFUSED)
def test_refusals(
    request: pytest.FixtureRequest,
    obligation: Obligation,
    who: str,
    what: str,
    data: dict[str, Any],
    status: int,
) -> None:
    program: Program = request.getfixturevalue(who)
    answer = program.post(f"/obligations/{obligation.pk}/{what}", **data)
    assert answer.status_code == status, answer.json()
    obligation.refresh_from_db()
    assert obligation.version == 1


def test_withdrawing_and_targets(pairing: Pairing, supporter: Program, recipient: Program) -> None:
    send(duty(target=None), pairing=pairing)
    one = f"/obligations/{Obligation.objects.get(number=1).pk}"
    supporter.post(f"{one}/evidence", kind="posting", note="x", on="2014-05-01")
    row = Evidence.objects.get()
    answer = supporter.post(f"/obligation-evidence/{row.pk}/withdrawal", version=1, reason="记错了")
    assert answer.json()["evidence"][0]["withdrawn_reason"] == "记错了"
    (target,) = supporter.post(f"{one}/targets", target=4).json()["targets"]
    path = f"/obligation-targets/{target['id']}/answer"
    assert supporter.post(path, version=1, agree=True).status_code == 403
    assert recipient.post(path, version=1, agree=False).status_code == 409
    assert recipient.post(path, version=1, agree=True).json()["target"] == 4


def test_a_duty_is_found_once_by_its_words(obligation: Obligation, giver: Actor, stranger: Actor) -> None:
    def hits(actor: Actor) -> list[int]:
        return [hit.target_id for hit in search.find("派驻副主任医师", actor=actor, source="obligation")]

    assert hits(giver) == [obligation.pk]
    assert hits(stranger) == []
