"""The register: found by any writing, merged and undone; and what another city must not see."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.tools import Opener, axe, count_of, field, press


@pytest.mark.parametrize("question", ["安吉", "anji", "ajx"])
def test_a_hospital_is_found_by_characters_pinyin_and_initials(visit: Opener, question: str) -> None:
    page = visit("province")
    page.goto("/app/")
    box = page.locator("#dk-search")
    box.press_sequentially(question)
    expect(page.get_by_role("option", name=re.compile("安吉县")).first).to_be_visible()
    box.press("Enter")
    page.wait_for_url("**/app/search/?q=*")
    page.locator("main").get_by_role("link", name="安吉县人民医院", exact=True).first.click()
    expect(page.locator("h1")).to_contain_text("安吉县人民医院")


def test_a_short_name_finds_the_hospital(visit: Opener) -> None:
    page = visit("province", language="en")
    page.goto("/app/search/?q=省人民医院")
    page.locator("main").get_by_role("link", name="浙江省人民医院", exact=True).click()
    expect(page.locator("h1")).to_contain_text("浙江省人民医院")
    page.goto("/app/hospitals/?q=省人民医院")  # the register's own filter knows aliases, too
    expect(page.locator("#hospitals-list tbody th")).to_have_text(["浙江省人民医院"])


def test_two_entries_are_merged_and_parted_again(visit: Opener) -> None:
    page = visit("province")
    page.goto("/app/hospitals/?q=龙湾区第一人民医院")
    page.locator("#hospitals-list tbody a").first.click()
    page.get_by_role("link", name="并入另一家", exact=True).first.click()
    page.get_by_role("row").filter(has_text="龙湾区人民医院").get_by_role("link", name="对照").click()
    expect(page.get_by_role("table", name="左为将被并入的一条，右为保留的一条")).to_be_visible()
    assert axe(page) == []
    press(page, "合并")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    field(page, "reason").fill("同一家医院的两种叫法")
    press(page, "合并")
    expect(page.locator("h1")).to_contain_text("龙湾区人民医院")
    expect(page.locator("main")).to_contain_text("龙湾区第一人民医院")
    page.get_by_role("table", name="由谁而来，去了哪里").get_by_role("link").first.click()
    page.get_by_role("link", name=re.compile("撤回")).first.click()
    if field(page, "reason").count():
        field(page, "reason").fill("查明是两家")
    page.locator(
        "main form[method=post] button.btn-danger, main form[method=post] button.btn-primary"
    ).last.click()
    page.goto("/app/hospitals/?q=龙湾区第一人民医院")
    page.locator("#hospitals-list tbody a").first.click()
    expect(page.get_by_role("link", name="并入另一家", exact=True).first).to_be_visible()


def addresses_of_hangzhou(page: Page) -> list[str]:
    """Pages about rows of Hangzhou, as the province sees them."""
    found = []
    for desk, selector in (
        (
            "/app/pairings/list/?round=zhejiang-2014&q=富阳市第二人民医院",
            "#pairings-list tbody a[href*='/list/']",
        ),
        ("/app/hospitals/?q=富阳市第二人民医院", "#hospitals-list tbody a"),
        ("/app/pairings/findings/?round=zhejiang-2014&q=富阳", "#findings-list tbody a"),
    ):
        page.goto(desk)
        address = page.locator(selector).first.get_attribute("href")
        assert address, desk
        found.append(address)
    return found


def test_an_officer_of_another_city_sees_nothing_of_it(visit: Opener) -> None:
    province, ningbo, hangzhou = visit("province"), visit("ningbo"), visit("hangzhou")
    pairing, hospital, finding = addresses_of_hangzhou(province)

    ningbo.goto("/app/pairings/list/?round=zhejiang-2014&size=100")
    assert 0 < count_of(ningbo) < 60
    expect(ningbo.locator("#pairings-list")).not_to_contain_text("富阳市")
    hangzhou.goto("/app/pairings/list/?round=zhejiang-2014&q=富阳市第二人民医院")
    assert count_of(hangzhou) >= 1
    for address in (pairing, hospital, finding, f"{hospital}edit/"):
        refused = ningbo.goto(address)
        assert refused is not None
        assert refused.status == 404, address
        allowed = hangzhou.goto(address)
        assert allowed is not None
        assert allowed.status == 200, address
    assert axe(ningbo) == []
    ningbo.goto("/app/search/?q=富阳市第二人民医院")
    expect(ningbo.locator("main")).not_to_contain_text("富阳市第二人民医院 →")
    expect(ningbo.locator("main").get_by_role("link", name="富阳市第二人民医院", exact=True)).to_have_count(0)
