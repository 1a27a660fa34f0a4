"""Input that no person types must be refused or survived: never a broken page, never a broken chain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from duikou.core import audit
from duikou.core.models import OrgUnit, RoleGrant
from duikou.core.scope import SYSTEM

pytestmark = pytest.mark.django_db
NUL = "a\x00b"


@pytest.fixture
def site(account: Callable[..., Any]) -> Client:
    """A browser of somebody who may open every list; a failure is an answer, not an exception."""
    user = account("system_admin")
    for role, kind in (("auditor", "nation"), ("provincial_officer", "province")):
        RoleGrant.objects.create(
            user=user, role=role, org=OrgUnit.objects.get(kind=kind), valid_from=dt.date(2014, 1, 1)
        )
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/app/search/", {"q": NUL}),
        ("/app/search/suggest/", {"q": NUL}),
        ("/search/", {"q": NUL}),
        ("/app/people/suggest/places/", {"q": NUL}),
        ("/app/people/suggest/hospitals/", {"q": NUL}),
        ("/app/hospitals/1/merge/", {"q": NUL}),
        ("/app/audit/", {"until": "9999-12-31"}),
        ("/app/audit/", {"since": "0001-01-01"}),
    ],
)
def test_no_address_breaks_a_page(site: Client, path: str, query: dict[str, str]) -> None:
    assert site.get(path, query).status_code < 500


def test_no_reason_breaks_a_page(site: Client, account: Callable[..., Any]) -> None:
    other = account("city_officer", "杭州市")
    for act in ("deactivate", "reactivate"):
        answer = site.post(f"/app/people/accounts/{other.pk}/{act}/", {"reason": f"{NUL}离职"})
        assert answer.status_code < 500


@pytest.mark.parametrize("value", [-0.0, 1e-7, 1e16, 1e22, 1.7976931348623157e308])
def test_every_number_keeps_the_chain_sound(value: float) -> None:
    """A JSON column may write a number in another way than it came."""
    with transaction.atomic():
        audit.append(
            actor=SYSTEM, action="test", target_type="", target_id="", target_label="", scope_path="",
            after={"value": value},
        )  # fmt: skip
    assert audit.verify() is None


def test_a_foreign_request_id_spoils_no_event(site: Client, account: Callable[..., Any]) -> None:
    other = account("city_officer", "杭州市")
    answer = site.post(
        f"/app/people/accounts/{other.pk}/deactivate/",
        {"reason": "离职"},
        headers={"x-request-id": "x" * 300},
    )
    assert answer.status_code == 302


def test_invented_methods_do_not_make_metrics_grow(client: Client) -> None:
    for n in range(5):
        client.generic(f"BREW{n}", "/healthz")
    assert b"BREW3" not in client.get("/metrics").content
