"""From an offered place to the final appraisal: the order with its reason, tutors, a logbook on the phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, Site
from tests.browser.tools import Opener, axe, field, follow, press

NAMES = ("pairing", "department", "leader", "tutor", "trainee")


@pytest.fixture(scope="module")
def cast(site: Site, accounts: tuple[str, ...]) -> dict[str, int]:
    """The supporter's offices and tutors, a department, and somebody to be trained; their numbers."""
    printed = site.python(
        "import datetime as dt\n"
        "from duikou.core.models import RoleGrant, User\n"
        "from duikou.wings.hospitals.models import Department\n"
        "from duikou.wings.hospitals.units import unit_of\n"
        "from duikou.wings.pairings.models import Pairing\n"
        "from duikou.wings.people.models import Person\n"
        "pairing = Pairing.objects.get(round__key='zhejiang-2014',\n"
        "    supporter__name='浙江医院', recipient__name='安吉县人民医院')\n"
        "def account(name, role, org):\n"
        f"    user = User.objects.create_user(name, password={PASSWORD!r}, display_name=name)\n"
        "    RoleGrant.objects.create(user=user, role=role, org=org, valid_from=dt.date(2014, 1, 1))\n"
        "    return user\n"
        "def person(hospital, name, title, user=None):\n"
        "    return Person.objects.create(hospital=hospital, name=name, title=title, user=user,\n"
        "        specialty='cardiology')\n"
        "sends, takes = pairing.recipient, pairing.supporter\n"
        "account('train-office', 'hospital_liaison', takes.org)\n"
        "account('train-president', 'hospital_president', takes.org)\n"
        "department = Department.objects.create(hospital=takes, name='试走心内科', specialty='cardiology')\n"
        "unit_of(department)\n"
        "leader = person(takes, '试带组长', '主任医师')\n"
        "tutor = person(takes, '试带导师', '副主任医师',\n"
        "    account('train-tutor', 'medical_staff', takes.org))\n"
        "trainee = person(sends, '试修医师', '主治医师',\n"
        "    account('train-doctor', 'medical_staff', sends.org))\n"
        "print('cast', pairing.pk, department.pk, leader.pk, tutor.pk, trainee.pk)\n"
    )
    found = re.search(r"cast (\d+) (\d+) (\d+) (\d+) (\d+)", printed)
    assert found, printed
    return dict(zip(NAMES, map(int, found.groups()), strict=True))


def stranger_applies(site: Site, place: str) -> None:
    """A hospital that is not a partner applies for the place first."""
    site.python(
        "import datetime as dt\n"
        "from duikou.wings.hospitals.models import Hospital\n"
        "from duikou.wings.people.models import Person\n"
        "from duikou.wings.training.models import Place, Traineeship\n"
        f"place = Place.objects.get(pk={place})\n"
        "hospital = Hospital.objects.get(name='德清县人民医院')\n"
        "person = Person.objects.create(hospital=hospital, name='试修外院', title='主治医师')\n"
        "one = Traineeship(place=place, person=person, supporter=place.supporter, recipient=hospital,\n"
        "    specialty=place.specialty, title=person.title, planned_from=dt.date(2014, 3, 1),\n"
        "    planned_to=dt.date(2014, 8, 31), home_path=hospital.org.path, host_path=place.host_path)\n"
        "one.settle_days()\n"
        "one.save()\n"
    )


def fill(page: Page, link: str, chosen: dict[str, int] | None = None, **values: str) -> None:
    """Follow the link to a form, choose and fill in, save it."""
    page.get_by_role("link", name=link, exact=True).first.click()
    for name, number in (chosen or {}).items():
        field(page, name).select_option(str(number))
    for name, value in values.items():
        field(page, name).fill(value)
    press(page, "保存")


def test_a_place_is_taken_in_order_and_the_stay_passed(
    visit: Opener, site: Site, cast: dict[str, int]
) -> None:
    office = visit("train-office")
    office.goto("/app/training/places/")
    office.get_by_role("link", name="提供进修名额").click()
    field(office, "specialty").select_option("cardiology")
    fill_in = {"first_day": "2014-03-01", "last_day": "2014-12-31", "places": "1"}
    for name, value in fill_in.items():
        field(office, name).fill(value)
    field(office, "department").select_option(str(cast["department"]))
    press(office, "保存")
    follow(office.locator("main tbody tr").filter(has_text="试走心内科").get_by_role("link"))
    place = office.url
    stranger_applies(site, place.rstrip("/").rsplit("/", 1)[1])

    recipient = visit("hospital")
    recipient.goto(place)
    fill(
        recipient,
        "申请进修",
        {"people": cast["trainee"]},
        planned_from="2014-03-01",
        planned_to="2014-08-31",
        purpose="学习冠心病介入",
    )

    office.reload()
    first, second = office.get_by_role("row").filter(has_text="试修").all()
    expect(first).to_contain_text("试修医师")
    expect(first).to_contain_text("结对医院优先（规则 AGR-11）")
    expect(second).to_contain_text("非结对医院")
    assert not axe(office)
    office.goto("/app/training/teams/")
    people = {"pairing": cast["pairing"], "leader": cast["leader"], "tutors": cast["tutor"]}
    office.get_by_role("link", name="组建导师团队").click()
    field(office, "specialty").select_option("cardiology")
    for name, number in people.items():
        field(office, name).select_option(str(number))
    field(office, "on").fill("2014-03-01")
    press(office, "保存")
    expect(office.get_by_text("导师团队已组建")).to_be_visible()

    office.goto(place)
    office.get_by_role("link", name="试修医师").click()
    expect(office.get_by_text("等支援医院接收或不接收")).to_be_visible()
    stay = office.url
    president = visit("train-president")
    president.goto(stay)
    president.get_by_role("link", name="接收", exact=True).click()
    field(president, "team").select_option(label="试带组长 · cardiology")
    press(president, "保存")
    expect(president.get_by_text("已接收", exact=True).first).to_be_visible()

    office.goto(stay)
    fill(office, "登记报到", on="2014-03-01")
    fill(
        office,
        "安排轮转",
        {"department": cast["department"], "tutor": cast["tutor"]},
        first_day="2014-03-01",
        last_day="2014-05-31",
    )
    expect(office.get_by_role("row").filter(has_text="试带导师")).to_contain_text("试走心内科")

    phone = visit("train-doctor", language="en", width=390)
    phone.goto("/app/training/mine/")
    phone.get_by_role("link", name="浙江医院").click()
    field(phone, "on").fill("2014-03-10")
    phone.get_by_label("Ward round").check()
    field(phone, "number").fill("2")
    phone.get_by_role("button", name="Write it down").click()
    expect(phone.get_by_text("To be signed").first).to_be_visible()
    assert not axe(phone)
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")

    tutor = visit("train-tutor", width=390)
    tutor.goto("/app/training/teaching/")
    tutor.get_by_role("link", name="试修医师").click()
    press(tutor, "签字")
    phone.reload()
    expect(phone.get_by_text("Signed", exact=True).last).to_be_visible()

    fill(office, "结束进修", on="2014-08-31")
    office.get_by_role("link", name="考核", exact=True).click()
    office.get_by_label("合格", exact=True).check()  # nobody passes by default; the kind begins as final
    field(office, "year").fill("2014")
    field(office, "on").fill("2014-08-31")
    press(office, "保存")
    expect(office.get_by_text("结业考核已登记；学分按进修天数和考核认定。")).to_be_visible()
    expect(office.get_by_text("合格", exact=True).first).to_be_visible()
    assert not axe(office)
