"""First start, lock-out, and opening accounts."""

from __future__ import annotations

import re
from contextlib import suppress

from playwright.sync_api import Error, expect

from tests.browser.conftest import Site
from tests.browser.tools import Opener, axe, field, press, sign_in

OWN_PASSWORD = "Ge-Wu-Zhi-Zhi-1905"


def test_the_first_administrator_sets_an_own_password(visit: Opener, site: Site) -> None:
    page = visit(None)
    sign_in(page, site.administrator, site.administrator_password)
    expect(page.locator("h1")).to_have_text("修改密码")
    page.goto("/app/pairings/")
    expect(page.locator("h1")).to_have_text("修改密码")  # nothing else before that

    field(page, "oldpassword").fill(site.administrator_password)
    field(page, "password1").fill("12345678")
    field(page, "password2").fill("12345678")
    press(page, "修改密码")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    assert axe(page) == []

    field(page, "oldpassword").fill(site.administrator_password)
    field(page, "password1").fill(OWN_PASSWORD)
    field(page, "password2").fill(OWN_PASSWORD)
    press(page, "修改密码")
    page.wait_for_url("**/app/")
    expect(page.locator("h1")).to_contain_text("您好")
    expect(page.locator("main")).to_contain_text("等您处理")

    again = visit(None)
    sign_in(again, site.administrator, site.administrator_password)
    expect(again.locator("[data-error-summary]")).to_be_visible()  # the one-time password is spent


def test_five_wrong_passwords_lock_the_account(visit: Opener) -> None:
    page = visit(None, language="en")
    for _attempt in range(4):
        sign_in(page, "careless", "not-the-password")
        expect(page.locator("[data-error-summary]")).to_be_visible()
    sign_in(page, "careless", "not-the-password")
    expect(page.locator("h1")).to_have_text("Sign-in paused")
    assert axe(page) == []
    sign_in(page, "careless", "Xiang-Qian-2026!")
    expect(page.locator("h1")).to_have_text("Sign-in paused")
    sign_in(page, "hangzhou", "Xiang-Qian-2026!")  # others are not locked out with it
    page.wait_for_url("**/app/")


def test_an_account_is_opened_and_given_a_role(visit: Opener) -> None:
    keeper = visit("keeper")
    keeper.goto("/app/people/accounts/")
    keeper.get_by_role("link", name="开设账号").first.click()
    press(keeper, "开设账号")
    expect(keeper.locator("[data-error-summary]")).to_be_focused()
    keeper.locator("[data-error-summary] a").first.click()
    expect(field(keeper, "username")).to_be_focused()

    field(keeper, "username").fill("chen.lan")
    field(keeper, "display_name").fill("陈兰")
    field(keeper, "role").select_option("county_officer")
    field(keeper, "org").press_sequentially("长兴")
    keeper.get_by_role("option", name=re.compile("长兴县")).first.click()
    press(keeper, "开设账号")
    expect(keeper.locator("h1")).to_contain_text("已开设")
    password = keeper.locator("#one-time-password").inner_text()
    assert len(password) > 12
    assert axe(keeper) == []
    keeper.get_by_role("link", name="已抄下，查看账号").click()
    expect(keeper.locator("main")).to_contain_text("一次性密码，下次登录须修改")
    account_url = keeper.url
    with suppress(Error):  # the browser has not kept the answer
        keeper.go_back()
    keeper.wait_for_load_state()
    assert password not in keeper.locator("body").inner_text()

    chen = visit(None)
    sign_in(chen, "chen.lan", password)
    expect(chen.locator("h1")).to_have_text("修改密码")
    field(chen, "oldpassword").fill(password)
    field(chen, "password1").fill(OWN_PASSWORD)
    field(chen, "password2").fill(OWN_PASSWORD)
    press(chen, "修改密码")
    chen.goto("/app/")
    expect(chen.locator(".dk-lead")).to_have_text("县卫生健康主管人员 · 长兴县")
    assert chen.goto("/app/people/accounts/").status == 403  # type: ignore[union-attr]

    keeper.goto(account_url)
    keeper.get_by_role("link", name="授予角色").click()
    field(keeper, "role").select_option("auditor")
    field(keeper, "org").fill("湖州市")
    press(keeper, "授予")
    expect(keeper.get_by_role("table", name="现有授权").locator("tbody tr")).to_have_count(2)
    chen.goto("/app/audit/")
    expect(chen.locator("h1")).to_have_text("审计日志")

    row = keeper.get_by_role("row").filter(has_text="湖州市")
    row.get_by_role("button", name="结束").click()
    dialog = row.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_label("理由").fill("误授")
    dialog.get_by_role("button", name="结束授权").click()
    expect(keeper.get_by_role("table", name="现有授权").locator("tbody tr")).to_have_count(1)
    assert chen.goto("/app/audit/").status == 403  # type: ignore[union-attr]
