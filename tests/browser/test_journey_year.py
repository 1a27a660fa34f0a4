"""A year of the invented province on screen: asked for, nominated, refused, swapped, at work, credited."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD, Site, open_accounts, running_site, windows_of
from tests.browser.tools import Opener, Windows, axe, count_of

LOADING = 600  # seconds that a busy machine may take for all demonstration data


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with all demonstration data, and the liaisons of two hospitals with a conduct notice."""
    with running_site(tmp_path_factory.mktemp("province")) as running:
        running.command("demo", "load", seconds=LOADING)
        open_accounts(running)
        running.python(
            "import datetime as dt\n"
            "from duikou.core.models import RoleGrant, User\n"
            "from duikou.wings.postings.models import ConductRecord\n"
            "notice = ConductRecord.objects.filter(kind='notice').order_by('pk')[0]\n"
            "posting = notice.posting\n"
            "sides = (('noticed-host', posting.recipient), ('noticed-home', posting.supporter))\n"
            "for name, hospital in sides:\n"
            f"    user = User.objects.create_user(name, password={PASSWORD!r}, display_name=name)\n"
            "    RoleGrant.objects.create(user=user, role='hospital_liaison', org=hospital.org,\n"
            "        valid_from=dt.date(2014, 1, 1))\n"
        )
        yield running


@pytest.fixture(scope="module")
def doors_there() -> dict[str, list[Any]]:
    """Cookies of those who have signed in there."""
    return {}


@pytest.fixture
def look(
    request: pytest.FixtureRequest, province: Site, browser: Browser, doors_there: dict[str, list[Any]]
) -> Iterator[Opener]:
    """Open a window on the province."""
    yield from windows_of(request, Windows(browser, province.address, PASSWORD, doors_there))


def sound(page: Page) -> None:
    """The page says that its rows are invented, is accessible, and stays within its window."""
    expect(page.locator(".dk-demo")).to_be_visible()
    assert not axe(page)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def open_first(page: Page) -> None:
    """Open the first row of the list."""
    page.locator("main tbody a").first.click()


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1280), ("en", 390)])
def test_requests_nominations_and_a_refusal_with_its_clause(look: Opener, language: str, width: int) -> None:
    officer = look("province", language=language, width=width)
    officer.goto("/app/postings/requests/?state=filled")
    filled = count_of(officer)
    assert filled > 200
    sound(officer)
    officer.goto("/app/postings/?state=refused")
    assert count_of(officer) > 0
    open_first(officer)
    refusal = officer.locator("main").get_by_text("PER-01")
    expect(refusal.first).to_be_visible()
    expect(officer.locator("main").get_by_text("S1").first).to_be_visible()
    sound(officer)
    refusal.first.click()  # the rule itself
    expect(officer.get_by_role("heading", level=1)).to_contain_text("PER-01")


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1280), ("en", 390)])
def test_who_is_where_and_who_is_swapped(look: Opener, language: str, width: int) -> None:
    officer = look("province", language=language, width=width)
    officer.goto("/app/staffing/?month=2014-06")
    expect(officer.locator("main .dk-tile, main svg").first).to_be_visible()
    sound(officer)
    officer.goto("/app/swaps/?state=adopted")
    assert count_of(officer) == 1
    open_first(officer)
    officer.locator("main details summary").first.click()
    expect(officer.locator("main details[open]").first).to_be_visible()
    sound(officer)


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 1280), ("en", 390)])
def test_rostered_at_work_and_confirmed(look: Opener, language: str, width: int) -> None:
    host = look("hospital", language=language, width=width)  # 安吉县人民医院
    host.goto("/app/rosters/?state=published")
    assert count_of(host) > 0
    open_first(host)
    sound(host)
    host.goto("/app/presence/?week=2014-11-10")
    sound(host)
    host.get_by_role("link", name=re.compile("派驻0002")).click()
    sound(host)
    kept = "离线保存" if language == "zh-hans" else "Kept without a link"
    for _ in range(8):  # weeks: a part of the deliveries waited on the phone without a link
        if host.get_by_text(kept).count():
            break
        host.get_by_role("link", name="下一周" if language == "zh-hans" else "Next week").click()
    expect(host.get_by_text(kept).first).to_be_visible()


def test_a_conduct_notice_is_for_the_two_hospitals_alone(look: Opener) -> None:
    host = look("noticed-host")
    host.goto("/app/postings/conduct/")
    assert count_of(host) == 1
    open_first(host)
    address = host.url
    sound(host)
    home = look("noticed-home", width=390)
    assert home.goto(address).status == 200  # type: ignore[union-attr]
    for stranger in ("hospital", "county", None):
        window = look(stranger)
        answer = window.goto(address)
        assert answer is not None
        assert answer.status in (403, 404) or "/accounts/login/" in window.url


def test_credits_are_recognised_and_anybody_can_check_a_certificate(look: Opener) -> None:
    officer = look("province")
    officer.goto("/app/credits/?year=2014")
    assert count_of(officer) > 300
    sound(officer)
    officer.goto("/app/credits/certificates/")
    open_first(officer)
    sound(officer)
    code = officer.locator(".dk-lead .dk-mono").inner_text()
    visitor = look(None, width=360)
    visitor.goto("/verify/")
    visitor.fill("#code", code)
    visitor.get_by_role("button", name="核验").click()
    expect(visitor.get_by_role("heading", level=1)).to_be_visible()
    expect(visitor.get_by_text(code).first).to_be_visible()
    assert not axe(visitor)
