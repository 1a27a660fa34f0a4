"""A head makes a month: a cell by hand with its conflict at once, the rest worked out, published; phones."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD, Site
from tests.browser.tools import Opener, axe, follow


@pytest.fixture(scope="module")
def ward(site: Site, accounts: tuple[str, ...]) -> None:
    """A department with a head, three own doctors and one posted, who has an account."""
    site.python(
        "import datetime as dt\n"
        "from duikou.core.models import RoleGrant, User\n"
        "from duikou.wings.hospitals.models import Department\n"
        "from duikou.wings.hospitals.units import unit_of\n"
        "from duikou.wings.pairings.models import Pairing\n"
        "from duikou.wings.people.models import Person\n"
        "from duikou.wings.postings.models import Posting\n"
        "pairing = Pairing.objects.get(round__key='zhejiang-2014',\n"
        "    supporter__name='浙江医院', recipient__name='安吉县人民医院')\n"
        "department = Department.objects.create(hospital=pairing.recipient, name='试走排班科',\n"
        "    specialty='cardiology')\n"
        "unit = unit_of(department)\n"
        "def account(name, role, org):\n"
        f"    user = User.objects.create_user(name, password={PASSWORD!r}, display_name=name)\n"
        "    RoleGrant.objects.create(user=user, role=role, org=org, valid_from=dt.date(2014, 1, 1))\n"
        "    return user\n"
        "account('roster-head', 'department_head', unit)\n"
        "for name in '甲乙丙':\n"
        "    Person.objects.create(hospital=pairing.recipient, department=department,\n"
        "        name='排班' + name, title='主治医师')\n"
        "user = account('roster-doctor', 'medical_staff', pairing.supporter.org)\n"
        "person = Person.objects.create(hospital=pairing.supporter, name='排班派驻', user=user,\n"
        "    title='副主任医师')\n"
        "posting = Posting(pairing=pairing, person=person, supporter=pairing.supporter,\n"
        "    recipient=pairing.recipient, host_department=department, home_path=pairing.supporter_path,\n"
        "    host_path=unit.path, specialty='cardiology', title='副主任医师',\n"
        "    planned_from=dt.date(2014, 9, 1), planned_to=dt.date(2014, 12, 31),\n"
        "    arrived_on=dt.date(2014, 9, 1), state='on_post')\n"
        "posting.settle_days()\n"
        "posting.save()\n"
    )


def test_a_month_is_made_published_and_seen_on_the_phone(visit: Opener, ward: None) -> None:
    head = visit("roster-head")
    head.goto("/app/rosters/departments/")
    head.get_by_role("link", name="试走排班科").click()
    follow(head.get_by_role("button", name="建立排班规则"))
    assert not axe(head)
    follow(head.get_by_role("link", name="修改星期人数"))
    assert not axe(head)
    head.get_by_label("值班 星期六").fill("2")
    head.get_by_role("button", name="保存").click()
    head.get_by_role("link", name="设定节假日人数").click()
    head.get_by_label("第一天").fill("2014-10-01")
    head.get_by_label("最后一天").fill("2014-10-02")
    head.get_by_label("说明").fill("国庆节")
    assert not axe(head)
    head.get_by_role("button", name="保存").click()
    expect(head.get_by_text("这些日期的人数已保存")).to_be_visible()
    head.get_by_role("link", name="新建排班表").click()
    head.get_by_label("月份").fill("2014-10")
    head.get_by_role("button", name="保存").click()
    expect(head.get_by_role("heading", level=1)).to_contain_text("试走排班科")
    for day, shift in (("2014-10-06", "值班"), ("2014-10-07", "门诊")):
        head.get_by_role("link", name=f"排班派驻 {day}").click()
        head.get_by_label("班次").select_option(label=shift)
        head.get_by_role("button", name="更改").click()
        expect(head.get_by_role("link", name=f"排班派驻 {day} {shift}")).to_be_visible()
    expect(head.get_by_text("国庆节").first).to_be_visible()
    expect(head.get_by_text("值班的次日不能排门诊")).to_be_visible()  # at once, without a new page
    assert not axe(head)
    head.get_by_role("link", name="排班派驻 2014-10-07").click()
    head.get_by_label("班次").select_option(label="休息")
    head.get_by_role("button", name="更改").click()
    expect(head.get_by_text("值班的次日不能排门诊")).to_have_count(0)
    head.get_by_role("button", name="自动生成").click()
    expect(head.get_by_text(re.compile("自动生成于"))).to_be_visible(timeout=120_000)
    expect(head.get_by_role("link", name="排班派驻 2014-10-06 值班")).to_be_visible()  # settled: kept
    head.get_by_role("button", name="发布排班表").click()
    expect(head.get_by_text("已发布").first).to_be_visible()

    phone = visit("roster-doctor", width=360)
    phone.goto("/app/rosters/mine/")  # opens with the latest month that has duties
    expect(phone.get_by_text("2014-10-06").first).to_be_visible()
    expect(phone.get_by_text("排班甲")).to_have_count(0)
    assert not axe(phone)
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    phone.get_by_role("button", name="生成订阅地址").click()
    expect(phone.get_by_label("订阅地址")).to_have_value(re.compile(r"/feed/.+\.ics$"))
    small = visit("roster-head", language="en", width=360)
    for address in ("/app/rosters/departments/", "/app/rosters/swaps/", "/app/rosters/"):
        small.goto(address)
        assert not axe(small), address
        assert small.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), address
    follow(small.get_by_role("link", name="2014-10"))
    assert not axe(small)
    assert small.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
