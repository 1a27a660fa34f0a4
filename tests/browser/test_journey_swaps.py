"""Two hospitals plan together: made, solved, explained, changed by hand, agreed to, adopted; on the phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD, Site
from tests.browser.tools import Opener, axe


@pytest.fixture(scope="module")
def pair(site: Site, accounts: tuple[str, ...]) -> None:
    """Four doctors above, three below of whom one has applied, an open request, both liaisons."""
    site.python(
        "import datetime as dt\n"
        "from duikou.core.models import RoleGrant, User\n"
        "from duikou.wings.hospitals.models import Department\n"
        "from duikou.wings.pairings.models import Pairing\n"
        "from duikou.wings.people.models import Person\n"
        "from duikou.wings.postings.models import StaffRequest\n"
        "from duikou.wings.training.models import Traineeship\n"
        "pairing = Pairing.objects.get(round__key='zhejiang-2014',\n"
        "    supporter__name='浙江医院', recipient__name='安吉县人民医院')\n"
        "both = {'pairing': pairing, 'supporter': pairing.supporter, 'recipient': pairing.recipient}\n"
        "for name, org in (('swap-sender', pairing.supporter.org), ('swap-host', pairing.recipient.org)):\n"
        f"    user = User.objects.create_user(name, password={PASSWORD!r}, display_name=name)\n"
        "    RoleGrant.objects.create(user=user, role='hospital_liaison', org=org,\n"
        "        valid_from=dt.date(2014, 1, 1))\n"
        "units = {side: Department.objects.create(hospital=both[side], name='试走置换科',\n"
        "    specialty='cardiology') for side in ('supporter', 'recipient')}\n"
        "def person(side, name):\n"
        "    return Person.objects.create(hospital=both[side], department=units[side], name=name,\n"
        "        title='副主任医师', specialty='cardiology', registered_scope='内科专业')\n"
        "doctors = [person('supporter', '上级' + name) for name in '甲乙丙丁']\n"
        "locals_ = [person('recipient', '县级' + name) for name in '甲乙丙']\n"
        "StaffRequest.objects.create(**both, host_department=units['recipient'],\n"
        "    home_path=pairing.supporter_path, host_path=pairing.recipient_path, specialty='cardiology',\n"
        "    title='主治医师', months=6, wanted_from=dt.date(2014, 3, 1), purpose='带教')\n"
        "one = Traineeship(**both, person=locals_[0], home_department=units['recipient'],\n"
        "    host_department=units['supporter'], home_path=pairing.recipient_path,\n"
        "    host_path=pairing.supporter_path, specialty='cardiology', title='副主任医师',\n"
        "    planned_from=dt.date(2014, 5, 1), planned_to=dt.date(2014, 10, 31))\n"
        "one.settle_days()\n"
        "one.save()\n"
    )


def test_a_plan_is_made_solved_changed_agreed_to_and_adopted(visit: Opener, pair: None) -> None:
    sender = visit("swap-sender")
    sender.goto("/app/swaps/")
    sender.get_by_role("link", name="编制置换方案").click()
    sender.get_by_label("名称").fill("试走置换")
    sender.get_by_label("第一个月").fill("2014-03")
    sender.get_by_label("受援医院科室在岗下限").fill("100")
    assert not axe(sender)
    sender.get_by_role("button", name="保存").click()
    sender.get_by_role("button", name="求解").click()
    expect(sender.get_by_text("已证明为最优")).to_be_visible(timeout=120_000)  # the page renews itself
    sender.get_by_text(re.compile("为什么 上级.")).click()
    expect(sender.get_by_text("专业相符").first).to_be_visible()
    expect(sender.get_by_text("等待受援医院同意")).to_be_visible()
    assert not axe(sender)
    sender.get_by_role("link", name=re.compile("改期 上级.")).click()
    sender.get_by_label("第一个月").fill("2014-06")
    sender.get_by_role("button", name="保存").click()
    broken = sender.get_by_text(re.compile("试走置换科在 2014-03 在岗 2 人，低于最低 3 人"))
    expect(broken.first).to_be_visible()  # at once
    assert not axe(sender)
    sender.get_by_role("link", name=re.compile("改期 上级.")).click()
    sender.get_by_label("第一个月").fill("2014-03")
    sender.get_by_role("button", name="保存").click()
    expect(broken).to_have_count(0)

    host = visit("swap-host", language="en", width=360)
    host.goto("/app/swaps/")
    host.get_by_role("link", name="试走置换").click()
    host.get_by_role("button", name="Agree to the training months").click()
    expect(host.get_by_text("Agreed by the recipient").first).to_be_visible()
    assert not axe(host)
    assert host.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    sender.reload()
    sender.get_by_role("button", name="采用方案").click()
    expect(sender.get_by_text("下派人员已提名")).to_be_visible()
    sender.get_by_role("link", name=re.compile("进修申请 县级甲")).click()
    expect(sender.get_by_text("2014-03-01").first).to_be_visible()  # moved to the plan's days
