"""A next round, from the first draft to its opening: found, tried out, compared, agreed to, opened."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import PASSWORD, Site, open_accounts, running_site, windows_of
from tests.browser.tools import Opener, Windows, axe, field, press

PROPOSALS = "/app/pairings/proposals/"
SAYS = {
    "zh-hans": {
        "make": "建立并求解",
        "proved": ("已证明最优", "已独立复核"),
        "solve": "改动并重算",
        "solved": re.compile(r"已重新求解：\+\d+ −\d+"),
        "undo": "撤销这一步",
        "lock": "指定这一对",
        "locked": "已指定",
        "copy": "复制",
        "compare": "逐对比较",
        "submit": "提交审批",
        "waiting": "待您批准的方案",
        "reason": "审批意见",
        "approve": "批准方案",
        "open": "转为新一轮",
        "begin": "开启新一轮",
        "no gap": "断档 0 天",
    },
    "en": {
        "make": "Make and solve",
        "proved": ("proved optimal", "checked independently"),
        "solve": "Change and solve",
        "solved": re.compile(r"Solved again: \+\d+ −\d+"),
        "undo": "Undo this step",
        "lock": "Lock this pair",
        "locked": "locked",
        "copy": "Copy",
        "compare": "Compare pair by pair",
        "submit": "Submit for approval",
        "waiting": "proposals waiting for your approval",
        "reason": "Remark",
        "approve": "Approve",
        "open": "Open as the next round",
        "begin": "Open the next round",
        "no gap": "0 days of gap",
    },
}


@pytest.fixture
def own_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of this journey alone: it ends the round that the other tests look at."""
    with running_site(tmp_path_factory.mktemp("planning")) as running:
        open_accounts(running)
        yield running


@pytest.fixture
def visit_own(request: pytest.FixtureRequest, own_site: Site, browser: Browser) -> Iterator[Opener]:
    """Open a window on the journey's own site."""
    yield from windows_of(request, Windows(browser, own_site.address, PASSWORD, {}))


def supporter(page: Page, name: str) -> Locator:
    """The card of a supporter on the board."""
    return page.locator(f"[data-board] [data-name='{name}']")


def drag(page: Page, chip: Locator, card: Locator) -> None:
    """Drag a pair onto another card with the mouse, as a hand would: in steps."""
    chip.scroll_into_view_if_needed()
    start, end = chip.bounding_box(), card.bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 10, start["y"] + start["height"] / 2)
    page.mouse.down()
    page.mouse.move(start["x"] + 30, start["y"] + 30, steps=4)
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 20, steps=8)
    expect(card).to_have_class(re.compile("dk-deal-over"))
    page.mouse.up()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_planner_s_way_to_the_next_round(visit_own: Opener, language: str) -> None:
    says = SAYS[language]
    page = visit_own("province", language=language)

    # made from the present round, solved at once, with its proof
    page.goto(f"{PROPOSALS}new/")
    field(page, "name").fill("少变动 Few changes")
    press(page, says["make"])
    desk = page.url
    for words in says["proved"]:
        expect(page.locator("#desk")).to_contain_text(words)
    expect(page.locator(".dk-stat").first).to_contain_text("58")

    # dragged to another supporter, confirmed: the difference is shown
    page.goto(f"{desk}?part=board")
    here, there = supporter(page, "浙江医院"), supporter(page, "浙江省人民医院")
    pair = here.locator(".dk-deal-chip").filter(has_text="安吉县人民医院")
    drag(page, pair, there)
    dialog = page.locator("#move-dialog")
    expect(dialog).to_contain_text("安吉县人民医院: 浙江医院 → 浙江省人民医院")
    expect(dialog.locator("[name=reason]")).to_be_focused()
    assert axe(page) == []
    dialog.get_by_role("button", name=says["solve"]).click()
    expect(dialog).to_be_hidden()
    answer = page.locator("#desk-answer")
    expect(answer).to_contain_text(says["solved"])
    expect(answer).to_contain_text("+ 浙江省人民医院 → 安吉县人民医院")
    moved = there.locator(".dk-deal-chip").filter(has_text="安吉县人民医院")
    expect(moved).to_contain_text(says["locked"])
    assert axe(page) == []

    # undone: as it was
    answer.get_by_role("button", name=says["undo"]).click()
    expect(answer).to_contain_text("− 浙江省人民医院 → 安吉县人民医院")
    expect(moved).to_have_count(0)
    expect(pair).not_to_contain_text(says["locked"])

    # locked with the keyboard alone, on the pair's card
    pair.get_by_role("link").focus()
    page.keyboard.press("Enter")
    card = page.locator("#pair-dialog")
    expect(card).to_be_visible()
    expect(card.locator("h2")).to_be_focused()
    for _stop in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "lock":
            break
    expect(card.get_by_role("button", name=says["lock"])).to_be_focused()
    page.keyboard.press("Enter")
    expect(card).to_be_hidden()
    expect(pair).to_contain_text(says["locked"])
    expect(pair.get_by_role("link")).to_be_focused()

    # copied, and the two compared
    press(page, says["copy"])
    assert page.url != desk
    page.goto(PROPOSALS)
    press(page, says["compare"])
    expect(page.get_by_role("table").first).to_contain_text("58")

    # submitted; nobody approves what they submitted
    page.goto(desk)
    press(page, says["submit"])
    expect(page.get_by_role("button", name=says["approve"])).to_have_count(0)

    # the second officer finds it on the home page, approves it and opens the next round
    second = visit_own("province2", language=language)
    second.goto("/app/")
    second.locator("main").get_by_role("link").filter(has_text=says["waiting"]).first.click()
    second.locator("#proposals-list tbody a").first.click()
    second.get_by_label(says["reason"]).fill("各市来函同意")
    press(second, says["approve"])
    with second.expect_navigation():
        second.get_by_role("link", name=says["open"]).click()
    expect(field(second, "hand_over")).to_have_value("2017-02-15")
    assert axe(second) == []
    press(second, says["begin"])
    expect(second.locator("main")).to_contain_text(says["no gap"])
    opened = second.url.rstrip("/").rpartition("/")[2]
    second.goto(f"/app/pairings/list/?round={opened}&q=安吉县人民医院")
    expect(second.locator("#pairings-list tbody")).to_contain_text("浙江医院")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_weights_are_slid_and_their_rates_follow(visit_own: Opener, language: str) -> None:
    """Nothing is saved; the number and the exchange rates move with the slider."""
    page = visit_own("province", language=language)
    page.goto(f"{PROPOSALS}new/")
    field(page, "name").fill("按权重")
    press(page, SAYS[language]["make"])
    page.goto(f"{page.url.split('?')[0]}settings/")
    page.locator("details summary").first.click()
    rates, before = page.locator("#rates"), page.locator("#rates").inner_text()
    for name, keys in (("weight_stability", 40), ("weight_travel", 20)):
        number = field(page, name)
        slider = page.locator(f"input[type=range]:has(+ [name='{name}'])")
        slider.focus()
        for _key in range(keys):
            page.keyboard.press("ArrowRight")
        assert number.input_value() == slider.get_attribute("aria-valuetext") != "0"
    expect(rates).not_to_have_text(before, timeout=20_000)
    expect(rates.locator("li")).to_have_count(1)
    field(page, "weight_travel").fill("0")
    field(page, "weight_travel").blur()
    expect(rates.locator("li")).to_have_count(0, timeout=20_000)
    assert axe(page) == []
