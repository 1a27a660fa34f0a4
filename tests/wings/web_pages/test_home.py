"""The first page: what waits, first steps, own activity; one's own account."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from duikou.core import trail
from duikou.core.jobs.models import Job
from duikou.core.roles import roles
from duikou.core.scope import actor_for
from duikou.web import home
from duikou.wings.people.actions import PersonEntry, enter_person

pytestmark = pytest.mark.django_db
HOME = "/app/"


def test_strangers_are_led_to_the_sign_in(client: Client) -> None:
    answer = client.get(HOME)
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        f"{reverse('account_login')}?next={HOME}",
    )


def test_an_officer_sees_what_waits_with_the_way_there(
    signed_in: Callable[..., Client], read: Callable[..., str]
) -> None:
    signed_in("provincial_officer", "浙江省")
    page = read(HOME)
    assert "等您处理" in page
    assert f"{reverse('pairings:findings')}?state=open&amp;severity=error" in page
    assert "审计链核对到期" in page
    assert "第一次使用" in page


def test_without_a_role_the_page_says_whom_to_ask(
    signed_in: Callable[..., Client], read: Callable[..., str]
) -> None:
    signed_in()
    assert "请联系本单位的系统管理员" in read(HOME)


@pytest.mark.parametrize("role", sorted(roles()))
def test_every_role_gets_first_steps_that_it_may_take(
    role: str, account: Callable[..., Any], client: Client
) -> None:
    user = account(role)  # at the nation: the role's level does not matter here
    steps = home.first_steps(actor_for(user))
    assert 1 <= len(steps) <= 3
    client.force_login(user)
    for step in [*steps, *home.ways(actor_for(user))]:
        assert client.get(step.url).status_code == 200, step.url


def test_first_steps_give_way_to_own_activity(
    account: Callable[..., Any], client: Client, read: Callable[..., str]
) -> None:
    from duikou.wings.hospitals.models import Hospital

    user = account("city_officer", "湖州市")
    client.force_login(user)
    hospital = Hospital.objects.get(name="安吉县人民医院")
    person = enter_person(actor=actor_for(user), hospital=hospital, entry=PersonEntry("示例甲"))
    page = read(HOME)
    assert "第一次使用" not in page
    assert reverse("people:person", args=[person.pk]) in page
    assert "登记人员" in page


def test_failed_jobs_and_a_broken_chain_come_first(account: Callable[..., Any]) -> None:
    auditor = actor_for(account("auditor", "浙江省"))
    now = timezone.now()
    common = {"enqueued_by_id": auditor.user_id, "finished_at": now, "scope_path": auditor.grants[0].path}
    Job.objects.create(task="x.y", state="failed", **common)
    Job.objects.create(
        task=trail.verify_chain.module_path, state="done", result={"sound": False, "why": "…"}, **common
    )
    (urgency,) = home.waiting(auditor)
    assert (urgency.id, [str(item.count) for item in urgency.items]) == ("now", ["1", "1"])


def test_a_chain_checked_long_ago_waits_again(account: Callable[..., Any]) -> None:
    auditor = actor_for(account("auditor", "浙江省"))
    job = Job.objects.create(
        task=trail.verify_chain.module_path,
        state="done",
        result={"sound": True},
        finished_at=timezone.now(),
        scope_path=auditor.grants[0].path,
    )
    assert home.waiting(auditor) == []
    Job.objects.filter(pk=job.pk).update(enqueued_at=timezone.now() - dt.timedelta(days=31))
    assert [urgency.id for urgency in home.waiting(auditor)] == ["soon"]


def test_the_page_costs_few_queries(
    signed_in: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    client = signed_in("provincial_officer", "浙江省")
    with django_assert_max_num_queries(26):  # one or two for each wing that lets something wait
        client.get(HOME)


# --- one's own account --------------------------------------------------------------------------------------


def test_the_language_is_kept_and_greets_a_new_browser(account: Callable[..., Any], client: Client) -> None:
    user = account("county_officer", "长兴县")
    client.force_login(user)
    answer = client.post(reverse("account"), {"language": "en"})
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    other = Client()
    other.force_login(user)
    assert '<html lang="en"' in other.get(HOME).content.decode()
    other.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    assert '<html lang="zh-CN"' in other.get(HOME).content.decode()
    client.post(reverse("account"), {"language": ""})
    user.refresh_from_db()
    assert user.language == ""
    assert client.post(reverse("account"), {"language": "xx"}).status_code == 422


def test_the_account_page_shows_roles(signed_in: Callable[..., Client], read: Callable[..., str]) -> None:
    signed_in("hospital_president", "浙江医院")
    page = read(reverse("account"))
    assert "医院院长" in page
    assert "浙江医院" in page
    assert "未设置" in page
