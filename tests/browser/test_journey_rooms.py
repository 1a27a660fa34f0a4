"""Two hospitals in a room: pictures both ways, one pointer, back after a reload, recorded by consent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.browser.calls import browser_with_devices, come_in, frames_rise, links, until
from tests.browser.conftest import PASSWORD, Site, windows_of
from tests.browser.tools import Opener, Windows, axe, field, press


@pytest.fixture(scope="module")
def with_devices(playwright: Playwright) -> Iterator[Browser]:
    with browser_with_devices(playwright) as started:
        yield started


@pytest.fixture
def call(
    request: pytest.FixtureRequest,
    site: Site,
    with_devices: Browser,
    accounts: tuple[str, ...],
) -> Iterator[Opener]:
    """Open a window with camera and microphone."""
    doors: dict[str, list[Any]] = {}
    yield from windows_of(request, Windows(with_devices, site.address, PASSWORD, doors))


def open_room(page: Page, title: str) -> str:
    page.goto("/app/rooms/new/")
    field(page, "title").fill(title)
    page.locator("main").get_by_label("浙江医院", exact=True).check()
    press(page, "开放")
    return page.url


def test_seen_heard_pointed_at_and_back_after_a_reload(call: Opener) -> None:
    clinic, expert = call("clinic"), call("expert")
    room = open_room(clinic, "心内科病例讨论")
    assert not axe(clinic)
    come_in(clinic, room)
    expect(clinic.locator("[data-told]")).to_have_text("已进入，等待其他人。")
    come_in(expert, room)
    for page in (clinic, expert):
        expect(page.locator("[data-told]")).to_have_text("已接通。")
        frames_rise(page)
        assert not axe(page)
    expect(clinic.locator("[data-link-words]")).to_contain_text("连接")

    canvas = expert.locator("[data-ink]")
    box = canvas.bounding_box()
    assert box is not None
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    expert.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.5)
    stage = clinic.locator("[data-stage]")
    until(lambda: bool(stage.get_attribute("data-pointed-at")), 10, "a pointer on the other side")
    x, y = map(float, str(stage.get_attribute("data-pointed-at")).split(","))
    assert (abs(x - 0.25) < 0.01, abs(y - 0.5) < 0.01) == (True, True)

    expert.get_by_role("button", name="书写").click()
    expert.mouse.move(box["x"] + 60, box["y"] + 60)
    expert.mouse.down()
    expert.mouse.move(box["x"] + 160, box["y"] + 90, steps=6)
    expert.mouse.up()
    expect(stage).to_have_attribute("data-strokes", "1")

    expert.reload()  # comes back by itself, without leaving the session
    expect(expert.locator("[data-told]")).to_have_text("已接通。")
    expect(expert.locator("[data-stage]")).to_have_attribute("data-strokes", "1")
    for page in (clinic, expert):
        frames_rise(page)
    assert len(links(clinic)) == 1
    assert clinic.locator("[data-tiles] > li").count() == 2

    clinic.get_by_role("button", name="关话筒").click()
    expect(expert.locator("[data-tiles]")).to_contain_text("话筒关")
    clinic.get_by_role("button", name="关摄像头").click()
    expect(expert.locator("[data-tiles]")).to_contain_text("摄像头关")

    clinic.check("[data-agree]")
    expect(expert.locator("[data-tiles]")).to_contain_text("同意录制")
    clinic.get_by_role("button", name="开始录制").click()
    expect(clinic.locator("[data-told]")).to_contain_text("还没有同意录音录像")
    expert.check("[data-agree]")
    expect(clinic.locator("[data-tiles]")).to_contain_text("同意录制")
    clinic.get_by_role("button", name="开始录制").click()
    for page in (clinic, expert):
        expect(page.locator("[data-recording]")).to_be_visible()
    clinic.wait_for_timeout(5000)
    expert.uncheck("[data-agree]")
    for page in (clinic, expert):
        expect(page.locator("[data-recording]")).to_be_hidden()
    expect(clinic.locator("[data-told]")).to_have_text("有人撤回同意，录制已停止。")

    expert.get_by_role("button", name="离开").click()
    expect(clinic.locator("[data-told]")).to_have_text("已进入，等待其他人。")
    clinic.goto(room)
    expect(clinic.get_by_text("有人撤回同意 ·")).to_be_visible()
    with clinic.expect_download() as fetched:
        clinic.get_by_role("link", name="下载").click()
    content = fetched.value.path().read_bytes()
    assert content[:4] == b"\x1aE\xdf\xa3"  # WebM
    assert len(content) > 10_000
    press(clinic, "关闭会诊室")
    expect(clinic.get_by_text("会诊室已关闭。")).to_be_visible()


def test_the_site_is_lost_for_a_while_and_nothing_is(call: Opener) -> None:
    clinic, expert = call("clinic"), call("expert", width=360)
    room = open_room(clinic, "断网演练")
    come_in(clinic, room)
    come_in(expert, room)
    for page in (clinic, expert):
        expect(page.locator("[data-told]")).to_have_text("已接通。")
    expert.context.set_offline(True)
    for number in range(3):
        stroke = f"window.duikouRoom.line.send('stroke', {{exhibit: '1', points: [[0, 0], [{number}, 1]]}})"
        clinic.evaluate(stroke)
        expert.evaluate(stroke)
    expert.wait_for_timeout(1500)
    expert.context.set_offline(False)
    for page in (clinic, expert):
        expect(page.locator("[data-stage]")).to_have_attribute("data-exhibit-shown", "1")
        count = page.locator("[data-stage]")
        expect(count).to_have_attribute("data-strokes", "3")  # the other's, each once
    frames_rise(expert)
    assert expert.evaluate("document.documentElement.scrollWidth") <= 360
    assert not axe(expert)


def test_the_devices_are_tried_before(call: Opener, visit: Opener) -> None:
    page = call("clinic")
    page.goto("/app/rooms/devices/")
    assert not axe(page)
    page.get_by_role("button", name="开始测试").click()
    expect(page.locator("[data-told]")).to_contain_text("话筒有声音")
    expect(page.locator("#rooms-camera option")).not_to_have_count(0)
    until(lambda: bool(page.evaluate("document.querySelector('[data-preview]').videoWidth")), 10, "a picture")
    page.get_by_role("button", name="播放提示音").click()

    other = visit("clinic")
    answer = other.goto("/app/patients/")
    assert answer is not None
    assert "camera=()" in answer.headers["permissions-policy"]
    answer = other.goto("/app/rooms/devices/")
    assert answer is not None
    assert "camera=(self)" in answer.headers["permissions-policy"]
