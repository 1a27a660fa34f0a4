"""Every component in a real browser: looks, keyboard, policy; and two-step verification under that policy."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import windows_of
from tests.browser.tools import (
    Opener,
    Windows,
    axe,
    free_port,
    own_environment,
    sign_in,
    stop,
    wait_until_it_answers,
)

PASSWORD = "Sample-pass-2014!"


@pytest.fixture(scope="session")
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The gallery on an empty database with one officer; answers its address."""
    home = tmp_path_factory.mktemp("gallery")
    environment = own_environment(
        home, DUIKOU_TESTING="1", DJANGO_SETTINGS_MODULE="tests.browser.gallery.settings"
    )

    def django(*words: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "django", *words],
            env=environment,
            cwd=home,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    django("migrate", "-v", "0")
    django(
        "shell",
        "-c",
        "import datetime as dt\n"
        "from duikou.core.models import OrgUnit, RoleGrant, User\n"
        "nation = OrgUnit.objects.create(kind='nation', name='全国')\n"
        "unit = OrgUnit.objects.create(kind='province', name='浙江省', parent=nation)\n"
        "for name in ('officer', 'totp', 'key'):\n"
        f"    user = User.objects.create_user(name, password={PASSWORD!r}, display_name=name)\n"
        "    RoleGrant.objects.create(\n"
        "        user=user, role='provincial_officer', org=unit, valid_from=dt.date(2014, 1, 1))\n",
    )
    port = free_port()
    # WebAuthn needs a name: browsers refuse a bare address as the party that asks.
    address = f"http://localhost:{port}"
    log = home / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "django", "runserver", f"127.0.0.1:{port}", "--noreload"],
            env=environment,
            cwd=home,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until_it_answers(f"{address}/healthz", process, log)
        yield address
    finally:
        stop(process)


@pytest.fixture
def window(request: pytest.FixtureRequest, gallery: str, browser: Browser) -> Iterator[Opener]:
    """Open a window on the gallery: `window("officer", language="en", width=360, dark=True)`."""
    yield from windows_of(request, Windows(browser, gallery, PASSWORD, {}))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_all_components_are_accessible(window: Opener, width: int, dark: bool) -> None:
    page = window("officer", width=width, dark=dark)
    page.goto("/gallery/")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.get_by_role("button", name="保存").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    assert axe(page) == []


@pytest.mark.parametrize("path", ["/gallery/conflict/", "/no/such/page/", "/gallery/?page=abc"])
def test_refusals_are_accessible(window: Opener, path: str) -> None:
    page = window("officer", dark=True)
    page.goto(path)
    assert axe(page) == []


def test_a_chinese_label_is_drawn_and_no_box(window: Opener) -> None:
    page = window("officer")
    page.goto("/gallery/")
    # Where no font has a character, every missing one is drawn alike.
    shapes = page.evaluate(
        """() => ['峃', '碶', '医'].map((letter) => {
            const canvas = document.createElement('canvas');
            canvas.width = canvas.height = 48;
            const pen = canvas.getContext('2d');
            pen.font = '40px ' + getComputedStyle(document.body).fontFamily;
            pen.fillText(letter, 2, 40);
            return [...pen.getImageData(0, 0, 48, 48).data].join();
        })"""
    )
    assert len(set(shapes)) == 3


def test_the_look_is_kept_and_applied_before_the_page_shows(window: Opener) -> None:
    page = window("officer")
    page.goto("/gallery/")
    page.get_by_role("button", name="明暗外观").click()
    page.get_by_role("button", name="深色").click()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    page.reload(wait_until="commit")
    page.wait_for_selector("body", state="attached")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"


def test_menus_close_with_escape_and_give_the_focus_back(window: Opener) -> None:
    page = window("officer")
    page.goto("/gallery/")
    button = page.get_by_role("button", name="我的账号")
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(button).to_be_focused()


def test_the_drawer_on_a_phone_holds_the_focus(window: Opener) -> None:
    page = window("officer", width=360)
    page.goto("/gallery/")
    opener = page.get_by_role("button", name="打开导航")
    opener.click()
    assert page.evaluate("document.querySelector('.dk-main').inert")
    assert page.evaluate("document.getElementById('dk-sidebar').contains(document.activeElement)")
    assert axe(page) == []
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    assert not page.evaluate("document.querySelector('.dk-main').inert")


def test_tables_become_cards_on_a_phone(window: Opener) -> None:
    page = window("officer", width=360)
    page.goto("/gallery/")
    cell = page.locator("#sample-list tbody td[data-label='市']").first
    assert cell.evaluate("cell => getComputedStyle(cell, '::before').content") == '"市"'
    assert cell.bounding_box()["x"] + cell.bounding_box()["width"] <= 360  # type: ignore[index]


