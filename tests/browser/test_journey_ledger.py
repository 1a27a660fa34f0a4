"""Both hospitals and the authority in the ledger: evidence, disagreement, verification; wide and narrow."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, Site
from tests.browser.tools import Opener, axe

TERM = "date(2014, 2, 15)", "date(2017, 2, 14)"


@pytest.fixture(scope="module")
def ledger(site: Site, accounts: tuple[str, ...]) -> int:
    """Duties of a signed agreement, and somebody who acts for the supporter; the first year's number."""
    printed = site.python(
        "import datetime as dt\n"
        "from datetime import date\n"
        "from duikou.core.models import OrgUnit, RoleGrant, User\n"
        "from duikou.core.scope import SYSTEM\n"
        "from duikou.engines.clauses.model import Party\n"
        "from duikou.engines.text import Text\n"
        "from duikou.policy.agreements import Measure, Period\n"
        "from duikou.policy.vocabulary import Mark\n"
        "from duikou.wings.agreements.duties import Duty, duties_changed\n"
        "from duikou.wings.obligations.models import Obligation\n"
        "from duikou.wings.pairings.models import Pairing\n"
        "pairing = Pairing.objects.get(round__key='zhejiang-2014',\n"
        "    supporter__name='浙江医院', recipient__name='安吉县人民医院')\n"
        f"user = User.objects.create_user('supporter', password={PASSWORD!r}, display_name='supporter')\n"
        "RoleGrant.objects.create(user=user, role='hospital_president', org=pairing.supporter.org,\n"
        "    valid_from=date(2014, 1, 1))\n"
        "def duty(key, zh, en, period, target):\n"
        "    return Duty(key, Text(zh, en), Text(zh + '。', en + '.'), Party.SUPPORTER, Party.RECIPIENT,\n"
        f"        'AGR-09', 'S1 附件3', {TERM[0]}, {TERM[1]},\n"
        "        Measure('person', target, period, Mark.INFERRED), ('posting', 'upload'))\n"
        "duties_changed.send(sender=None, holder='agreement:900001', pairing=pairing, duties=(\n"
        "    duty('posting', '派驻医师', 'posted doctors', Period.YEAR, 2),\n"
        "    duty('trainees', '接收进修', 'trainees', Period.YEAR, None)),\n"
        f"    on={TERM[0]}, actor=SYSTEM, reason='试走')\n"
        "print('first', Obligation.objects.get(key='posting', number=1).pk)\n"
    )
    found = re.search(r"first (\d+)", printed)
    assert found, printed
    return int(found.group(1))


def opened(page: Page, words: str) -> None:
    """Open a part of the page that is folded up."""
    page.locator("main summary", has_text=words).first.click()


def test_delivered_disputed_verified(visit: Opener, ledger: int) -> None:
    giver = visit("supporter")
    giver.goto("/app/")
    giver.get_by_role("link", name=re.compile("项责任已逾期")).click()
    expect(giver.locator(".dk-list-count")).to_be_visible()
    giver.goto(f"/app/obligations/{ledger}/")
    opened(giver, "提交佐证")
    giver.fill("#attach-quantity", "-1")
    giver.fill("#attach-on", "2014-05-05")
    giver.fill("#attach-note", "外科、内科各一名医师驻点")
    giver.get_by_role("button", name="提交佐证").click()
    expect(giver.get_by_text("数量不能为负，实际 -1").first).to_be_visible()
    giver.fill("#attach-quantity", "2")
    giver.get_by_role("button", name="提交佐证").click()
    expect(giver.get_by_text("佐证已提交")).to_be_visible()
    opened(giver, "填报已履行")
    giver.get_by_role("button", name="填报已履行").click()
    expect(giver.locator(".dk-lead")).to_contain_text("已履行，待核实")

    taker = visit("hospital", width=360)  # on a phone
    taker.goto(f"/app/obligations/{ledger}/")
    expect(taker.get_by_role("button", name="提交佐证")).to_have_count(0)
    opened(taker, "认定未履行")
    taker.fill("#recipient-unmet-note", "只到岗一名")
    taker.get_by_role("button", name="认定未履行").click()
    expect(taker.get_by_role("heading", name="各方说法不一")).to_be_visible()

    office = visit("county")
    office.goto("/app/obligations/?disputed=yes")
    expect(office.locator(".dk-list-count")).to_contain_text("1")
    office.get_by_role("link", name="派驻医师").first.click()
    expect(office.get_by_text("只到岗一名").first).to_be_visible()

    opened(taker, "核实无误")
    taker.get_by_role("button", name="核实无误").click()
    expect(taker.locator(".dk-lead")).to_contain_text("已核实")


@pytest.mark.parametrize(
    ("language", "width"), [("zh-hans", 1280), ("zh-hans", 360), ("en", 1280), ("en", 360)]
)
def test_the_pages_are_accessible_and_fit(visit: Opener, ledger: int, language: str, width: int) -> None:
    page = visit("hospital", language=language, width=width)
    for address in (
        "/app/obligations/",
        f"/app/obligations/{ledger}/",
        f"/app/obligations/{ledger + 1}/",
        "/app/obligations/calendar/?month=2015-02",
        "/app/obligations/progress/",
        "/app/obligations/reminders/",
        "/app/obligations/targets/",
        "/app/obligations/delegations/",
    ):
        page.goto(address)
        assert not axe(page), address
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{address} is {wider} pixels wider than the window"


def test_the_calendar_and_its_secret_address(visit: Opener, ledger: int) -> None:
    page = visit("hospital", language="en")
    page.goto("/app/obligations/calendar/?month=2015-02")
    expect(page.locator(".dk-month")).to_contain_text("posted doctors")
    page.get_by_role("button", name="Make an address").click()
    address = page.locator("#feed-address").input_value()
    answer = page.request.get(address)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/calendar")
    narrow = visit("hospital", width=360)
    narrow.goto("/app/obligations/calendar/?month=2015-02")
    expect(narrow.locator(".dk-month")).to_be_hidden()
    expect(narrow.get_by_role("link", name="派驻医师").first).to_be_visible()
