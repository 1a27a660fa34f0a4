"""Calls through the real relay and the real conference server, and what happens when they are killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from scripts.tele import coturn, ground, janus
from tests.browser.calls import come_in, frames_rise, links, until
from tests.browser.conftest import PASSWORD, Site, served, windows_of
from tests.browser.tools import Opener, Windows, field, press
from tests.tele import absences
from tests.tele.calls import servers, settings_beside
from tests.tele.sites import begin_with

ROOM = "讨论"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    if words := absences.calls():
        pytest.skip(words)
    with servers(tmp_path_factory.mktemp("calls")) as made:
        yield made


@pytest.fixture(scope="module")
def site(home: Path, ready_home: Path) -> Iterator[Site]:
    with served(begin_with(ready_home, home), ground.port(home, "site"), **settings_beside(home)) as running:
        yield running


@pytest.fixture
def call(request: pytest.FixtureRequest, site: Site, with_devices: Browser) -> Iterator[Opener]:
    doors: dict[str, list[Any]] = {}
    yield from windows_of(request, Windows(with_devices, site.address, PASSWORD, doors))


def open_room(page: Page, *hospitals: str) -> str:
    page.goto("/app/rooms/new/")
    expect(page.get_by_text("部分功能没有启用")).to_have_count(0)
    field(page, "title").fill(ROOM)
    for name in hospitals:
        page.locator("main").get_by_label(name, exact=True).check()
    press(page, "开放")
    return page.url


def by_server(page: Page) -> None:
    """Wait until the server carries the page's sound and pictures."""
    until(lambda: bool(page.evaluate("Boolean(window.duikouRoom.conference?.linked)")), 40, "the server")


def kill(home: Path, name: str) -> None:
    pid = ground.running(home, name)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    until(lambda: ground.running(home, name) is None, 10, f"the end of {name}")


def test_two_through_the_relay_alone_and_the_relay_is_killed(call: Opener, home: Path) -> None:
    clinic, expert = call("clinic"), call("expert")
    room = open_room(clinic, "浙江医院")
    for page in (clinic, expert):
        come_in(page, f"{room}?relay=only")
    for page in (clinic, expert):
        expect(page.locator("[data-told]")).to_have_text("已接通。")
        frames_rise(page)
        assert all(one["relayed"] for one in links(page))
        expect(page.locator("[data-link-words]")).to_contain_text("经中继")
    kill(home, coturn.NAME)
    clinic.wait_for_timeout(3000)
    coturn.start(home)
    for page in (clinic, expert):
        frames_rise(page, seconds=60)
        assert [one["relayed"] for one in links(page)] == [True]
    assert clinic.locator("[data-tiles] > li").count() == 2


def test_three_through_the_server_and_the_server_is_killed(call: Opener, home: Path) -> None:
    clinic, expert, records = call("clinic"), call("expert"), call("records")
    room = open_room(clinic, "安吉县人民医院", "浙江医院")
    come_in(clinic, room)
    come_in(expert, room)
    for page in (clinic, expert):
        expect(page.locator("[data-told]")).to_have_text("已接通。")
    come_in(records, room)
    pages = (clinic, expert, records)
    for page in pages:
        by_server(page)
        frames_rise(page, 2, seconds=40)
        assert page.evaluate("[...window.duikouRoom.others.values()].every((one) => !one.peer)")
    assert_no_secret(home, pages)

    kill(home, janus.NAME)  # the room goes on without it
    for page in pages:
        frames_rise(page, 2, seconds=60)
        assert page.evaluate("window.duikouRoom.conference") is None
    janus.start(home)
    until(lambda: brings_back(records), 90, "the room at the server again")
    for page in pages:
        by_server(page)
        frames_rise(page, 2, seconds=60)


def brings_back(page: Page) -> bool:
    """Come in anew: who does so once the site knows that the server is there brings the room back to it."""
    page.reload()
    expect(page.locator("[data-inside]")).to_be_visible()
    with suppress(AssertionError):
        until(lambda: bool(page.evaluate("Boolean(window.duikouRoom.conference)")), 5)
        return True
    return False


def assert_no_secret(home: Path, pages: tuple[Page, ...]) -> None:
    """No key of the server has reached a page: neither the API secret nor what makes tokens or rooms."""
    keys = [janus.derived(home, purpose) for purpose in ("api", "token", "admin")]
    for page in pages:
        ticket = page.evaluate("JSON.stringify(window.duikouRoom.conference.ticket)")
        assert all(key not in ticket and key not in page.content() for key in keys)
    asked = janus.address(home)
    answer = pages[0].request.post(asked, data={"janus": "create", "transaction": "x"})
    assert answer.json()["janus"] == "error"  # without token or secret nobody begins
