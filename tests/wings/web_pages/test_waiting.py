"""What waits for people: one list for the first page and for programs, told by the wings themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from duikou.core import waiting
from duikou.core.scope import Actor, actor_for
from duikou.web import home

pytestmark = pytest.mark.django_db


def test_every_wing_that_lets_something_wait_has_registered() -> None:
    modules = {tell.__module__.split(".")[2] for tell in waiting._told if ".wings." in tell.__module__}
    assert modules == {
        "pairings", "agreements", "plans", "obligations", "capabilities", "postings", "training", "rosters",
        "presence", "credits", "discharges", "swaps", "patients", "pathology", "telehealth", "education",
        "referrals", "imaging",
    }  # fmt: skip
    before = list(waiting._told)
    waiting.register_waiting(before[0])  # twice is once
    assert waiting._told == before


def test_the_page_and_programs_tell_the_same(
    signed_in: Callable[..., Client], account: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def tell(actor: Actor) -> list[waiting.Waiting]:
        one = waiting.Waiting("technique", "件小事", 2, "/app/")
        return [one, waiting.Waiting("nothing", "没有", 0, "/app/")]

    monkeypatch.setattr(waiting, "_told", [*waiting._told, tell])
    client = signed_in("provincial_officer", "浙江省")
    told = client.get("/api/v1/me").json()["waiting"]
    actor = actor_for(account("provincial_officer", "浙江省"))
    shown = [item for urgency in home.waiting(actor) for item in urgency.items]
    assert sorted(one["kind"] for one in told) == sorted(item.kind for item in shown)
    assert {"technique", "errors"} <= {one["kind"] for one in told}
    assert "nothing" not in {one["kind"] for one in told}


def test_programs_ask_a_fixed_number_of_times(
    signed_in: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    client = signed_in("provincial_officer", "浙江省")
    with django_assert_max_num_queries(24):  # one or two for each wing that lets something wait
        client.get("/api/v1/me")
