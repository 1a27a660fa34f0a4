"""An officer of the province who also runs the system and reads the audit trail, and a batch in preview."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from duikou.api.root import api
from duikou.core.models import OrgUnit, RoleGrant, User
from duikou.core.scope import actor_for
from tests.wings.api.callers import Caller, caller_of

ROLES = (("provincial_officer", "province"), ("system_admin", "nation"), ("auditor", "nation"))


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls of tests follow each other faster than a caller may; the limit has its own test."""
    monkeypatch.setattr(api.throttle_per_actor, "rate", 0)


@pytest.fixture
def everything(db: None) -> Caller:
    """A caller with the three offices."""
    user = User.objects.create(username="api-everything", display_name="测试")
    for role, kind in ROLES:
        unit = OrgUnit.objects.filter(kind=kind).order_by("path").first()
        RoleGrant.objects.create(user=user, role=role, org=unit, valid_from=dt.date(2014, 1, 1))
    return caller_of(user)


@pytest.fixture
def caller(account: Callable[..., Any]) -> Callable[..., Caller]:
    """Make a caller with one role: `caller("city_officer", "杭州市")`."""
    return lambda role, org=None: caller_of(account(role, org))


ANNEX = """表,地区,支援医院,支援数,受援医院
2,杭州市,杭州市第一人民医院,1,建德市第一人医院
2,杭州市,杭州市第一人民医院,3,没有这家医院
"""


@pytest.fixture
def annex_in_preview(everything: Caller) -> Any:
    """An uploaded table, read, with a name that nobody knows and a number out of step."""
    from duikou.wings.pairings.actions.imports import read_batch, upload_annex

    batch = upload_annex(
        actor=actor_for(everything.user),
        round_key="zhejiang-2014",
        content=ANNEX.encode(),
        filename="annex.csv",
    )
    return read_batch(batch_id=batch.pk)


@pytest.fixture
def waiting_review(everything: Caller) -> Any:
    """A printed name that waits for a decision."""
    from duikou.wings.hospitals.actions import Question, open_reviews

    province = OrgUnit.objects.get(kind="province")
    question = Question("某某人民医院", "annex.csv · 1", dt.date(2014, 1, 26))
    return open_reviews(
        actor=actor_for(everything.user), scope_path=province.path or "", questions=[question]
    )[0]
