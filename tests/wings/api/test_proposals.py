"""A proposal's whole way through the API, and what the API refuses on it."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from duikou.wings.pairings import desk
from duikou.wings.pairings.models import Pairing, Round
from tests.wings.api.callers import Caller

from .test_acts import sender

pytestmark = pytest.mark.django_db
ROUND = "zhejiang-2014"


@pytest.fixture(autouse=True)
def _fresh() -> None:
    desk.forget()


@pytest.fixture
def people(caller: Callable[..., Caller], client: Client) -> dict[str, Any]:
    """Two officers of the province and one of Hangzhou, each with a way to send."""
    return {
        name: sender(client, caller(role, org).headers)
        for name, role, org in (
            ("planner", "provincial_officer", "浙江省"),
            ("chief", "provincial_officer", "浙江省"),
            ("hangzhou", "city_officer", "杭州市"),
        )
    }


def test_from_the_first_idea_to_the_next_round(people: dict[str, Any], client: Client) -> None:
    planner, chief, hangzhou = people["planner"], people["chief"], people["hangzhou"]
    made = planner("post", "/proposals", {"round": ROUND, "name": "2017年调整方案"}, 201)
    one = f"/proposals/{made['id']}"
    assert (made["state"], made["result"], made["editable"]) == ("draft", None, True)
    row = Pairing.objects.order_by("position")[4]
    pair = {"supporter": row.supporter.key, "recipient": row.recipient.key}
    edited = planner("post", f"{one}/edits", {"version": made["version"], "lock": [pair], "reason": "商定"})
    assert [(edit["kind"], edit["reason"]) for edit in edited["edits"]] == [("lock", "商定")]
    planner("post", f"{one}/edits", {"version": made["version"], "free": [pair]}, 409)  # an old version
    freed = planner("post", f"{one}/edits", {"version": edited["version"], "free": [pair]})
    planner("post", f"{one}/submit", {"version": freed["version"]}, 409)  # nothing solved yet
    solved = planner("post", f"{one}/solve", {"version": freed["version"]})
    result = solved["result"]
    assert (result["status"], result["verified"], result["current"]) == ("optimal", True, True)
    assert result["figures"]["changes"] == {"kept": 130, "added": 23, "dropped": 35}
    assert all(level["value"] == level["bound"] for level in result["levels"])
    listed = planner("get", f"{one}/pairs?change=added&limit=200")
    assert listed["total"] == 23
    assert all(item["reason"]["zh"] and item["reason"]["en"] for item in listed["items"])
    assert len(planner("get", f"{one}/map")["flows"]) == 188
    hangzhou("get", one, status=404)  # a draft is nobody else's business
    submitted = planner("post", f"{one}/submit", {"version": solved["version"]})
    assert submitted["steps"] == ["withdraw"]
    planner("post", f"{one}/approve", {"version": submitted["version"]}, 403)
    agreed = hangzhou("post", f"{one}/approve", {"version": submitted["version"]})
    assert agreed["state"] == "submitted"
    assert 0 < hangzhou("get", f"{one}/pairs")["total"] < 188
    chief("post", f"{one}/approve", {"version": agreed["version"]}, 409)  # on behalf: with a reason only
    approved = chief("post", f"{one}/approve", {"version": agreed["version"], "reason": "各市来函"})
    assert approved["state"] == "approved"
    names = [
        {"recipient": item["recipient_key"], "hospital": None}
        for item in listed["items"]
        if item["recipient_id"] is None
    ]
    opening = {"version": approved["version"], "key": "zhejiang-2017", "name": "2017年轮次"}
    chief("post", f"{one}/open", opening, 409)  # two recipients are still to be named
    hangzhou("post", f"{one}/open", {**opening, "names": names}, 403)
    opened = chief("post", f"{one}/open", {**opening, "names": names}, 201)
    assert (opened["key"], opened["previous"], opened["start"]) == ("zhejiang-2017", ROUND, "2017-02-15")
    assert chief("get", one)["opened_as"] == "zhejiang-2017"
    assert Round.objects.get(key="zhejiang-2017").pairings.count() == 151


def test_settings_copies_and_comparisons(people: dict[str, Any], client: Client) -> None:
    planner = people["planner"]
    made = planner("post", "/proposals", {"round": ROUND, "name": "甲"}, 201)
    one = f"/proposals/{made['id']}"
    solved = planner("post", f"{one}/solve", {"version": made["version"]})
    twin = planner("post", f"{one}/copy", {"name": "乙"}, 201)
    settings = {**twin["settings"], "max_km": 120}
    changed = planner(
        "put", f"/proposals/{twin['id']}/settings", {"version": twin["version"], "settings": settings}
    )
    assert changed["settings"]["max_km"] == 120
    assert changed["result"]["current"] is False
    assert changed["result"]["stale"]
    planner("post", f"/proposals/{twin['id']}/solve", {"version": changed["version"]})
    found = planner("get", f"{one}/compared-with/{twin['id']}")
    assert any(item["differs"] for item in found["pairs"])
    assert solved["number"] != twin["number"]
    wrong = {**settings, "levels": ["coverage", "coverage"]}
    body = {"version": changed["version"], "settings": wrong}
    planner("put", f"/proposals/{twin['id']}/settings", body, 409)
    body["settings"] = {**settings, "max_km": "120"}
    planner("put", f"/proposals/{twin['id']}/settings", body, 422)


def test_a_contradiction_comes_with_its_ways_out(people: dict[str, Any]) -> None:
    planner = people["planner"]
    made = planner("post", "/proposals", {"round": ROUND, "name": "矛盾"}, 201)
    one = f"/proposals/{made['id']}"
    settings = {**made["settings"], "max_changes": 0}
    made = planner("put", f"{one}/settings", {"version": made["version"], "settings": settings})
    row = Pairing.objects.order_by("position")[4]
    pair = {"supporter": row.supporter.key, "recipient": row.recipient.key}
    made = planner("post", f"{one}/edits", {"version": made["version"], "forbid": [pair], "reason": "x"})
    made = planner("post", f"{one}/solve", {"version": made["version"]})
    told = made["result"]["contradiction"]
    assert made["result"]["status"] == "infeasible"
    assert told["message"]["zh"]
    for way in told["relaxations"]:
        assert way["complete"]
        twin = planner("post", f"{one}/copy", {"name": "放宽"}, 201)
        if way["free"]:
            free = [{"supporter": s, "recipient": r} for s, r in way["free"]]
            body = {"version": twin["version"], "free": free}
            twin = planner("post", f"/proposals/{twin['id']}/edits", body)
        if way["max_changes"] is not None:
            settings = {**twin["settings"], "max_changes": way["max_changes"]}
            body = {"version": twin["version"], "settings": settings}
            twin = planner("put", f"/proposals/{twin['id']}/settings", body)
        solved = planner("post", f"/proposals/{twin['id']}/solve", {"version": twin["version"]})
        assert solved["result"]["status"] != "infeasible", way


def test_files(caller: Callable[..., Caller], client: Client) -> None:
    officer = caller("provincial_officer", "浙江省")
    send = sender(client, officer.headers)
    made = send("post", "/proposals", {"round": ROUND, "name": "文件"}, 201)
    one = f"/proposals/{made['id']}"
    send("get", f"{one}/explanation.pdf", status=409)
    send("post", f"{one}/solve", {"version": made["version"]})
    for name, start in (
        ("export.xlsx", b"PK"),
        (f"compared-with/{made['id']}/export.xlsx", b"PK"),
        ("explanation.pdf", b"%PDF"),
        ("plan.json", b"{"),
    ):
        answer = client.get(f"/api/v1{one}/{name}", headers=officer.headers)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer.status_code == 200, name
        assert content.startswith(start), name
        assert "attachment" in answer["Content-Disposition"]


def test_declarations(caller: Callable[..., Caller], client: Client) -> None:
    officer = caller("provincial_officer", "浙江省")
    send = sender(client, officer.headers)
    hospital = Pairing.objects.first().recipient
    body = {
        "hospital": hospital.key,
        "year": 2014,
        "kind": "need",
        "specialty": "cardiology",
        "source": "院函",
    }
    made = send("put", "/declarations", {**body, "amount": 3})
    assert send("get", f"/declarations?hospital={hospital.pk}")["items"] == [made]
    send("put", "/declarations", {**body, "specialty": "magic"}, 409)
    assert send("post", f"/declarations/{made['id']}/remove") == made
    send("post", f"/declarations/{made['id']}/remove", status=404)
    book = openpyxl.Workbook()
    book.active.append(["医院", "年度", "类别", "专业", "数量", "来源"])
    book.active.append([hospital.name, 2014, "薄弱科室", "心血管内科", 2, "院函"])
    file = io.BytesIO()
    book.save(file)
    upload = SimpleUploadedFile("供需.xlsx", file.getvalue())
    answer = client.post("/api/v1/declaration-batches", {"file": upload}, headers=officer.headers)
    assert answer.status_code == 201, answer.content
    batch = answer.json()
    assert (batch["state"], len(batch["rows"]), batch["issues"]) == ("preview", 1, [])
    one = f"/declaration-batches/{batch['id']}"
    assert send("post", f"{one}/commit", {"version": batch["version"]})["created"] == 1
    send("post", f"{one}/withdraw", {"version": batch["version"]}, 409)
    assert send("get", "/declaration-batches")["total"] == 1
