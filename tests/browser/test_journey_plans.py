"""A year's list from the first task to acceptance, as both hospitals and the province; wide and narrow."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, Site
from tests.browser.tools import Opener, axe


@dataclass(frozen=True)
class Made:
    """What the journey starts from."""

    pairing: int
    support: int  # a joint plan in draft
    year: int  # a list that is running
    task: int  # of it


@pytest.fixture(scope="module")
def made(site: Site, accounts: tuple[str, ...]) -> Made:
    """Presidents of both hospitals of one pairing, a draft of the joint plan, the list of 2015 running."""
    printed = site.python(
        "from datetime import date\n"
        "from duikou.core.models import RoleGrant, User\n"
        "from duikou.core.scope import actor_for\n"
        "from duikou.wings.pairings.models import Pairing\n"
        "from duikou.wings.people.models import Person\n"
        "from duikou.wings.plans.actions import plans, shares, steps, tasks\n"
        "from duikou.wings.plans.values import TaskValues\n"
        "pairing = Pairing.objects.get(round__key='zhejiang-2014',\n"
        "    supporter__name='浙江医院', recipient__name='安吉县人民医院')\n"
        "who = {}\n"
        "for side, hospital in (('giver', pairing.supporter), ('taker', pairing.recipient)):\n"
        f"    user = User.objects.create_user(side, password={PASSWORD!r}, display_name=side)\n"
        "    RoleGrant.objects.create(user=user, role='hospital_president', org=hospital.org,\n"
        "        valid_from=date(2014, 1, 1))\n"
        "    who[side] = actor_for(user)\n"
        "    Person.objects.create(hospital=hospital, name='演示' + side, post='院长')\n"
        "support = plans.open_support_plan(actor=who['taker'], pairing=pairing)\n"
        "year = plans.open_year(actor=who['taker'], pairing=pairing, year=2015)\n"
        "plans.edit_plan(actor=who['taker'], plan=year, version=year.version, goal='四个一')\n"
        "for one in ('urgent_need', 'weak_link', 'technical_team', 'new_service'):\n"
        "    task = tasks.add_task(actor=who['taker'], plan=year, version=year.version, values=TaskValues(\n"
        "        title='任务 ' + one, due=date(2015, 11, 30), one=one, specialty='urology', baseline='无',\n"
        "        target='有', unit='case', amount=3, evidence=('upload',)))\n"
        "    person = Person.objects.get(name='演示giver')\n"
        "    shares.add_share(actor=who['giver'], task=task, side='supporter', department='urology',\n"
        "        person=person.pk, part='带教')\n"
        "steps.offer(actor=who['taker'], plan=year, version=year.version)\n"
        "for side, name in (('giver', 'supporter'), ('taker', 'recipient')):\n"
        "    steps.agree(actor=who[side], plan=year, version=year.version, side=name)\n"
        "steps.start(actor=who['giver'], plan=year, version=year.version)\n"
        "print('made', pairing.pk, support.pk, year.pk, task.pk)\n"
    )
    found = re.search(r"made (\d+) (\d+) (\d+) (\d+)", printed)
    assert found, printed
    return Made(*map(int, found.groups()))


def test_from_an_empty_year_to_an_offer(visit: Opener, made: Made) -> None:
    page = visit("taker")
    page.goto(f"/app/plans/pairings/{made.pairing}/")
    expect(page.locator("main")).to_contain_text("2016 年技术里程碑")
    page.get_by_role("button", name=re.compile("开始编制 2016")).click()
    expect(page.get_by_role("heading", name="2016 年度任务清单")).to_be_visible()
    expect(page.locator("main")).to_contain_text("“四个一”缺")
    page.get_by_role("button", name="提请双方同意").click()
    expect(page.get_by_text(re.compile("还不能提请同意")).first).to_be_visible()
    page.get_by_role("link", name="增加任务").click()
    page.fill("#id_title", "新开腹腔镜服务")
    page.select_option("#id_one", "new_service")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("heading", name="新开腹腔镜服务")).to_be_visible()


def test_reported_by_the_one_accepted_by_the_other(visit: Opener, made: Made) -> None:
    giver = visit("giver")
    giver.goto(f"/app/plans/tasks/{made.task}/")
    giver.fill("#result-supporter", "完成 12 例")
    giver.get_by_role("button", name="代表支援医院报告完成").click()
    expect(giver.locator(".dk-lead")).to_contain_text("已报完成，待验收")
    taker = visit("taker", width=360)  # on a phone
    taker.goto("/app/")
    taker.get_by_role("link", name=re.compile("待您验收的年度任务")).click()
    taker.get_by_role("link", name="任务 new_service").click()
    taker.fill("#accept-note", "属实")
    taker.get_by_role("button", name="代表受援医院验收").click()
    expect(taker.locator(".dk-lead")).to_contain_text("已验收")


def test_the_province_sees_who_lacks_what(visit: Opener, made: Made) -> None:
    page = visit("province")
    page.goto("/app/plans/four-ones/?year=2015")
    expect(page.locator("main")).to_contain_text("四类齐全的受援医院")
    page.get_by_role("link", name=re.compile("有缺项的受援医院")).click()
    expect(page.locator(".dk-list-count")).to_be_visible()
    expect(page.locator("table").first).not_to_contain_text("安吉县人民医院")


@pytest.mark.parametrize(
    ("language", "width"), [("zh-hans", 1280), ("zh-hans", 360), ("en", 1280), ("en", 360)]
)
def test_the_pages_are_accessible_and_fit(visit: Opener, made: Made, language: str, width: int) -> None:
    page = visit("taker", language=language, width=width)
    for address in (
        "/app/plans/",
        "/app/plans/documents/",
        "/app/plans/tasks/",
        "/app/plans/four-ones/?year=2015",
        "/app/plans/matrix/",
        "/app/plans/development/",
        f"/app/plans/pairings/{made.pairing}/",
        f"/app/plans/pairings/{made.pairing}/gaps/",
        f"/app/plans/{made.support}/",
        f"/app/plans/{made.support}/departments/",
        f"/app/plans/{made.year}/",
        f"/app/plans/tasks/{made.task}/",
    ):
        page.goto(address)
        _fits(page, address)


def _fits(page: Page, address: str) -> None:
    assert not axe(page), address
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, f"{address} is {wider} pixels wider than the window"
