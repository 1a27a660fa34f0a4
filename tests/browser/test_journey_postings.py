"""From a request to the appraisal: one nomination refused with its clause, one that goes all the way."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, Site
from tests.browser.tools import Opener, axe, field, follow, press


@pytest.fixture(scope="module")
def cast(site: Site, accounts: tuple[str, ...]) -> dict[str, int]:
    """Both hospitals' offices, a doctor who may not be posted, one who may; numbers of pairing and people."""
    printed = site.python(
        "import datetime as dt\n"
        "from duikou.core.models import RoleGrant, User\n"
        "from duikou.wings.hospitals.models import Hospital\n"
        "from duikou.wings.pairings.models import Pairing\n"
        "from duikou.wings.people.models import Person\n"
        "pairing = Pairing.objects.get(round__key='zhejiang-2014',\n"
        "    supporter__name='浙江医院', recipient__name='安吉县人民医院')\n"
        "def account(name, role, org):\n"
        f"    user = User.objects.create_user(name, password={PASSWORD!r}, display_name=name)\n"
        "    RoleGrant.objects.create(user=user, role=role, org=org, valid_from=dt.date(2014, 1, 1))\n"
        "    return user\n"
        "account('post-sender', 'hospital_liaison', pairing.supporter.org)\n"
        "account('post-president', 'hospital_president', pairing.recipient.org)\n"
        "account('post-stranger', 'hospital_president', Hospital.objects.get(name='德清县人民医院').org)\n"
        "user = account('post-doctor', 'medical_staff', pairing.supporter.org)\n"
        "junior = Person.objects.create(hospital=pairing.supporter, name='试派住院', title='住院医师',\n"
        "    specialty='cardiology')\n"
        "senior = Person.objects.create(hospital=pairing.supporter, name='试派副高', title='副主任医师',\n"
        "    specialty='cardiology', user=user)\n"
        "print('cast', pairing.pk, junior.pk, senior.pk)\n"
    )
    found = re.search(r"cast (\d+) (\d+) (\d+)", printed)
    assert found, printed
    return dict(zip(("pairing", "junior", "senior"), map(int, found.groups()), strict=True))


def fill(page: Page, link: str, **values: str) -> None:
    """Follow the link to a form, fill it in, save it."""
    page.get_by_role("link", name=link, exact=True).first.click()
    for name, value in values.items():
        field(page, name).fill(value)
    press(page, "保存")


def test_a_request_is_met_and_the_stay_appraised(visit: Opener, cast: dict[str, int]) -> None:
    recipient = visit("hospital")
    recipient.goto("/app/staffing/?month=2014-02")
    expect(recipient.get_by_role("heading", name="您的下一步")).to_be_visible()
    expect(recipient.get_by_role("link", name="提出派驻需求", exact=True)).to_be_visible()
    recipient.goto(f"/app/postings/requests/new/?pairing={cast['pairing']}")
    field(recipient, "specialty").select_option("cardiology")
    field(recipient, "wanted_from").fill("2014-03-01")
    field(recipient, "purpose").fill("带教心血管内科门诊和查房")
    press(recipient, "保存")
    expect(recipient.get_by_text("等支援医院提名")).to_be_visible()
    assert not axe(recipient)

    sender = visit("post-sender")
    sender.goto(recipient.url)
    refused = sender.get_by_role("row").filter(has_text="试派住院")
    expect(refused).to_contain_text("不符合")
    expect(refused).to_contain_text(re.compile(r"规则 PER-01，.+"))
    sender.get_by_role("link", name="提名派驻人员").click()
    field(sender, "person").select_option(str(cast["junior"]))
    field(sender, "planned_from").fill("2014-03-01")
    field(sender, "planned_to").fill("2014-08-31")
    sender.get_by_role("button", name="保存").click()
    expect(sender.get_by_text("职称为住院医师，低于要求").first).to_be_visible()
    expect(sender.get_by_text(re.compile(r"规则 PER-01，.+")).first).to_be_visible()  # with its clause
    assert not axe(sender)
    field(sender, "person").select_option(str(cast["senior"]))
    press(sender, "保存")
    expect(sender.get_by_text("等受援医院同意或不同意")).to_be_visible()
    posting = sender.url

    president = visit("post-president")
    president.goto(posting)
    fill(president, "同意")
    expect(president.get_by_text("已同意", exact=True).first).to_be_visible()

    recipient.goto(posting)
    fill(recipient, "登记到岗", on="2014-03-01")
    fill(recipient, "登记请假", first_day="2014-04-01", last_day="2014-04-10", reason="培训")
    recipient.get_by_role("link", name=re.compile("^提前返岗")).click()
    field(recipient, "on").fill("2014-04-08")
    field(recipient, "reason").fill("培训提前结束")
    press(recipient, "保存")
    expect(recipient.get_by_text("2014-04-01 – 2014-04-07").first).to_be_visible()
    fill(recipient, "结束派驻", on="2014-08-31")
    recipient.get_by_role("link", name="考核", exact=True).click()
    recipient.get_by_label("合格", exact=True).check()
    field(recipient, "year").fill("2014")
    field(recipient, "on").fill("2014-09-01")
    press(recipient, "保存")
    expect(recipient.get_by_text("考核已登记；学分按在岗天数和考核认定。")).to_be_visible()
    assert not axe(recipient)

    recipient.get_by_role("link", name="违纪通报或纠纷记录", exact=True).click()
    recipient.get_by_label("违纪通报").check()
    field(recipient, "happened_on").fill("2014-05-05")
    field(recipient, "text").fill("未按排班到门诊")
    press(recipient, "保存")
    record = recipient.url
    assert re.search(r"/conduct/\d+/$", record)
    for who, status in (("post-stranger", 404), ("county", 403)):  # another hospital; an office without cause
        other = visit(who)
        answer = other.goto(record)
        assert answer is not None
        assert answer.status == status
        expect(other.get_by_text("未按排班到门诊")).to_have_count(0)
    sender.goto(record)
    press(sender, "确认收到")
    expect(sender.get_by_text("已确认收到")).to_be_visible()


def test_the_doctor_sees_the_own_stay_on_the_phone(visit: Opener, cast: dict[str, int]) -> None:
    phone = visit("post-doctor", language="en", width=390)
    phone.goto("/app/")
    phone.get_by_role("link", name="See your posting").first.click()
    phone.get_by_role("link", name="试派副高").click()
    expect(phone.get_by_text("Deputy-chief doctor").first).to_be_visible()
    expect(phone.get_by_text("Passed").first).to_be_visible()
    assert not axe(phone)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    follow(phone.get_by_role("link", name=re.compile("Conduct notice")))
    assert not axe(phone)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