def test_a_list_filters_in_place_and_back_leads_back(window: Opener) -> None:
    page = window("officer")
    page.goto("/gallery/?as_of=2014-03-01")
    page.evaluate("window.samePage = true")
    page.select_option("#sample-list-city", "乙市")
    page.click("#sample-list-filter")
    expect(page.locator(".dk-list-count")).to_contain_text("共 47 条")
    assert page.evaluate("window.samePage")
    assert re.search(r"\?as_of=2014-03-01&city=[^&]+$", page.url), "empty fields stay out of the address"
    expect(page.locator("#dk-live")).to_contain_text("共 47 条")
    expect(page.locator("#sample-list-filter")).to_be_focused()
    page.go_back()
    expect(page.locator(".dk-list-count")).to_contain_text("共 142 条")


def test_a_refused_filter_is_shown_and_not_swallowed(window: Opener) -> None:
    page = window("officer")
    page.goto("/gallery/")
    page.eval_on_selector("#sample-list-city option:last-child", "option => { option.value = 'nowhere' }")
    page.select_option("#sample-list-city", "nowhere")
    page.click("#sample-list-filter")
    expect(page.locator("h1")).to_have_text("请求有误")
    expect(page.get_by_role("alert")).to_contain_text("nowhere")


def test_a_list_asked_after_signing_out_leads_to_the_sign_in(window: Opener) -> None:
    page = window("officer")
    page.goto("/app/")
    page.goto("/gallery/")
    page.context.clear_cookies(name="duikou")
    page.click("#sample-list-filter")
    page.wait_for_load_state()
    assert page.locator(".dk-sidebar a[aria-current]").count() == 0  # nothing of the officer's is left


def test_a_dialog_opens_and_closes(window: Opener) -> None:
    page = window("officer")
    page.goto("/gallery/")
    page.get_by_role("button", name="删除").click()
    dialog = page.locator("dialog#drop")
    expect(dialog).to_be_visible()
    assert axe(page) == []
    dialog.get_by_role("button", name="取消").click()
    expect(dialog).to_be_hidden()


def test_map_cells_are_reached_by_keyboard_and_lead_somewhere(window: Opener) -> None:
    page = window("officer")
    page.goto("/gallery/")
    link = page.locator(".dk-map a").first
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/gallery/?unit=*")


def test_a_chart_is_drawn_with_its_description(window: Opener) -> None:
    page = window("officer")
    page.goto("/gallery/")
    expect(page.locator("#cities svg")).to_be_visible()
    expect(page.locator("#cities")).to_have_attribute("aria-label", "甲市 12，乙市 7，丙市 5")


def test_without_script_the_navigation_and_the_filters_work(gallery: str, browser: Browser) -> None:
    context = browser.new_context(
        java_script_enabled=False, locale="zh-CN", viewport={"width": 360, "height": 800}, base_url=gallery
    )
    page = context.new_page()
    sign_in(page, "officer", PASSWORD)
    page.goto("/gallery/")
    expect(page.locator(".dk-sidebar")).to_be_visible()
    page.select_option("#sample-list-city", "乙市")
    page.click("#sample-list-filter")
    expect(page.locator(".dk-list-count")).to_contain_text("共 47 条")
    context.close()


def code_of(secret: str) -> str:
    """The six digits that an authenticator app shows now (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time()) // 30)
    digest = hmac.new(base64.b32decode(secret + "=" * (-len(secret) % 8)), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def confirm_password(page: Page) -> None:
    """Security settings ask for the password once more."""
    expect(page.locator("h1")).to_have_text("再次确认身份")
    assert axe(page) == []
    page.fill("input[name=password]", PASSWORD)
    page.click("main .btn-primary")
    page.wait_for_load_state()


def test_an_authenticator_app_is_set_up_and_asked_for(window: Opener) -> None:
    page = window("totp")
    page.goto("/accounts/2fa/totp/activate/")
    confirm_password(page)
    assert page.eval_on_selector(".dk-qr", "image => image.complete && image.naturalWidth > 0"), (
        "the QR code shows"
    )
    assert axe(page) == []
    secret = page.input_value("#authenticator_secret")
    page.fill("input[name=code]", "000000")
    page.click("main .btn-primary")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.fill("input[name=code]", code_of(secret))
    page.click("main .btn-primary")
    expect(page.locator("#recovery_codes")).to_be_visible()
    assert axe(page) == []
    recovery = page.input_value("#recovery_codes").split()[0]

    other = window(None)
    sign_in(other, "totp", PASSWORD)
    expect(other.locator("h1")).to_have_text("两步验证")
    assert axe(other) == []
    other.fill("input[name=code]", recovery)
    other.click("main .btn-primary")
    other.wait_for_url("**/app/**")


def test_a_security_key_is_added_and_signs_in(window: Opener) -> None:
    page = window("key")
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "usb",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    page.goto("/accounts/2fa/webauthn/add/")
    confirm_password(page)
    assert axe(page) == []
    page.fill("input[name=name]", "办公室电脑")
    with page.expect_navigation(url=re.compile(r"/accounts/2fa/(recovery-codes|webauthn)/$")):
        page.click("#mfa_webauthn_add")
    page.goto("/accounts/2fa/webauthn/")
    expect(page.locator("tbody th")).to_have_text("办公室电脑")
    assert axe(page) == []
    page.context.clear_cookies(name="duikou")
    sign_in(page, "key", PASSWORD)
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_url("**/app/**")
