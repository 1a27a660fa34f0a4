"""Acts through the API: they do what the pages do, and each leaves its event in the audit trail."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from duikou.core.jobs.models import Job
from duikou.core.models import AuditEvent, OrgUnit, User
from duikou.wings.hospitals.models import Hospital
from duikou.wings.pairings.actions.imports import read_batch
from duikou.wings.pairings.models import AnnexBatch, Finding, Pairing
from duikou.wings.places.models import Division, TravelTime
from tests.wings.api.callers import Caller

Make = Callable[..., Caller]
Send = Callable[..., Any]
FACTS = {"kind": "general", "tier": "county"}


def sender(client: Client, headers: dict[str, str]) -> Send:
    """Send a body and give the answer, which must have the expected status."""

    def send(method: str, path: str, body: Any = None, status: int = 200) -> Any:
        options = {"data": json.dumps(body), "content_type": "application/json"} if body is not None else {}
        answer = getattr(client, method)(f"/api/v1{path}", headers=headers, **options)
        assert answer.status_code == status, (path, answer.content.decode()[:500])
        return answer.json() if answer.content else None

    return send


@pytest.fixture
def send(everything: Caller, client: Client) -> Send:
    """As the officer with all three offices."""
    return sender(client, everything.headers)


def events(action: str) -> int:
    return AuditEvent.objects.filter(action=action).count()


def test_a_hospital_is_registered_renamed_graded_and_closed(send: Send) -> None:
    county = Division.objects.get(name="桐庐县", valid_to=None)
    body = {"name": "桐庐县第九人民医院", "division_id": county.pk, "facts": FACTS}
    made = send("post", "/hospitals", body, 201)
    assert (made["county"], made["city"], made["state"]) == ("桐庐县", "杭州市", "active")
    one = f"/hospitals/{made['id']}"
    renaming = {
        "version": made["version"],
        "name": "桐庐县第十人民医院",
        "on": "2015-01-01",
        "reason": "更名",
    }
    renamed = send("post", f"{one}/rename", renaming)
    assert [(n["name"], n["kind"]) for n in renamed["names"]] == [
        ("桐庐县第十人民医院", "official"),
        ("桐庐县第九人民医院", "old"),
    ]
    send("post", f"{one}/rename", renaming, 409)  # the version is old now
    grade = {
        "version": renamed["version"],
        "level": "二级甲等",
        "mark": "found",
        "source": "省卫生计生委公告",
    }
    graded = send("post", f"{one}/level", grade)
    assert graded["level"] == "二级甲等"
    alias = {"version": graded["version"], "name": "桐庐九院", "kind": "short"}
    named = send("post", f"{one}/aliases", alias, 201)
    short = next(n for n in named["names"] if n["kind"] == "short")
    gone = {"version": named["version"], "reason": "误加"}
    cut = send("post", f"{one}/aliases/{short['id']}/remove", gone)
    closed = send("post", f"{one}/close", {"version": cut["version"], "on": "2016-01-01", "reason": "撤销"})
    assert closed["state"] == "closed"
    opened = send("post", f"{one}/reopen", {"version": closed["version"], "reason": "恢复"})
    assert opened["state"] == "active"
    assert send("get", "/hospitals?text=桐庐县第九")["items"][0]["id"] == made["id"]
    assert (
        send("get", "/hospitals?text=桐庐县第九&as_of=2014-06-01")["items"][0]["name"] == "桐庐县第九人民医院"
    )
    for action in ("hospital.register", "hospital.rename", "hospital.level", "hospital.close"):
        assert events(action) == 1, action


def test_departments_and_their_states(send: Send) -> None:
    hospital = Hospital.objects.get(name="安吉县人民医院")
    one = f"/hospitals/{hospital.pk}"
    catalogue = send("get", "/hospital-catalogue")
    specialty = catalogue["specialties"][0]["id"]
    body = {"version": hospital.version, "specialty": specialty, "state": "weak"}
    found = send("post", f"{one}/departments", body, 201)
    assert [(d["specialty"], d["state"]) for d in found["departments"]] == [(specialty, "weak")]
    judged = {"version": found["version"], "states": [{"specialty": specialty, "state": "present"}]}
    found = send("put", f"{one}/specialties", judged)
    assert found["departments"][0]["state"] == "present"
    department = found["departments"][0]["id"]
    body = {"version": found["version"], "on": "2016-01-01", "reason": "合并"}
    assert send("post", f"{one}/departments/{department}/close", body)["departments"][0]["closed_on"]


def test_two_entries_are_merged_and_parted_again(send: Send) -> None:
    source, target = Hospital.objects.filter(tier="county").order_by("pk")[:2]
    body = {
        "version": source.version, "target_id": target.pk, "target_version": target.version,
        "kind": "duplicate", "on": "2015-01-01", "reason": "重复",
    }  # fmt: skip
    merged = send("post", f"/hospitals/{source.pk}/merge", body)
    assert (merged["state"], merged["merged_into_id"]) == ("merged", target.pk)
    body = {"version": merged["version"], "reason": "误并"}
    assert send("post", f"/hospitals/{source.pk}/undo-merge", body)["state"] == "active"


def test_a_name_review_is_decided_and_reopened(send: Send, waiting_review: Any) -> None:
    hospital = Hospital.objects.get(name="安吉县人民医院")
    one = f"/name-reviews/{waiting_review.pk}"
    assert send("get", one)["steps"] == ["match", "create", "dismiss"]
    body = {"hospital_id": hospital.pk, "remember_as": "variant"}
    assert send("post", f"{one}/match", body)["decided_id"] == hospital.pk
    assert hospital.names.filter(name=waiting_review.printed, kind="variant").exists()
    assert send("get", "/name-reviews")["total"] == 0
    assert send("post", f"{one}/reopen", {"reason": "再看"})["state"] == "waiting"
    assert send("post", f"{one}/dismiss", {"reason": "标题"})["state"] == "dismissed"


def test_a_pairing_is_added_changed_and_ended(send: Send) -> None:
    supporter = Hospital.objects.filter(role="supporter", tier="municipal").order_by("pk").first()
    recipient = Hospital.objects.get(name="安吉县人民医院")
    assert supporter is not None
    body = {
        "round": "zhejiang-2014", "supporter": supporter.key, "recipient": recipient.key,
        "table": "2", "group": "湖州市", "reason": "补充",
    }  # fmt: skip
    before = send("get", "/rounds/zhejiang-2014/figures")["counts"]["pairings"]
    made = send("post", "/pairings", body, 201)
    send("post", "/pairings", body, 409)
    assert send("get", "/rounds/zhejiang-2014/figures")["counts"]["pairings"] == before + 1
    one = f"/pairings/{made['id']}"
    changed = send("patch", one, {"version": made["version"], "departments": ["骨科"]})
    assert changed["departments"] == ["骨科"]
    linked = send("post", f"{one}/department-links", {"specialty": "general_surgery"}, 201)
    link = f"/department-links/{linked['links'][0]['id']}"
    assert linked["links"][0]["version"] == 1
    nobody = {"version": 1, "supporter_head": None, "recipient_head": None}
    assert send("put", f"{link}/heads", nobody)["links"][0]["version"] == 2
    send("put", f"{link}/heads", nobody, 409)
    send("post", f"{link}/end", {"version": 1, "on": "2015-01-01"}, 409)
    assert send("post", f"{link}/end", {"version": 2, "on": "2015-01-01"})["links"][0]["end"]
    ended = send("post", f"{one}/end", {"version": changed["version"], "on": "2015-06-30", "reason": "终止"})
    assert ended["end"] == "2015-06-30"
    assert send("get", "/pairings?on=2015-07-01&text=安吉县人民医院")["total"] == 1
    assert events("pairing.add") == events("pairing.end") == 1


def test_other_aid_is_recorded(send: Send) -> None:
    hospital = Hospital.objects.filter(role="supporter").order_by("pk").first()
    assert hospital is not None
    body = {"programme": "tibet", "start": "2014-07-01", "source": "浙卫发〔2014〕1号", "person_months": 12}
    made = send("post", f"/hospitals/{hospital.pk}/aid-loads", body, 201)
    assert send("get", f"/hospitals/{hospital.pk}/aid-loads") == [made]
    last = {"version": made["version"], "on": "2015-06-30"}
    assert send("post", f"/aid-loads/{made['id']}/end", last)["end"] == "2015-06-30"
    send("post", f"/aid-loads/{made['id']}/end", last, 409)


def test_a_table_is_uploaded_repaired_and_committed(send: Send, everything: Caller, client: Client) -> None:
    text = (
        "表,地区,支援医院,支援数,受援医院\n"
        "2,湖州市,湖州市第一人民医院,7,安吉县人民医院\n2,湖州市,某某,1,安吉县中医院\n"
    )
    file = SimpleUploadedFile("附表.csv", text.encode("gb18030"))
    answer = client.post(
        "/api/v1/annex-batches", {"file": file, "round": "zhejiang-2014"}, headers=everything.headers
    )
    assert answer.status_code == 201, answer.content
    batch = answer.json()
    assert batch["state"] == "uploaded"
    assert Job.objects.filter(pk=batch["job_id"]).exists()
    read_batch(batch_id=batch["id"])  # the worker's part
    one = f"/annex-batches/{batch['id']}"
    found = send("get", one)
    assert (found["state"], found["tally"]["ready"]) == ("preview", False)
    wrong = send("get", f"{one}/rows?only=errors")["items"]
    assert [(row["position"], row["supporter_printed"]) for row in wrong] == [(2, "某某")]
    assert {"expected", "expected_en", "found", "repair"} <= set(wrong[0]["issues"][0])
    send("post", f"{one}/commit", {"version": found["version"]}, 409)
    assert client.get(f"/api/v1{one}/issues.xlsx", headers=everything.headers).content.startswith(b"PK")
    found = send("post", f"{one}/rows/2/drop", {"version": found["version"]})
    found = send("post", f"{one}/rows/2/restore", {"version": found["version"]})
    chosen = {"version": found["version"], "side": "supporter", "hospital": "no-such"}
    send("post", f"{one}/rows/2/choose", chosen, 404)
    found = send("post", f"{one}/rows/2/drop", {"version": found["version"]})
    before = Pairing.objects.count()
    done = send("post", f"{one}/commit", {"version": found["version"]})
    assert (done["state"], done["created"] + done["already_there"]) == ("committed", 1)
    assert Pairing.objects.count() == before + done["created"]
    assert send("get", "/jobs")["total"] >= 2
    assert send("post", f"{one}/revoke", {"reason": "重来"})["state"] == "withdrawn"
    assert Pairing.objects.count() == before


def test_a_file_that_is_no_table_is_kept_and_refused(send: Send, everything: Caller, client: Client) -> None:
    file = SimpleUploadedFile("photo\x00.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 64)
    answer = client.post(
        "/api/v1/annex-batches", {"file": file, "round": "zhejiang-2014"}, headers=everything.headers
    )
    assert answer.status_code == 201
    read_batch(batch_id=answer.json()["id"])
    found = send("get", f"/annex-batches/{answer.json()['id']}")
    assert found["state"] == "refused"
    assert found["refusal"]["expected"]
    assert found["refusal"]["repair_en"]


def test_a_file_without_a_name_is_not_taken_for_text(everything: Caller, client: Client) -> None:
    answer = client.post(
        "/api/v1/annex-batches", {"file": "表,地区", "round": "zhejiang-2014"}, headers=everything.headers
    )
    assert (answer.status_code, list(answer.json()["fields"])) == (409, ["file"])


def test_a_form_takes_only_the_parts_that_it_knows(everything: Caller, client: Client) -> None:
    parts = {"file": SimpleUploadedFile("a.csv", b"x"), "round": "zhejiang-2014", "colour": "red"}
    answer = client.post("/api/v1/annex-batches", parts, headers=everything.headers)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["colour"])


def test_an_exception_is_asked_for_and_approved_by_somebody_else(
    send: Send, caller: Make, client: Client
) -> None:
    finding = next(row for row in Finding.objects.filter(rule="PAIR-03") if row.subjects == ["长兴县"])
    one = f"/findings/{finding.pk}"
    found = send("get", one)
    assert found["steps"] == ["assign", "request_exception"]
    assert {"zh", "en"} == set(found["texts"]["message"])
    unit = send("get", f"{one}/assignees")[0]
    assigned = {"findings": [{"id": finding.pk, "version": found["version"]}], "assignee_id": unit["id"]}
    assert send("post", "/finding-assignments", assigned)["count"] == 1
    send("post", "/finding-assignments", assigned, 409)
    asked = {"version": found["version"] + 1, "reason": "由邻县医院承担"}
    found = send("post", f"{one}/request-exception", asked)
    decision = {"version": found["version"], "reason": "同意"}
    send("post", f"{one}/accept", decision, 403)  # not by who asked
    other = sender(client, caller("provincial_officer", "浙江省").headers)
    assert other("post", f"{one}/accept", decision)["state"] == "accepted"
    assert send("get", "/findings?state=accepted")["total"] == 1


def test_a_round_is_audited_again(send: Send) -> None:
    before = send("get", "/rounds/zhejiang-2014/audit-runs")["total"]
    run = send("post", "/rounds/zhejiang-2014/audit", status=201)
    assert (run["number"], run["added"], run["gone"]) == (before + 1, 0, 0)
    detail = send("get", f"/rounds/zhejiang-2014/audit-runs/{run['number']}")
    assert detail["new_findings"] == []


def test_a_round_is_opened_and_changed(send: Send) -> None:
    province = OrgUnit.objects.get(kind="province")
    body = {
        "key": "zhejiang-2017", "name": "下一轮", "org_id": province.pk, "policy_pack": "zhejiang-2014",
        "start": "2017-02-15", "end": "2020-02-14", "previous": "zhejiang-2014",
    }  # fmt: skip
    made = send("post", "/rounds", body, 201)
    assert (made["state"], made["divisions_on"], made["previous"]) == ("draft", "2017-02-15", "zhejiang-2014")
    send("post", "/rounds", body, 409)
    change = {"version": made["version"], "state": "active", "previous": None}
    changed = send("patch", "/rounds/zhejiang-2017", change)
    assert (changed["state"], changed["previous"], changed["name"]) == ("active", None, "下一轮")
    send("patch", "/rounds/zhejiang-2017", change, 409)


def test_an_account_is_opened_granted_and_closed(send: Send) -> None:
    city = OrgUnit.objects.get(kind="city", name="杭州市")
    body = {"username": "hz-officer", "display_name": "甲", "role": "city_officer", "org_id": city.pk}
    made = send("post", "/accounts", body, 201)
    assert User.objects.get(username="hz-officer").check_password(made["password"])
    one = f"/accounts/{made['account']['id']}"
    granted = send("post", f"{one}/grants", {"role": "inspector", "org_id": city.pk}, 201)
    assert {grant["role"] for grant in granted["grants"]} == {"city_officer", "inspector"}
    grant = next(g["id"] for g in granted["grants"] if g["role"] == "inspector")
    left = send("post", f"{one}/grants/{grant}/end", {"reason": "调离"})
    assert [g["role"] for g in left["grants"]] == ["city_officer"]
    assert send("post", f"{one}/reset-password")["password"] != made["password"]
    assert send("post", f"{one}/deactivate", {"reason": "离职"})["is_active"] is False
    assert send("post", f"{one}/reactivate", {"reason": "返聘"})["account"]["is_active"] is True
    assert "password" not in json.dumps(
        [row.after for row in AuditEvent.objects.filter(action="account.open")]
    )


def test_a_person_is_entered_and_corrected(send: Send) -> None:
    hospital = Hospital.objects.get(name="安吉县人民医院")
    made = send("post", "/persons", {"hospital_id": hospital.pk, "name": "演示甲", "title": "主任医师"}, 201)
    body = {"version": made["version"], "name": "演示乙", "post": "院长"}
    corrected = send("put", f"/persons/{made['id']}", body)
    assert (corrected["name"], corrected["title"]) == ("演示乙", "")
    assert send("get", f"/persons?hospital={hospital.pk}")["total"] == 1


def test_jobs_are_seen_and_cancelled(send: Send) -> None:
    job = send("post", "/audit-verifications", status=202)
    assert send("post", "/audit-verifications", status=202)["id"] == job["id"]
    assert send("post", f"/jobs/{job['id']}/cancel", {})["state"] == "cancelled"
    send("post", f"/jobs/{job['id']}/cancel", {}, 409)


def test_the_trail_tells_who_did_it(send: Send, everything: Caller) -> None:
    send("post", "/rounds/zhejiang-2014/audit", status=201)
    newest = send("get", "/audit-events?action=round.audit&limit=1")["items"][0]
    assert newest["actor_id"] == everything.user.pk
    assert newest["request_id"]
    assert send("get", f"/audit-events/{newest['number']}")["digest"] == newest["digest"]
    older = send("get", f"/audit-events?before={newest['number']}&limit=5")["items"]
    assert all(event["number"] < newest["number"] for event in older)


def test_a_travel_matrix_is_imported_whole_or_not_at_all(
    send: Send, everything: Caller, client: Client
) -> None:
    head = "origin,destination,km,minutes,source,as_of,kind\n"

    def upload(text: str) -> Any:
        file = SimpleUploadedFile("matrix.csv", (head + text).encode())
        return client.post("/api/v1/travel-times", {"file": file}, headers=everything.headers)

    refused = upload("330523,330102,70,60,实测,2014-03-01,measured\n330523,999999,1,1,x,2014-03-01,matrix\n")
    assert refused.status_code == 409
    assert "3.destination" in refused.json()["fields"]
    assert not TravelTime.objects.exists()
    done = upload("330523,330522,40,45,实测,2014-03-01,measured\n")
    assert (done.status_code, done.json()) == (201, {"new": 1, "replaced": 0})
    leg = send("get", "/distances?origin=330522&destination=330523&as_of=2014-03-01")[0]
    assert (leg["kind"], leg["km"]) == ("measured", 40)
    guess = send("get", "/distances?origin=330522&destination=330102&as_of=2014-03-01")[0]
    assert guess["kind"] == "estimate"
    assert send("post", "/travel-times/remove", {"source": "实测", "reason": "过时"})["removed"] == 1


def test_hospitals_lie_so_far_apart(send: Send) -> None:
    one, other = Hospital.objects.filter(lon__isnull=False).order_by("pk")[:2]
    legs = send("get", f"/hospital-distances?origin={one.pk}&destination={other.pk}&destination={one.pk}")
    assert [leg["kind"] for leg in legs] == ["estimate", "estimate"]
    assert legs[0]["km"] > 0


def test_a_refused_act_writes_nothing(caller: Make, client: Client) -> None:
    inspector = sender(client, caller("inspector", "浙江省").headers)
    hospital = Hospital.objects.get(name="安吉县人民医院")
    before = (AuditEvent.objects.count(), hospital.version, AnnexBatch.objects.count())
    body = {"version": hospital.version, "name": "安吉医院", "on": "2015-01-01", "reason": "更名"}
    inspector("post", f"/hospitals/{hospital.pk}/rename", body, 403)
    hospital.refresh_from_db()
    assert (AuditEvent.objects.count(), hospital.version, AnnexBatch.objects.count()) == before
