"""Pages of background jobs and of API tokens."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from duikou.core import tokens
from duikou.core.jobs.models import Job
from duikou.core.models import ApiToken, AuditEvent, OrgUnit
from duikou.core.scope import actor_for

pytestmark = pytest.mark.django_db


def job(place: str, **values: Any) -> Job:
    facts = {"task": "duikou.core.jobs.tasks.prune", "scope_path": OrgUnit.objects.get(name=place).path or ""}
    return Job.objects.create(**(facts | values))


def running(place: str, **values: Any) -> Job:
    return job(place, state="running", lease_until=timezone.now(), done=30, total=120, **values)


def test_jobs_are_listed_by_area(signed_in: Callable[..., Client], read: Callable[..., str]) -> None:
    inside, outside = job("杭州市", subject="杭州的"), job("宁波市", subject="宁波的")
    client = signed_in("city_officer", "杭州市")
    page = read(reverse("jobs:list"))
    assert "杭州的" in page
    assert "宁波的" not in page
    for name in ("jobs:job", "jobs:progress"):
        assert client.get(reverse(name, args=[inside.pk])).status_code == 200
        assert client.get(reverse(name, args=[outside.pk])).status_code == 404
    assert client.post(reverse("jobs:cancel", args=[outside.pk])).status_code == 404


def test_a_hundred_jobs_cost_few_queries(
    signed_in: Callable[..., Client], django_assert_max_num_queries: Any, account: Callable[..., Any]
) -> None:
    somebody = account("city_officer", "杭州市")
    for number in range(100):
        job("杭州市", subject=str(number), enqueued_by=somebody)
    client = signed_in("provincial_officer", "浙江省")
    with django_assert_max_num_queries(8):
        assert client.get(reverse("jobs:list"), {"size": "100"}).status_code == 200


def test_progress_is_asked_for_until_the_end(
    signed_in: Callable[..., Client], read: Callable[..., str]
) -> None:
    found = running("杭州市", note="第 3 批")
    signed_in("city_officer", "杭州市")
    progress = reverse("jobs:progress", args=[found.pk])
    page = read(reverse("jobs:job", args=[found.pk]))
    assert f'hx-get="{progress}" hx-trigger="every 1s"' in page
    fragment = read(progress)
    assert "<html" not in fragment
    for text in ('value="30"', 'max="120"', "第 3 批", "hx-trigger"):
        assert text in fragment
    Job.objects.filter(pk=found.pk).update(state="done", finished_at=timezone.now(), result={"jobs": 7})
    fragment = read(progress)
    assert "hx-trigger" not in fragment
    assert 'role="alert"' in fragment
    assert "任务已完成" in fragment


def test_a_failure_says_why(signed_in: Callable[..., Client], read: Callable[..., str]) -> None:
    failed = job("杭州市", state="failed", finished_at=timezone.now(), error="第 7 行缺少支援医院")
    signed_in("city_officer", "杭州市")
    assert "第 7 行缺少支援医院" in read(reverse("jobs:job", args=[failed.pk]))


def test_cancelling(client: Client, account: Callable[..., Any]) -> None:
    officer = account("city_officer", "杭州市")
    client.force_login(officer)
    own, other = job("杭州市", enqueued_by=officer), job("杭州市")
    assert client.get(reverse("jobs:cancel", args=[own.pk])).status_code == 405
    page = client.get(reverse("jobs:job", args=[other.pk])).content.decode()
    assert reverse("jobs:cancel", args=[other.pk]) not in page
    assert client.post(reverse("jobs:cancel", args=[other.pk])).status_code == 403
    assert client.post(reverse("jobs:cancel", args=[own.pk])).status_code == 302
    own.refresh_from_db()
    assert own.state == "cancelled"
    assert client.post(reverse("jobs:cancel", args=[own.pk])).status_code == 409


def test_cancelling_somebody_elses(signed_in: Callable[..., Client]) -> None:
    other = running("杭州市")
    client = signed_in("provincial_officer", "浙江省")
    assert client.post(reverse("jobs:cancel", args=[other.pk]), {"reason": "误传"}).status_code == 302
    other.refresh_from_db()
    assert other.cancel_requested
    assert AuditEvent.objects.get(action="job.cancel").reason == "误传"


# --- tokens -------------------------------------------------------------------------------------------------


def test_a_token_is_shown_once(client: Client, account: Callable[..., Any]) -> None:
    officer = account("city_officer", "杭州市")
    client.force_login(officer)
    facts = {"name": "每日取数", "scopes": ["hospital.view", "pairing.view"], "days": "90"}
    answer = client.post(reverse("tokens"), facts)
    found = re.search(r'id="new-token">([^<]+)<', answer.content.decode())
    assert found
    assert "no-store" in answer.headers["Cache-Control"]
    user, actor = tokens.actor_of(found[1]) or (None, None)
    assert user == officer
    assert actor is not None
    assert actor.permissions == {"hospital.view", "pairing.view"}
    again = client.get(reverse("tokens")).content.decode()
    assert found[1] not in again
    assert "每日取数" in again
    assert client.post(reverse("token_revoke", args=[ApiToken.objects.get().pk])).status_code == 302
    assert tokens.actor_of(found[1]) is None
    assert "已停用" in client.get(reverse("tokens")).content.decode()


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "名" * 61},
        {"scopes": []},
        {"scopes": ["account.manage"]},  # more than one's own
        {"scopes": ["nothing.known"]},
        {"days": "9999"},
        {"days": "soon"},
    ],
)
def test_a_token_that_may_not_be_is_refused(
    signed_in: Callable[..., Client], changes: dict[str, Any]
) -> None:
    client = signed_in("city_officer", "杭州市")
    facts = {"name": "取数", "scopes": ["hospital.view"], "days": "30"} | changes
    assert client.post(reverse("tokens"), facts).status_code == 422
    assert not ApiToken.objects.exists()


def test_tokens_of_others_look_absent(signed_in: Callable[..., Client], account: Callable[..., Any]) -> None:
    row, _token = tokens.create(
        actor=actor_for(account("city_officer", "宁波市")), name="别人的", scopes=["hospital.view"], days=30
    )
    client = signed_in("city_officer", "杭州市")
    assert "别人的" not in client.get(reverse("tokens")).content.decode()
    assert client.post(reverse("token_revoke", args=[row.pk])).status_code == 404
    row.refresh_from_db()
    assert row.revoked_at is None


def test_a_role_without_tokens_is_refused(signed_in: Callable[..., Client]) -> None:
    assert signed_in("department_head", "浙江医院").get(reverse("tokens")).status_code == 403
