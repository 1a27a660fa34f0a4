"""The same numbers on the dashboard, in the API and in the public window; each opens its rows and clause."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.tools import Opener, axe, count_of, field, press

EVERY = {"supporters": 67, "pairings": 165, "recipients": 151}
REACH = {"counties": (54, 56), "counties_in_city_tables": (46, 56), "districts": (22, 34)}
WORDS = {
    "zh-hans": {"covered": "已覆盖", "title": "结对总览", "public": "谁在支援我们县的医院？"},
    "en": {"covered": "Covered", "title": "Pairing overview", "public": "Who supports"},
}


def numbers_on(page: Page) -> list[list[int]]:
    """The numbers of the tiles, each as a list: [67] or [54, 56]."""
    texts = page.locator(".dk-stat-value").all_inner_texts()
    return [[int(part) for part in re.findall(r"\d+", text)] for text in texts]


def links_of(page: Page, selector: str) -> list[str]:
    return page.eval_on_selector_all(selector, "all => all.map(a => a.getAttribute('href'))")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_dashboard_opens_its_rows_and_clauses(visit: Opener, language: str) -> None:
    page = visit("province", language=language)
    page.goto("/app/pairings/?round=zhejiang-2014")
    expect(page.locator("h1")).to_have_text(WORDS[language]["title"])
    numbers = numbers_on(page)
    assert numbers == [*([n] for n in EVERY.values()), *(list(pair) for pair in REACH.values())]
    rows = links_of(page, "a.dk-stat")
    clauses = links_of(page, ".dk-stat + p a")
    assert len(rows) == len(numbers)
    assert len(clauses) >= len(numbers), "every number names its clause"

    for address, number in zip(rows[:3], numbers[:3], strict=True):
        page.goto(address)
        assert count_of(page) == number[0], address
    for address, (covered, total) in ((rows[3], REACH["counties"]), (rows[5], REACH["districts"])):
        page.goto(f"{address}&size=100")
        assert count_of(page) == total
        assert page.get_by_role("cell", name=WORDS[language]["covered"], exact=True).count() == covered
    page.goto(rows[4])  # the number says how many are there, the list names those that are not
    assert count_of(page) == REACH["counties_in_city_tables"][1] - REACH["counties_in_city_tables"][0]

    for address in dict.fromkeys(clauses):
        page.goto(address)
        rule = address.rstrip("/").rpartition("/")[2]
        expect(page.locator("h1")).to_contain_text(rule)
        expect(page.locator(".dk-lead")).to_contain_text("§")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_public_window_shows_the_same(visit: Opener, language: str) -> None:
    page = visit(None, language=language)
    page.goto("/")
    expect(page.locator("h1")).to_contain_text(WORDS[language]["public"])
    assert numbers_on(page) == [
        *([n] for n in EVERY.values()),
        list(REACH["counties"]),
        list(REACH["districts"]),
    ]
    rows, clauses = links_of(page, "a.dk-stat"), links_of(page, ".dk-stat + p a")
    assert len(clauses) == len(rows)
    for address, number in zip(rows, [*EVERY.values(), 56, 34], strict=True):
        page.goto(address)
        assert count_of(page) == number, address
    for address in clauses:
        page.goto(address)
        anchor = page.locator("#" + address.rpartition("#")[2])
        expect(anchor).to_be_visible()
        expect(anchor).to_contain_text("§")


def ask(site: Site, path: str, token: str = "") -> tuple[int, Any]:
    """One request to the API as a program makes it: no cookies, only the token."""
    request = urllib.request.Request(  # a loopback address of our own
        f"{site.address}/api/v1/{path}", headers={"Authorization": f"Bearer {token}"} if token else {}
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def test_a_token_made_on_the_page_reads_the_same_from_the_api(visit: Opener, site: Site) -> None:
    page = visit("province")
    page.goto("/app/account/tokens/")
    press(page, "创建")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    field(page, "name").fill("统计平台每日取数")
    page.get_by_label("查看结对", exact=True).check()
    page.get_by_label("查看医院", exact=True).check()
    press(page, "创建")
    secret = page.locator("#new-token").inner_text()
    assert axe(page) == []
    page.goto("/app/account/tokens/")
    expect(page.locator("body")).not_to_contain_text(secret)

    status, figures = ask(site, "rounds/zhejiang-2014/figures", secret)
    assert (status, figures["counts"]) == (200, EVERY)
    for name, (covered, total) in REACH.items():
        part = figures["coverage"][name]
        assert (part["covered"], part["total"]) == (covered, total)
    assert sorted(figures["coverage"]["counties"]["uncovered"]) == ["天台县", "长兴县"]
    for path, expected in (
        ("pairings?round=zhejiang-2014&limit=1", 165),
        ("rounds/zhejiang-2014/supporters?limit=1", 67),
        ("rounds/zhejiang-2014/recipients?limit=1", 151),
    ):
        status, answer = ask(site, path, secret)
        assert (status, answer["total"]) == (200, expected), path
    assert ask(site, "public/rounds/zhejiang-2014/figures")[1]["counts"] == EVERY

    assert ask(site, "findings?round=zhejiang-2014", secret)[0] == 403  # not among the chosen permissions
    assert ask(site, "rounds/zhejiang-2014/figures")[0] == 401
    page.get_by_role("row").filter(has_text="统计平台每日取数").get_by_role("button", name="停用").click()
    page.get_by_role("dialog").get_by_role("button", name="停用").click()
    expect(page.get_by_role("row").filter(has_text="统计平台每日取数")).to_contain_text("已停用")
    assert ask(site, "rounds/zhejiang-2014/figures", secret)[0] == 401


def test_a_citizen_on_a_phone_finds_who_supports_a_county(visit: Opener) -> None:
    page = visit(None, width=360)
    page.goto("/")
    page.get_by_role("searchbox").first.fill("安吉")
    page.get_by_role("button", name="查询").click()
    page.get_by_role("link", name="安吉县", exact=True).first.click()
    expect(page.locator("h1")).to_have_text("安吉县")
    row = page.get_by_role("row").filter(has_text="安吉县人民医院")
    expect(row).to_contain_text("浙江医院")
    expect(row).to_contain_text("2014-02-15")
    since = row.locator("td[data-label='起']")
    assert since.evaluate("cell => getComputedStyle(cell, '::before').content") == '"起"'
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    row.get_by_role("link", name="浙江医院").click()
    expect(page.locator("main")).to_contain_text("平湖市第一人民医院")

    page.goto("/search/?q=cxx")
    page.goto("/search/?q=长兴")
    expect(page.locator("h1")).to_have_text("长兴县")
    expect(page.locator("main")).to_contain_text("公布的结对表中没有本县的受援医院")
