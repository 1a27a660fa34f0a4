"""A finding from its discovery to its repair, seen again in the audit trail."""

from __future__ import annotations

import datetime as dt
import re

from playwright.sync_api import Page, expect

from tests.browser.tools import Opener, axe, count_of, field, press

REASON = "县里正在新建医院，先由市里安排巡回医疗。"
DESK = "/app/pairings/findings/"


def open_finding(page: Page, county: str) -> str:
    """Go to the county's PAIR-03; answers its address."""
    page.goto(f"{DESK}?round=journey&rule=PAIR-03")
    page.get_by_role("row").filter(has_text=county).get_by_role("link").first.click()
    expect(page.locator("h1")).to_contain_text(county)
    return page.url


def audit_again(page: Page) -> None:
    page.goto(f"{DESK}?round=journey")
    press(page, "重新核查")
    expect(page.locator("h1")).to_contain_text("次核查")


def number_of(page: Page, label: str) -> int:
    tile = page.locator(".dk-stat").filter(has=page.get_by_text(label, exact=True))
    return int(re.sub(r"\D", "", tile.locator(".dk-stat-value").inner_text()))


def test_an_uncovered_county_is_assigned_excused_and_repaired(visit: Opener, own_round: str) -> None:
    page = visit("province")
    audit_again(page)
    page.goto(f"{DESK}?round={own_round}&rule=PAIR-03")
    assert count_of(page) == 2
    address = open_finding(page, "长兴县")
    expect(page.locator("main")).to_contain_text("S1 §一(一)")

    # assigned to the city, with a date
    field(page, "assignee").select_option(label="湖州市")
    due = (dt.date.today() + dt.timedelta(days=30)).isoformat()
    field(page, "due").fill(due)
    press(page, "指派")
    expect(page.locator("main")).to_contain_text(f"期限 {due}")
    expect(page.locator(".dk-lead")).to_contain_text("已指派")

    # an exception needs a reason: the summary leads to the field
    press(page, "申请例外")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    assert axe(page) == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(field(page, "reason")).to_be_focused()
    field(page, "reason").fill(REASON)
    press(page, "申请例外")
    expect(page.locator(".dk-lead")).to_contain_text("例外待批")
    expect(page.locator("main")).to_contain_text("例外须由申请人以外的人裁定")
    expect(page.get_by_role("button", name="批准例外")).to_have_count(0)
    assert axe(page) == []

    # who asked cannot approve, not even past the page
    answer = page.request.post(
        f"{address}accept/",
        form={
            "csrfmiddlewaretoken": page.locator("[name=csrfmiddlewaretoken]").first.input_value(),
            "version": page.locator("[name=version]").first.input_value(),
            "reason": "自己批准",
        },
        headers={"Referer": address},
    )
    assert answer.status in (403, 409, 422), answer.status
    page.goto(address)
    expect(page.locator(".dk-lead")).to_contain_text("例外待批")

    # another officer does, in the other language
    second = visit("province2", language="en")
    second.goto("/app/")
    second.locator("main").get_by_role("link").filter(has_text="xception").first.click()
    second.goto(address)
    expect(second.locator("main")).to_contain_text(REASON)
    second.get_by_role("heading", name="Approve the exception").locator("..").get_by_label("Reason").fill(
        "同意，限半年。"
    )
    press(second, "Approve the exception")
    expect(second.locator(".dk-lead")).to_contain_text("Exception approved")

    # a re-audit leaves the exception alone and says that nothing has changed
    audit_again(page)
    assert (number_of(page, "新增"), number_of(page, "消除")) == (0, 0)

    # the county gets a hospital and a supporter: the cause is gone
    register_hospital(page, "长兴县人民医院", "长兴县")
    page.goto(f"/app/pairings/list/new/?round={own_round}")
    field(page, "round").select_option(own_round)
    field(page, "table").select_option("2")
    field(page, "group").select_option("湖州市")
    field(page, "supporter").fill("湖州市第一人民医院")
    field(page, "recipient").fill("长兴县人民医院")
    press(page, "新增")
    expect(page.locator("h1")).to_contain_text("长兴县人民医院")
    page.goto(f"/app/pairings/?round={own_round}")
    expect(page.locator("main")).to_contain_text("核查结果已过时")
    expect(page.locator(".dk-stat").filter(has_text="已覆盖的县、县级市")).to_contain_text("55 / 56")
    audit_again(page)
    gone = page.locator(".dk-card").filter(has=page.get_by_role("heading", name="消除的发现"))
    expect(gone).to_contain_text("长兴县")
    assert number_of(page, "消除") >= 2  # PAIR-03 and the city's own table, PAIR-04
    page.goto(address)
    expect(page.locator(".dk-lead")).to_contain_text("已消除")
    page.goto(f"{DESK}?round={own_round}&rule=PAIR-03")
    assert count_of(page) == 1

    in_the_trail(visit)


def register_hospital(page: Page, name: str, county: str) -> None:
    page.goto("/app/hospitals/new/")
    field(page, "name").fill(name)
    option = page.locator("main [name=division] option").filter(has_text=county).first
    field(page, "division").select_option(option.get_attribute("value"))
    field(page, "kind").select_option("general")
    if field(page, "reason").count():
        field(page, "reason").fill("补登记")
    press(page, "登记")
    expect(page.locator("h1")).to_contain_text(name)


def in_the_trail(visit: Opener) -> None:
    """The auditor finds the approval and its reason, and that the chain holds."""
    auditor = visit("auditor")
    auditor.goto("/app/audit/?q=同意，限半年")
    assert count_of(auditor) == 1
    auditor.locator("#audit-list tbody a").first.click()
    expect(auditor.locator("main")).to_contain_text("同意，限半年。")
    expect(auditor.locator("main")).to_contain_text("province2")
    expect(auditor.get_by_role("table", name="变更前与变更后")).to_be_visible()
    auditor.goto("/app/audit/")
    press(auditor, "核对整条链")
    done = auditor.locator("main").get_by_text("全部完好")
    for _attempt in range(40):
        if done.count():
            break
        auditor.wait_for_timeout(500)
        auditor.goto("/app/audit/")
    expect(done.first).to_be_visible()
