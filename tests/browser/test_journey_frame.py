"""Keyboard alone, language and look, and pages without script."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.tools import Opener, count_of, field, follow


def tab_to(page: Page, words: str, most: int = 60) -> None:
    """Press Tab until the focus is on an element with these words."""
    for _press in range(most):
        page.keyboard.press("Tab")
        named = page.evaluate(
            "(document.activeElement.getAttribute('aria-label') || document.activeElement.textContent).trim()"
        )
        if words in named:
            return
    pytest.fail(f"no Tab leads to “{words}”")


def test_the_keyboard_is_enough(visit: Opener) -> None:
    page = visit("keeper")
    page.goto("/app/people/accounts/")
    page.keyboard.press("Tab")
    expect(page.locator(".dk-skip")).to_be_focused()
    expect(page.locator(".dk-skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#dk-content")).to_be_focused()
    tab_to(page, "开设账号")  # the first thing behind the skip link's target, not the menu again

    page.goto("/app/people/accounts/")
    tab_to(page, "我的账号")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="修改密码")).to_be_visible()
    tab_to(page, "修改密码")
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="修改密码")).to_be_hidden()
    expect(page.get_by_role("button", name="我的账号")).to_be_focused()

    page.goto("/app/people/accounts/?q=auditor")
    page.locator("#accounts-list tbody a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/accounts/\d+/"))
    tab_to(page, "停用账号", most=80)
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="停用账号")
    expect(dialog).to_be_visible()
    assert dialog.evaluate("dialog => dialog.contains(document.activeElement)")
    for _press in range(8):  # the focus stays inside (or in the browser's own bar)
        page.keyboard.press("Tab")
        assert dialog.evaluate(
            "dialog => dialog.contains(document.activeElement) || document.activeElement === document.body"
        )
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="停用账号")).to_be_focused()


def test_the_search_is_a_key_away(visit: Opener) -> None:
    page = visit("province")
    page.goto("/app/")
    page.keyboard.press("/")
    expect(page.locator("#dk-search")).to_be_focused()
    page.keyboard.type("anji")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/app/(?!$)"))
    expect(page.locator("h1")).to_contain_text("安吉")


@pytest.mark.parametrize("who", ["province", None], ids=["officer", "public"])
def test_language_and_look_keep_the_page(visit: Opener, who: str | None) -> None:
    page = visit(who)
    address = "/app/pairings/list/?q=安吉&size=100" if who else "/pairings/?q=安吉&size=100"
    page.goto(address)
    before, rows = page.url, count_of(page)
    with page.expect_navigation():
        page.get_by_role("button", name="English").click()
    assert page.url == before
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert count_of(page) == rows
    assert not re.search(r"[\u4e00-\u9fff]", page.locator("h1").inner_text())

    page.locator("button[aria-haspopup][title]").click()
    page.get_by_role("button", name="Dark", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert page.url == before
    page.goto("/app/hospitals/" if who else "/counties/")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    with page.expect_navigation():
        page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


@pytest.mark.parametrize("width", [1280, 360])
def test_without_script_lists_and_forms_work(visit: Opener, width: int) -> None:
    page = visit("province", script=False, width=width)
    page.goto("/app/")
    follow(page.locator(".dk-nav").get_by_role("link", name="结对关系"))
    every = count_of(page)
    field(page, "q").first.fill("安吉")
    follow(page.locator("main .dk-filters button").first)
    assert 0 < count_of(page) < every
    if width > 600:  # cards on a phone have no heading to sort by
        follow(page.locator("thead a").first)
        assert "sort=" in page.url
    follow(page.get_by_role("link", name="清除全部筛选").first)
    assert count_of(page) == every

    page.goto("/app/pairings/list/new/")
    page.locator("main form[method=post] button").first.click()
    expect(page.locator("[data-error-summary]")).to_be_visible()
    assert page.locator("[data-error-summary] a").count() >= 2

    page.goto("/app/account/tokens/")
    field(page, "name").fill(f"无脚本 {width}")
    page.get_by_label("查看医院", exact=True).check()
    page.locator("main form[method=post]").last.get_by_role("button").click()
    expect(page.locator("#new-token")).to_be_visible()

    page.locator(".dk-search input").fill("安吉")
    page.locator(".dk-search input").press("Enter")
    expect(page.locator("h1")).to_contain_text("安吉")
    page.get_by_role("button", name="我的账号").click()
    expect(page.get_by_role("button", name="退出登录")).to_be_visible()


def test_the_public_window_needs_no_script(visit: Opener) -> None:
    page = visit(None, script=False, width=360)
    page.goto("/")
    page.get_by_role("searchbox").first.fill("淳安")
    page.get_by_role("button", name="查询").click()
    page.get_by_role("link", name="淳安县", exact=True).first.click()
    expect(page.locator("main")).to_contain_text("淳安县第一人民医院")
    page.get_by_role("button", name=re.compile("English")).click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
