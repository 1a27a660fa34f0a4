"""Pages of persons, accounts and roles: what they show to whom, and how they refuse."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from duikou.core.models import AuditEvent, OrgUnit, RoleGrant, User
from duikou.wings.hospitals.models import Hospital
from duikou.wings.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def hospital() -> Hospital:
    return Hospital.objects.get(name="安吉县人民医院")


@pytest.fixture
def staff(hospital: Hospital) -> list[Person]:
    return Person.objects.bulk_create(
        Person(hospital=hospital, name=f"示例{n:03}", title="主治医师") for n in range(100)
    )


@pytest.fixture
def signed_in(client: Client, account: Callable[..., Any]) -> Callable[..., Client]:
    def enter(role: str | None = None, place: str | None = None) -> Client:
        client.force_login(account(role, place))
        return client

    return enter


def test_a_hundred_persons_cost_few_queries(
    signed_in: Callable[..., Client], staff: list[Person], django_assert_max_num_queries: Any
) -> None:
    client = signed_in("provincial_officer", "浙江省")
    with django_assert_max_num_queries(8):
        page = client.get(reverse("people:list"), {"size": "100"})
    assert page.status_code == 200
    assert page.content.decode().count("主治医师") == 100


def test_persons_of_another_city_look_absent(signed_in: Callable[..., Client], staff: list[Person]) -> None:
    client = signed_in("city_officer", "杭州市")
    assert "示例" not in client.get(reverse("people:list")).content.decode()
    for name in ("people:person", "people:edit"):
        assert client.get(reverse(name, args=[staff[0].pk])).status_code == 404


def test_a_liaison_enters_a_person_without_choosing_a_hospital(
    signed_in: Callable[..., Client], hospital: Hospital
) -> None:
    client = signed_in("hospital_liaison", hospital.org.name)
    form = client.get(reverse("people:new"), follow=True)
    assert form.redirect_chain
    address = form.redirect_chain[-1][0]
    assert client.post(address, {"name": ""}).status_code == 422
    done = client.post(address, {"name": "示例甲", "title": "主任医师"})
    person = Person.objects.get(name="示例甲")
    assert (done.status_code, done.headers["Location"]) == (302, reverse("people:person", args=[person.pk]))
    assert "主任医师" in client.get(done.headers["Location"]).content.decode()
    edit = reverse("people:edit", args=[person.pk])
    assert 'name="version" value="1"' in client.get(edit).content.decode()
    assert client.post(edit, {"name": "示例甲", "post": "院长"}).status_code == 422  # without its version
    edited = client.post(edit, {"name": "示例甲", "post": "院长", "version": 1})
    assert edited.status_code == 302
    late = client.post(edit, {"name": "示例甲", "post": "副院长", "version": 1})
    assert late.status_code == 409
    assert "重新载入最新内容" in late.content.decode()
    person.refresh_from_db()
    assert (person.title, person.post) == ("", "院长")


def test_the_hospital_is_found_by_its_name(signed_in: Callable[..., Client], hospital: Hospital) -> None:
    client = signed_in("city_officer", "湖州市")
    new = reverse("people:new")
    assert (
        client.post(new, {"hospital": hospital.name}).headers["Location"] == f"{new}?hospital={hospital.pk}"
    )
    for text, words in (("安吉", "不止一个"), ("浙江医院", "没有名称含")):  # several; outside the area
        answer = client.post(new, {"hospital": text})
        assert answer.status_code == 422
        assert words in answer.content.decode()
    outside = Hospital.objects.get(name="浙江医院")
    for wrong in (outside.pk, "abc", 10**7):
        assert client.get(new, {"hospital": wrong}).status_code == 404
    assert "安吉县人民医院" in client.get(reverse("people:suggest_hospital"), {"q": "安吉"}).content.decode()


def test_a_person_of_the_city_is_seen_but_not_edited_by_the_county(
    signed_in: Callable[..., Client], staff: list[Person]
) -> None:
    client = signed_in("county_officer", "安吉县")
    assert client.get(reverse("people:person", args=[staff[0].pk])).status_code == 200
    assert client.get(reverse("people:edit", args=[staff[0].pk])).status_code == 403
    assert client.get(reverse("people:new")).status_code == 403


# --- accounts -----------------------------------------------------------------------------------------------


def test_accounts_are_listed_by_area(signed_in: Callable[..., Client], account: Callable[..., Any]) -> None:
    account("city_officer", "杭州市", "hz-officer")
    account("city_officer", "宁波市", "nb-officer")
    account("provincial_officer", "浙江省", "zj-officer")
    User.objects.create(username="bare")
    shown = signed_in("system_admin", "杭州市").get(reverse("people:accounts")).content.decode()
    assert "hz-officer" in shown
    for hidden in ("nb-officer", "zj-officer", "bare"):
        assert hidden not in shown
    shown = signed_in("system_admin").get(reverse("people:accounts")).content.decode()
    for name in ("hz-officer", "nb-officer", "zj-officer", "bare"):
        assert name in shown


def test_a_hundred_accounts_cost_few_queries(
    signed_in: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    place = OrgUnit.objects.get(name="杭州市")
    users = User.objects.bulk_create(User(username=f"many{n:03}") for n in range(110))
    RoleGrant.objects.bulk_create(
        RoleGrant(user=user, role=role, org=place, valid_from="2014-01-01")
        for user in users
        for role in ("city_officer", "inspector")
    )
    client = signed_in("system_admin", "浙江省")
    with django_assert_max_num_queries(8):
        page = client.get(reverse("people:accounts"), {"size": "100", "role": "inspector", "mfa": "no"})
    assert page.content.decode().count("many") >= 100
    assert client.get(reverse("people:accounts"), {"export": "csv"}).status_code == 200


def test_an_account_outside_looks_absent(
    signed_in: Callable[..., Client], account: Callable[..., Any]
) -> None:
    other = account("city_officer", "宁波市")
    client = signed_in("system_admin", "杭州市")
    for name in ("people:account", "people:grant"):
        assert client.get(reverse(name, args=[other.pk])).status_code == 404
    for name in ("people:password_reset", "people:deactivate", "people:reactivate"):
        assert client.get(reverse(name, args=[other.pk])).status_code == 405
        assert client.post(reverse(name, args=[other.pk]), {"reason": "试"}).status_code == 404
    own = account("city_officer", "杭州市")
    wrong = reverse("people:grant_end", args=[own.pk, other.grants.get().pk])
    assert client.post(wrong, {"reason": "试"}).status_code == 404


def test_the_one_time_password_is_shown_once(signed_in: Callable[..., Client]) -> None:
    client = signed_in("system_admin", "浙江省")
    facts = {"username": "newcomer", "display_name": "新人", "role": "county_officer", "org": "长兴县"}
    answer = client.post(reverse("people:account_new"), facts)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    found = re.search(r'id="one-time-password">([^<]+)<', answer.content.decode())
    assert found
    password = found[1]
    user = User.objects.get(username="newcomer")
    assert user.check_password(password)
    assert password not in client.get(reverse("people:account", args=[user.pk])).content.decode()
    reset = client.post(reverse("people:password_reset", args=[user.pk])).content.decode()
    assert password not in reset
    user.refresh_from_db()
    assert not user.check_password(password)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"org": "新昌"}, "没有名称含"),  # outside the area
        ({"org": "杭州"}, "不能授予这一级"),  # a county role at a city
        ({"org": "城"}, "不止一个"),
        ({"username": "王五"}, "只能用英文字母"),
        ({"role": "king"}, ""),
        ({"valid_to": "2001-01-01"}, "不能早于"),
        ({"valid_to": "yesterday"}, "应为日期"),
    ],
)
def test_a_wrong_account_form_says_what_is_wrong(
    signed_in: Callable[..., Client], changes: dict[str, str], words: str
) -> None:
    client = signed_in("system_admin", "杭州市")
    county = {"username": "newcomer", "display_name": "新人", "role": "county_officer", "org": "桐庐县"}
    answer = client.post(reverse("people:account_new"), county | changes)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not User.objects.filter(username="newcomer").exists()


def test_a_role_is_granted_and_ended_on_the_page(
    signed_in: Callable[..., Client], account: Callable[..., Any]
) -> None:
    user = account("city_officer", "杭州市")
    client = signed_in("system_admin", "浙江省")
    grant = reverse("people:grant", args=[user.pk])
    assert client.get(grant).status_code == 200
    done = client.post(grant, {"role": "inspector", "org": "浙江省 / 杭州市"})
    assert done.status_code == 302, done.content.decode()
    assert client.post(grant, {"role": "inspector", "org": "杭州市"}).status_code == 422  # held already
    held = user.grants.get(role="inspector")
    end = reverse("people:grant_end", args=[user.pk, held.pk])
    assert client.post(end, {"reason": ""}).status_code == 422
    assert client.post(end, {"reason": "调岗"}).status_code == 302
    assert not user.grants.filter(role="inspector").exists()
    assert AuditEvent.objects.get(action="account.grant_end").reason == "调岗"


def test_ones_own_account_offers_nothing_to_change(client: Client, account: Callable[..., Any]) -> None:
    me = account("system_admin", "浙江省")
    client.force_login(me)
    page = client.get(reverse("people:account", args=[me.pk])).content.decode()
    for name in ("people:password_reset", "people:deactivate", "people:grant"):
        assert reverse(name, args=[me.pk]) not in page
    assert client.post(reverse("people:deactivate", args=[me.pk]), {"reason": "试"}).status_code == 403
    grant = client.post(reverse("people:grant", args=[me.pk]), {"role": "inspector", "org": "杭州市"})
    assert grant.status_code in (403, 422)
    assert me.grants.count() == 1


def test_closing_and_opening_an_account(
    signed_in: Callable[..., Client], account: Callable[..., Any]
) -> None:
    user = account("city_officer", "杭州市")
    client = signed_in("system_admin", "浙江省")
    assert client.post(reverse("people:deactivate", args=[user.pk]), {"reason": "离岗"}).status_code == 302
    assert "已停用" in client.get(reverse("people:account", args=[user.pk])).content.decode()
    assert client.post(reverse("people:reactivate", args=[user.pk]), {"reason": "复岗"}).status_code == 200


def test_an_auditor_sees_accounts_and_changes_none(
    signed_in: Callable[..., Client], account: Callable[..., Any]
) -> None:
    user = account("city_officer", "杭州市")
    client = signed_in("auditor", "浙江省")
    assert client.get(reverse("people:account", args=[user.pk])).status_code == 200
    for name in ("people:account_new", "people:suggest_place"):
        assert client.get(reverse(name)).status_code == 403
    for name in ("people:password_reset", "people:deactivate"):
        assert client.post(reverse(name, args=[user.pk]), {"reason": "试"}).status_code == 403


def test_places_are_suggested_inside_the_area_and_for_the_role(signed_in: Callable[..., Client]) -> None:
    client = signed_in("system_admin", "杭州市")

    def offered(**query: str) -> list[str]:
        page = client.get(reverse("people:suggest_place"), query).content.decode()
        return re.findall(r'data-value="([^"]+)"', page)

    assert offered(q="杭州", role="city_officer") == ["浙江省 / 杭州市"]
    assert offered(q="桐庐县", role="county_officer") == ["浙江省 / 杭州市 / 桐庐县"]
    assert offered(q="杭州/桐庐", role="county_officer") == ["浙江省 / 杭州市 / 桐庐县"]
    assert offered(q="宁波") == []
    assert offered(q="桐庐县", role="city_officer") == []


def test_the_roles_page_shows_the_whole_matrix(signed_in: Callable[..., Client]) -> None:
    client = signed_in("auditor", "浙江省")
    page = client.get(reverse("people:roles")).content.decode()
    for words in ("系统管理员", "批准例外", "可授予"):
        assert words in page
    client.cookies["duikou-language"] = "en"
    assert "Approve exceptions" in client.get(reverse("people:roles")).content.decode()
