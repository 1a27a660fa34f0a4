"""Who may call: tokens and browser sessions, their limits, and the limit of calls."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from duikou.api.root import api
from duikou.core import tokens
from duikou.core.models import ApiToken, AuditEvent, OrgUnit, RoleGrant
from duikou.core.scope import actor_for
from tests.wings.api.callers import Caller

Make = Callable[..., Caller]


def ask(client: Client, token: str, path: str = "/api/v1/me") -> Any:
    return client.get(path, headers={"Authorization": f"Bearer {token}"})


def test_a_token_acts_for_its_owner(caller: Make, client: Client) -> None:
    officer = caller("city_officer", "杭州市")
    answer = ask(client, officer.token)
    assert answer.status_code == 200
    told = answer.json()
    assert told["id"] == officer.user.pk
    assert told["limited"] is True
    assert [grant["org_name"] for grant in told["grants"]] == ["杭州市"]
    assert ApiToken.objects.get(user=officer.user).last_used_on == timezone.localdate()


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer dk_no-such-token", "Basic dXNlcjpwYXNz", "dk_x"]
)
def test_without_a_token_that_counts_nothing_is_told(db: None, client: Client, header: str) -> None:
    answer = client.get("/api/v1/me", headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer.json()["code"] == "unauthenticated"


def test_expired_revoked_and_orphaned_tokens_do_not_count(caller: Make, client: Client) -> None:
    officer = caller("city_officer", "杭州市")
    row = ApiToken.objects.get(user=officer.user)
    for change in (
        {"expires_at": timezone.now() - dt.timedelta(seconds=1)},
        {"revoked_at": timezone.now()},
    ):
        before = {name: getattr(row, name) for name in change}
        ApiToken.objects.filter(pk=row.pk).update(**change)
        assert ask(client, officer.token).status_code == 401
        ApiToken.objects.filter(pk=row.pk).update(**before)
    assert ask(client, officer.token).status_code == 200
    for change in ({"is_active": False}, {"must_change_password": True}):
        before = {name: getattr(officer.user, name) for name in change}
        type(officer.user).objects.filter(pk=officer.user.pk).update(**change)
        assert ask(client, officer.token).status_code == 401
        type(officer.user).objects.filter(pk=officer.user.pk).update(**before)


def test_a_token_allows_no_more_than_it_names(caller: Make, client: Client) -> None:
    officer = caller("provincial_officer", "浙江省")
    _row, narrow = tokens.create(
        actor=actor_for(officer.user), name="只看医院", scopes=["hospital.view"], days=1
    )
    assert ask(client, narrow, "/api/v1/hospitals").status_code == 200
    answer = ask(client, narrow, "/api/v1/pairings")
    assert answer.status_code == 403
    assert answer.json()["code"] == "denied"


def test_a_token_ends_with_its_owners_role(caller: Make, client: Client) -> None:
    officer = caller("city_officer", "杭州市")
    assert ask(client, officer.token, "/api/v1/hospitals").status_code == 200
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    RoleGrant.objects.filter(user=officer.user).update(valid_to=yesterday)
    assert ask(client, officer.token, "/api/v1/hospitals").status_code == 403


@pytest.fixture
def browser(everything: Caller, client: Client) -> Callable[..., Any]:
    """Send a body from the signed-in browser of the account."""
    client.force_login(everything.user)
    return lambda path, body=None: client.post(path, json.dumps(body), content_type="application/json")


WANTED = {"name": "报表", "scopes": ["pairing.view"], "days": 30}


def test_a_browser_makes_tokens_within_the_accounts_own_limits(
    browser: Callable[..., Any], everything: Caller, client: Client
) -> None:
    made = browser("/api/v1/tokens", WANTED)
    assert made.status_code == 201
    assert ask(Client(), made.json()["token"], "/api/v1/pairings").status_code == 200
    assert "token" not in client.get("/api/v1/tokens").json()["items"][0]
    beyond = browser("/api/v1/tokens", {**WANTED, "scopes": ["no.such"]})
    assert beyond.status_code == 409
    assert "scopes" in beyond.json()["fields"]
    revoked = browser(f"/api/v1/tokens/{made.json()['id']}/revoke")
    assert revoked.status_code == 200
    assert revoked.json()["revoked_at"] is not None
    assert ask(Client(), made.json()["token"]).status_code == 401
    assert browser(f"/api/v1/tokens/{made.json()['id']}/revoke").status_code == 404
    assert AuditEvent.objects.filter(action="token.revoked").exists()


def test_a_token_makes_no_tokens(everything: Caller, client: Client) -> None:
    answer = client.post(
        "/api/v1/tokens", json.dumps(WANTED), content_type="application/json", headers=everything.headers
    )
    assert answer.status_code == 403


def test_somebody_elses_token_looks_absent(caller: Make, everything: Caller, client: Client) -> None:
    other = ApiToken.objects.get(user=caller("city_officer", "杭州市").user)
    answer = client.post(f"/api/v1/tokens/{other.pk}/revoke", headers=everything.headers)
    assert answer.status_code == 404


def test_there_is_a_limit_to_the_number_of_tokens(browser: Callable[..., Any]) -> None:
    statuses = [browser("/api/v1/tokens", WANTED).status_code for _number in range(tokens.MOST)]
    assert statuses == [201] * (tokens.MOST - 1) + [409]  # one is the caller's own


# ---------------------------------------------------------------- the browser's session


def test_a_signed_in_browser_reads(account: Callable[..., Any], client: Client) -> None:
    client.force_login(account("city_officer", "杭州市"))
    answer = client.get("/api/v1/me")
    assert answer.status_code == 200
    assert answer.json()["limited"] is False


def test_a_browser_writes_with_the_csrf_token_only(account: Callable[..., Any]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(account("city_officer", "杭州市"))
    body = json.dumps({"name": "浏览器", "scopes": ["hospital.view"], "days": 1})
    refused = client.post("/api/v1/tokens", body, content_type="application/json")
    assert refused.status_code == 403
    assert refused.json()["code"] == "csrf"
    client.cookies["duikou-csrf"] = "0" * 32  # as a page with a form hands it out
    headers = {"X-CSRFToken": "0" * 32}
    answer = client.post("/api/v1/tokens", body, content_type="application/json", headers=headers)
    assert answer.status_code == 201


def test_a_write_with_a_token_needs_no_csrf(everything: Caller) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/api/v1/audit-verifications", headers=everything.headers)
    assert answer.status_code == 202


def test_an_account_with_a_one_time_password_is_nobody_yet(
    account: Callable[..., Any], client: Client
) -> None:
    user = account("city_officer", "杭州市")
    user.must_change_password = True
    user.save()
    client.force_login(user)
    assert client.get("/api/v1/me").status_code == 401


def test_nobody_is_asked_for_a_csrf_token_before_being_known(db: None) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies["duikou"] = "no-such-session"
    assert client.post("/api/v1/tokens", "{}", content_type="application/json").status_code == 401


# ---------------------------------------------------------------- the limit of calls


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two calls a second, eight at once."""
    api.throttle_per_actor.forget()
    monkeypatch.setattr(api.throttle_per_actor, "rate", 2)


@pytest.mark.usefixtures("slow")
def test_too_many_calls_are_told_to_wait(caller: Make, client: Client) -> None:
    officer, other = caller("city_officer", "杭州市"), caller("city_officer", "宁波市")
    statuses = [ask(client, officer.token).status_code for _number in range(40)]
    assert statuses[:8] == [200] * 8
    assert 429 in statuses
    answer = next(a for a in (ask(client, officer.token) for _number in range(20)) if a.status_code == 429)
    assert answer.json()["code"] == "too_many"
    assert int(answer["Retry-After"]) >= 1
    assert ask(client, other.token).status_code == 200  # each caller has its own measure


@pytest.mark.usefixtures("slow")
def test_the_public_window_has_a_limit_too(db: None, client: Client) -> None:
    statuses = [client.get("/api/v1/public/rounds").status_code for _number in range(40)]
    assert 200 in statuses
    assert 429 in statuses


def test_the_organisation_of_a_role_is_known_by_id(everything: Caller, client: Client) -> None:
    told = ask(client, everything.token).json()
    assert {grant["org_id"] for grant in told["grants"]} <= set(OrgUnit.objects.values_list("pk", flat=True))
