"""Roles that must have a second factor are led to its set-up first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse

from duikou.config import settings as house

pytestmark = pytest.mark.django_db
SET_UP = ("mfa_index", "mfa_activate_totp", "account_logout", "account_reauthenticate")


@pytest.fixture
def admin(account: Callable[..., Any]) -> Any:
    return account("system_admin", "浙江省")


def test_nobody_is_asked_by_default(client: Client, admin: Any) -> None:
    client.force_login(admin)
    assert client.get("/app/").status_code == 200


@pytest.mark.parametrize("required", [{"system_admin"}, {"all"}])
def test_a_role_that_demands_it_is_led_to_the_set_up(
    client: Client, admin: Any, settings: Any, required: set[str]
) -> None:
    settings.REQUIRE_MFA = frozenset(required)
    client.force_login(admin)
    for address in ("/app/", "/app/people/accounts/", "/api/v1/"):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Location"]) == (302, reverse("mfa_index"))
    for name in SET_UP:
        assert client.get(reverse(name)).headers.get("Location", "") != reverse("mfa_index"), name
    assert "两步验证" in client.get("/app/", follow=True).content.decode()


def test_other_roles_and_strangers_pass(client: Client, account: Callable[..., Any], settings: Any) -> None:
    settings.REQUIRE_MFA = frozenset({"system_admin"})
    assert client.get("/").status_code == 200
    client.force_login(account("county_officer", "长兴县"))
    assert client.get("/app/").status_code == 200


def test_with_a_factor_one_passes(client: Client, admin: Any, settings: Any) -> None:
    settings.REQUIRE_MFA = frozenset({"all"})
    Authenticator.objects.create(user=admin, type="recovery_codes", data={})
    client.force_login(admin)
    assert client.get("/app/").status_code == 302  # recovery codes alone are no second factor
    Authenticator.objects.create(user=admin, type="totp", data={"secret": "x"})
    assert client.get("/app/").status_code == 200


def test_a_one_time_password_is_changed_first(client: Client, admin: Any, settings: Any) -> None:
    settings.REQUIRE_MFA = frozenset({"all"})
    admin.must_change_password = True
    admin.set_password("one-time-password")
    admin.save()
    client.force_login(admin)
    assert client.get("/app/").headers["Location"] == reverse("account_change_password")
    assert client.get(reverse("account_change_password")).status_code == 200


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", frozenset()),
        ("0", frozenset()),
        ("1", frozenset({"all"})),
        ("system_admin, auditor", frozenset({"system_admin", "auditor"})),
    ],
)
def test_the_setting_is_read(monkeypatch: pytest.MonkeyPatch, value: str, expected: frozenset[str]) -> None:
    monkeypatch.setenv("DUIKOU_REQUIRE_MFA", value)
    assert house._roles("DUIKOU_REQUIRE_MFA") == expected


def test_a_role_that_does_not_exist_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUIKOU_REQUIRE_MFA", "system_admin,king")
    with pytest.raises(ImproperlyConfigured, match="king"):
        house._roles("DUIKOU_REQUIRE_MFA")
