"""The frame of the pages: navigation by permission, security headers, errors, languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from duikou.core.errors import Conflict, Denied, DuikouError, Invalid, Missing
from duikou.core.middleware import ErrorMiddleware
from duikou.core.roles import roles
from duikou.core.scope import NOBODY, Actor, Grant
from duikou.web import errors
from duikou.web.navigation import GROUPS, Entry, address, sections
from duikou.web.templatetags.web import BADGES, LOOK_ICONS, SPRITE

ENTRIES = [entry for group in GROUPS for entry in group.entries]


@pytest.fixture(autouse=True)
def _in_chinese() -> Iterator[None]:
    """A page of another test may have left its language behind."""
    with translation.override("zh-hans"):
        yield


def acting(role: str) -> Actor:
    return Actor(1, "某人", (Grant(role, 1, "province", "浙江省", "0000001"),))


# --- navigation ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", sorted(roles()))
def test_the_navigation_shows_exactly_what_a_role_may_open(role: str) -> None:
    shown = {link.url for section in sections(acting(role), "/") for link in section.links}
    allowed = roles()[role].permissions
    expected = {
        address(entry.name) for entry in ENTRIES if entry.permission is None or entry.permission in allowed
    }
    assert shown == expected - {None}


def test_without_a_role_only_home_is_left() -> None:
    shown = [link.url for section in sections(NOBODY, "/") for link in section.links]
    assert shown == [reverse("home")]


def test_a_page_that_does_not_exist_yet_is_left_out() -> None:
    assert address("no-such-page") is None


def test_the_longest_address_above_a_page_is_current() -> None:
    actor = acting("provincial_officer")

    def current(path: str) -> list[str]:
        return [link.url for s in sections(actor, path) for link in s.links if link.current]

    home, hospitals = reverse("home"), reverse("hospitals:list")
    assert current(home) == [home]
    assert current(f"{hospitals}12/") == [hospitals]
    assert current(f"{home}elsewhere/") == []


def test_every_entry_names_a_permission_that_exists() -> None:
    known = {permission for role in roles().values() for permission in role.permissions}
    assert {entry.permission for entry in ENTRIES} - {None} <= known
    assert all(isinstance(entry, Entry) for entry in ENTRIES)


# --- pages --------------------------------------------------------------------------------------------------


@cache
def hashed() -> str:
    """One stored password for all tests: making one takes a quarter of a second on purpose."""
    return make_password("given-once-only")


@pytest.fixture
def officer(client: Client, account: Callable[..., Any]) -> Client:
    user = account("provincial_officer", "浙江省")
    user.password = hashed()
    user.save()
    client.force_login(user)
    return client


def test_the_page_has_one_heading_a_skip_link_and_the_csrf_header(officer: Client) -> None:
    text = officer.get(reverse("mfa_index")).content.decode()
    assert text.count("<h1") == 1
    assert 'class="dk-skip" href="#dk-content"' in text
    assert 'id="dk-content"' in text
    assert 'hx-headers:inherited=\'{"X-CSRFToken": "' in text
    assert '"includeIndicatorCSS": false' in text


def test_the_policy_allows_nothing_inline_and_no_other_host(officer: Client) -> None:
    header = officer.get(reverse("mfa_index"))["Content-Security-Policy"]
    policy = {part.split()[0]: part.split()[1:] for part in header.split(";")}
    assert policy["script-src"] == ["'self'"]
    assert policy["style-src"] == ["'self'"]
    assert policy["object-src"] == ["'none'"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert not re.search(r"unsafe|https?:|\*", header)


def test_the_language_switch_returns_to_the_same_page(officer: Client) -> None:
    here = reverse("mfa_index")
    assert f'name="next" value="{here}?a=1&amp;b=2"' in officer.get(f"{here}?a=1&b=2").content.decode()
    answer = officer.post(reverse("set_language"), {"language": "en", "next": f"{here}?a=1"})
    assert (answer.status_code, answer["Location"]) == (302, f"{here}?a=1")
    text = officer.get(here).content.decode()
    assert '<html lang="en"' in text
    assert "Two-step verification" in text
    assert "中文" in text
    assert not re.search(
        r"[\u4e00-\u9fff]", re.sub(r"中文|>中<|value=\"[^\"]*\"|浙江省|provincial_officer", "", text)
    )


def test_a_public_page_needs_no_database_for_an_unknown_visitor(
    client: Client, django_assert_num_queries: Any, db: None
) -> None:
    with django_assert_num_queries(0):
        assert client.get(reverse("account_inactive")).status_code == 200


# --- errors -------------------------------------------------------------------------------------------------


def asked(*, htmx: bool = False, user: object = None) -> HttpRequest:
    from django.contrib.auth.models import AnonymousUser

    request = RequestFactory().get("/app/somewhere/")
    request.user = user or AnonymousUser()  # type: ignore[assignment]
    request.actor = NOBODY  # type: ignore[attr-defined]
    request.htmx = type("Details", (), {"__bool__": lambda self: htmx, "boosted": False})()  # type: ignore[attr-defined]
    request._messages = []  # type: ignore[attr-defined]
    get_token(request)
    return request


REFUSALS = [
    (Denied("没有权限做这件事。"), 403),
    (Missing("没有这家医院。"), 404),
    (Conflict("已被他人改动。"), 409),
    (Invalid("输入有误。", fields={"name": ["应为全称"]}), 422),
    (DuikouError("参数有误。"), 400),
]


@pytest.mark.parametrize(("error", "status"), REFUSALS, ids=lambda value: getattr(value, "code", value))
def test_a_refusal_becomes_a_page_with_its_own_words(error: DuikouError, status: int) -> None:
    answer = ErrorMiddleware(lambda request: None).process_exception(asked(), error)  # type: ignore[arg-type,return-value]
    assert answer is not None
    assert answer.status_code == status
    text = answer.content.decode()
    assert str(error) in text
    assert "<h1>" in text
    if isinstance(error, Invalid):
        assert "应为全称" in text


def test_a_refusal_answers_htmx_with_a_fragment() -> None:
    answer = ErrorMiddleware(lambda request: None).process_exception(asked(htmx=True), Conflict("改动过。"))  # type: ignore[arg-type,return-value]
    assert answer is not None
    assert "改动过。" in answer.content.decode()
    assert "<html" not in answer.content.decode()


@pytest.mark.parametrize(
    ("view", "status", "words"),
    [
        (lambda r: errors.bad_request(r, ValueError()), 400, "无法理解这个请求"),
        (lambda r: errors.denied(r, PermissionError()), 403, "不允许打开"),
        (lambda r: errors.missing(r, LookupError()), 404, "没有对应的页面"),
        (lambda r: errors.csrf_failure(r, "no cookie"), 403, "没有被接收"),
    ],
)
def test_plain_errors_say_what_to_do(view: Callable[[HttpRequest], Any], status: int, words: str) -> None:
    answer = view(asked())
    assert answer.status_code == status
    assert words in answer.content.decode()
    assert "no cookie" not in answer.content.decode()


def test_a_defect_is_told_in_both_languages_without_touching_the_database() -> None:
    answer = errors.broken(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "系统出错" in answer.content.decode()
    assert "System error" in answer.content.decode()


def test_an_unknown_address_is_answered_in_the_frame_of_the_reader(client: Client, officer: Client) -> None:
    assert "dk-sidebar" in officer.get("/no/such/page/").content.decode()
    stranger = Client().get("/no/such/page/")
    assert stranger.status_code == 404
    assert "dk-public" in stranger.content.decode()


def test_a_form_without_token_gets_our_page() -> None:
    answer = Client(enforce_csrf_checks=True).post(reverse("account_login"), {"login": "x", "password": "y"})
    assert answer.status_code == 403
    assert "没有被接收" in answer.content.decode()


# --- accounts -----------------------------------------------------------------------------------------------


def test_sign_in_says_how_often_one_may_fail(client: Client) -> None:
    text = client.get(reverse("account_login"))
    assert "连续 5 次" in text.content.decode()


def test_wrong_password_is_summarised_and_tied_to_the_form(client: Client, db: None) -> None:
    answer = client.post(reverse("account_login"), {"login": "nobody", "password": "wrong"})
    text = answer.content.decode()
    assert "data-error-summary" in text
    assert "wrong" not in text


def test_an_empty_field_is_marked_and_linked(client: Client, db: None) -> None:
    text = client.post(reverse("account_login"), {"login": "", "password": "x"}).content.decode()
    assert '<a href="#id_login">' in text
    assert 'id="id_login_error"' in text
    assert 'aria-invalid="true"' in text


def test_lock_out_shows_our_page_after_the_limit(
    client: Client, account: Callable[..., Any], settings: Any
) -> None:
    user = account(username="locked")
    for _ in range(settings.AXES_FAILURE_LIMIT):
        answer = client.post(reverse("account_login"), {"login": user.username, "password": "wrong"})
    assert answer.status_code == 429
    assert "30 分钟" in answer.content.decode()
    assert "dk-public" in answer.content.decode()


def test_a_one_time_password_leads_to_an_explained_change(
    client: Client, account: Callable[..., Any]
) -> None:
    user = account("city_officer", "杭州市")
    user.password = hashed()
    user.must_change_password = True
    user.save()
    client.force_login(user)
    answer = client.get(reverse("home"), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("account_change_password")
    assert "一次性密码" in answer.content.decode()


PAGES = [
    "account_login", "account_inactive",
]  # fmt: skip
OWN_PAGES = [
    "account_change_password", "account_logout", "account_reauthenticate", "mfa_index",
    "mfa_activate_totp", "mfa_add_webauthn", "mfa_list_webauthn", "usersessions_list",
]  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_account_page_has_our_frame(client: Client, db: None, name: str, language: str) -> None:
    client.cookies["duikou-language"] = language
    check(client.get(reverse(name), follow=True))


@pytest.mark.parametrize("name", OWN_PAGES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_of_ones_own_account_has_our_frame(officer: Client, name: str, language: str) -> None:
    officer.cookies["duikou-language"] = language
    check(officer.get(reverse(name), follow=True))


def check(answer: Any) -> None:
    text = answer.content.decode()
    assert answer.status_code == 200
    assert re.search(r"web/duikou(\.[0-9a-f]+)?\.css", text)
    assert text.count("<h1") == 1
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in tag or 'type="application/json"' in tag
    assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", text)


# --- components ---------------------------------------------------------------------------------------------


def test_icons_named_in_python_are_in_the_sprite() -> None:
    found = finders.find(SPRITE)
    assert isinstance(found, str)
    known = set(re.findall(r'<symbol id="([^"]+)"', Path(found).read_text("utf-8")))
    badges = {symbol for kind in BADGES.values() for _look, symbol, _words in kind.values()}
    assert {entry.icon for entry in ENTRIES} | badges | set(LOOK_ICONS.values()) <= known


def test_broken_page_renders_without_any_context() -> None:
    assert render_to_string("web/broken.html")
