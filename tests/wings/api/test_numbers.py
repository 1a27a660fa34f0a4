"""The same numbers as on every other face, each with its rows; lists in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duikou.api.root import api
from duikou.core.scope import actor_for
from duikou.wings.pairings.queries import latest_audit_report
from tests.bench.invented import country
from tests.wings.api.callers import Caller

Make = Callable[..., Caller]
Get = Callable[..., Any]
COUNTS = {"supporters": 67, "pairings": 165, "recipients": 151}
ROUND = "/api/v1/rounds/zhejiang-2014"


@pytest.fixture
def get(everything: Caller, client: Client) -> Get:
    """Read an address as the officer with all three offices."""

    def _get(path: str, headers: dict[str, str] | None = None) -> Any:
        answer = client.get(path, headers=everything.headers if headers is None else headers)
        assert answer.status_code == 200, (path, answer.content[:300])
        return answer.json()

    return _get


def test_figures_are_the_audits(get: Get) -> None:
    figures = get(f"{ROUND}/figures")
    assert figures["counts"] == COUNTS
    coverage = figures["coverage"]
    assert (coverage["counties"]["total"], coverage["counties"]["uncovered"]) == (56, ["长兴县", "天台县"])
    assert (coverage["districts"]["total"], len(coverage["districts"]["uncovered"])) == (34, 12)
    assert len(coverage["counties_in_city_tables"]["uncovered"]) == 10
    report = get(f"{ROUND}/audit")
    assert (report["counts"], report["coverage"]) == (figures["counts"], coverage)


def test_the_public_window_has_the_same_figures(get: Get) -> None:
    public = get("/api/v1/public/rounds/zhejiang-2014/figures", headers={})
    signed_in = get(f"{ROUND}/figures")
    assert public["counts"] == COUNTS
    assert public["coverage"] == signed_in["coverage"]


def test_every_number_opens_its_rows(get: Get) -> None:
    figures = get(f"{ROUND}/figures")
    for name, total in COUNTS.items():
        assert get(figures["rows"][name])["total"] == total, name
    units = get(figures["rows"]["coverage"])
    counted = [unit for unit in units if unit["counted"]]
    assert len(counted) == 56
    assert {unit["name"] for unit in counted if not unit["covered"]} == {"长兴县", "天台县"}
    public = get("/api/v1/public/rounds/zhejiang-2014/figures", headers={})
    assert get(public["rows"]["pairings"], headers={})["total"] == 165
    assert get(public["rows"]["coverage"], headers={}) == units


def test_every_number_names_the_rule_that_speaks_of_it(get: Get) -> None:
    rules = get(f"{ROUND}/figures")["rules"]
    known = {rule["id"]: rule for rule in get("/api/v1/policy/packs/zhejiang-2014/rules")["items"]}
    for named in rules.values():
        for rule in [named] if isinstance(named, str) else named:
            assert known[rule]["clause"]


def test_the_report_is_the_command_lines(get: Get, everything: Caller) -> None:
    report = latest_audit_report(actor_for(everything.user), "zhejiang-2014")
    assert get(f"{ROUND}/audit") == json.loads(json.dumps(report))
    assert {"rule", "clause", "severity", "subjects", "message", "suggestion"} <= set(report["findings"][0])


def test_a_city_sees_its_own_part(caller: Make, client: Client) -> None:
    officer = caller("city_officer", "湖州市")
    figures = client.get(f"{ROUND}/figures", headers=officer.headers).json()
    assert figures["partial"] is True
    assert figures["counts"]["pairings"] < 165
    rows = client.get(figures["rows"]["pairings"], headers=officer.headers).json()
    assert rows["total"] == figures["counts"]["pairings"]


def test_a_day_is_asked_for(get: Get) -> None:
    assert get("/api/v1/pairings?on=2014-03-01")["total"] == 165
    assert get("/api/v1/pairings?on=2013-12-31")["total"] == 0
    assert get("/api/v1/public/pairings?on=2013-12-31", headers={})["total"] == 0
    then = get("/api/v1/divisions?as_of=2014-03-01&text=上虞")["items"]
    later = get("/api/v1/divisions?as_of=2014-01-01&text=上虞")["items"]
    assert [unit["name"] for unit in then] == [unit["name"] for unit in later] == ["上虞区"]


def test_the_public_window_shows_nothing_that_is_not_public(get: Get) -> None:
    page = get("/api/v1/public/pairings?limit=200", headers={})
    kept = {"reason", "ended_reason", "version", "departments", "resolution"}
    assert not kept & set(page["items"][0])
    hospital = get(f"/api/v1/public/hospitals/{page['items'][0]['supporter_id']}", headers={})
    assert not {"level", "lon", "note", "names", "mark"} & set(hospital)
    assert hospital["supports"]


def test_a_draft_round_is_not_public(get: Get, client: Client) -> None:
    from duikou.wings.pairings.models import Round

    Round.objects.filter(key="zhejiang-2014").update(state="draft")
    assert get("/api/v1/public/rounds", headers={}) == []
    assert get("/api/v1/public/pairings", headers={})["total"] == 0
    assert client.get("/api/v1/public/rounds/zhejiang-2014/figures").status_code == 404


def test_search_finds_what_the_caller_may_see(get: Get, caller: Make, client: Client) -> None:
    assert "淳安县第一人民医院" in [hit["title"] for hit in get("/api/v1/search?q=淳安")]
    assert get("/api/v1/search?q=cax&source=division")
    outsider = caller("city_officer", "舟山市")
    hits = client.get("/api/v1/search?q=淳安&source=hospital", headers=outsider.headers).json()
    assert "淳安县第一人民医院" not in [hit["title"] for hit in hits]


# ---------------------------------------------------------------- speed of lists

LIMIT = 9  # the list of credits works out histories: stays, leave and appraisals of both kinds
PLACES = {"{key}": "invented", "{pack_id}": "zhejiang-2014"}


BY_YEAR = ("/api/v1/four-ones", "/api/v1/credits")
"""Lists that are of one year."""


def list_paths() -> list[str]:
    """Addresses of all lists that need no row of their own in the path, ready for more parameters."""
    found = []
    for path, methods in api.get_openapi_schema()["paths"].items():
        names = {parameter["name"] for parameter in methods.get("get", {}).get("parameters", ())}
        for name, value in PLACES.items():
            path = path.replace(name, value)
        if {"limit", "offset"} <= names and "{" not in path:
            found.append(path + ("?year=2014&" if path in BY_YEAR else "?"))
    return found


@pytest.fixture
def many(db: None) -> None:
    """An invented province beside the real one: more than a page of everything that is listed."""
    country(counties=120, hospitals=300, pairings=500)


@pytest.mark.usefixtures("many")
def test_lists_ask_a_fixed_number_of_questions(account: Callable[..., Any], client: Client) -> None:
    from duikou.core.models import OrgUnit, RoleGrant, User
    from tests.wings.api.callers import caller_of

    user = User.objects.create(username="api-nation")
    nation = OrgUnit.objects.get(kind="nation")
    # On the nation, to see all that is there; what only hospitals list is there for their roles.
    for role in (
        "provincial_officer", "system_admin", "auditor",
        "hospital_liaison", "department_head", "medical_staff", "medical_office",
    ):  # fmt: skip
        RoleGrant.objects.create(user=user, role=role, org=nation, valid_from=dt.date(2014, 1, 1))
    headers = caller_of(user).headers
    paths = list_paths()
    assert len(paths) >= 14
    trouble = []
    for path in paths:
        counted = []
        for limit in (14, 100):
            client.get(f"{path}limit={limit}", headers=headers)  # what is read once per process
            with CaptureQueriesContext(connection) as captured:
                answer = client.get(f"{path}limit={limit}", headers=headers)
            assert answer.status_code == 200, (path, answer.content[:200])
            counted.append(len(captured))
        if counted[1] > LIMIT or counted[1] > counted[0] + 1:
            trouble.append(f"{path}: {counted[0]} queries for 14 rows, {counted[1]} for 100")
    assert not trouble, "\n".join(trouble)


@pytest.mark.usefixtures("many")
def test_pages_of_a_list_hold_each_row_once(everything: Caller, client: Client) -> None:
    for path in ("/api/v1/hospitals", "/api/v1/pairings", "/api/v1/public/pairings", "/api/v1/findings"):
        seen: list[int] = []
        total = offset = 0
        while offset == 0 or offset < total:
            page = client.get(f"{path}?limit=70&offset={offset}", headers=everything.headers).json()
            total, offset = page["total"], offset + 70
            seen += [item["id"] for item in page["items"]]
        assert len(seen) == len(set(seen)) == total, path
    assert client.get("/api/v1/hospitals?offset=100000", headers=everything.headers).json()["items"] == []
