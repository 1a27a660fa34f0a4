"""A patient referred up: declined, referred again, overdue, accepted, sent back, closed; and one down."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.tools import Opener, axe, follow, press

PREPARE = """
import datetime as dt
from django.utils import timezone
from duikou.core.models import User
from duikou.core.scope import SYSTEM
from duikou.wings.hospitals.models import Hospital
from duikou.wings.patients import actions as patients
from duikou.wings.patients.actions.consents import Said
from duikou.wings.people.models import Person
from duikou.wings.referrals import actions
county, province = (Hospital.objects.select_related('org').get(name=name)
                    for name in ('安吉县人民医院', '浙江医院'))
for account, hospital in (('clinic', county), ('expert', province)):
    user = User.objects.get(username=account)
    Person.objects.get_or_create(user=user, defaults={
        'hospital': hospital, 'name': account + '医师', 'title': '主治医师', 'specialty': 'cardiology'})
slots = tuple((day, dt.time(8, 30), 3) for day in range(1, 8))
for hospital, name, takes in ((province, '心内科上转', 'up'), (county, '康复下转', 'down')):
    actions.keep_service(actor=SYSTEM, hospital=hospital,
        offered=actions.Offered(name, 'cardiology', takes, 9, slots))
for hospital, name in ((county, '王上转'), (province, '李下转')):
    one = patients.register(actor=SYSTEM, hospital=hospital, details=patients.Details(
        name, 'male', dt.date(1956, 3, 8), 'own', identity_kind='none'))
    patients.give_consent(actor=SYSTEM, patient=one, said=Said(
        'referral', 'patient', 'written', timezone.now(), kept_at='病历室'))
    print('patient', one.number)
"""
LATE = """
from datetime import timedelta
from duikou.wings.referrals.actions import escalate
from duikou.wings.referrals.models import Clock
for clock in Clock.objects.filter(stopped_at=None, kind='answer'):
    Clock.objects.filter(pk=clock.pk).update(
        started_at=clock.started_at - timedelta(days=9), due_at=clock.due_at - timedelta(days=9))
escalate()
"""
A_MONTH_LATER = """
from datetime import timedelta
from django.db.models import F
from duikou.wings.referrals.models import Referral
Referral.objects.filter(demonstration=False).update(
    back_at=F('back_at') - timedelta(days=31), arrived_at=F('arrived_at') - timedelta(days=31))
"""


@pytest.fixture(scope="module")
def patients(site: Site, accounts: tuple[str, ...]) -> list[str]:
    """Numbers of a patient of the county and of one of the provincial hospital, both agreed."""
    printed = site.python(PREPARE)
    return [line.split()[1] for line in printed.splitlines() if line.startswith("patient ")]


def typed(page: Page, number: str, service: str, conditions: str) -> None:
    """A referral typed in and saved as a draft."""
    page.goto(f"/app/referrals/new/?patient={number}")
    for name, value in (
        ("diagnosis", "急性心肌梗死"), ("code", "I21.0"), ("why", "进一步诊治"), ("summary", "胸痛 3 小时"),
    ):  # fmt: skip
        page.fill(f"main [name={name}]", value)
    page.locator("main [name=service]").select_option(label=service)
    page.check(f"main [name={conditions}] >> nth=0")


def test_up_declined_again_overdue_accepted_back_and_closed(
    visit: Opener, site: Site, patients: list[str]
) -> None:
    clinic, expert = visit("clinic"), visit("expert", width=360)
    service = "浙江医院 · 心内科上转 · 上转"
    clinic.goto(f"/app/referrals/new/?patient={patients[0]}")
    clinic.fill("main [name=code]", "I21.0")
    clinic.locator("main [name=code]").blur()
    expect(clinic.locator("#told").get_by_text("一般病例先在县级诊治")).to_be_visible()
    typed(clinic, patients[0], service, "conditions_up")
    expect(clinic.locator("#told").get_by_text("心内科上转").first).to_be_visible()
    assert not axe(clinic)
    press(clinic, "保存草稿")
    follow(clinic.get_by_role("link", name="签名并发出"))
    press(clinic, "签名并发出")
    expect(clinic.get_by_text("等对方答复")).to_be_visible()
    first = clinic.url
    assert not axe(clinic)

    expert.goto("/app/")
    follow(expert.get_by_role("link", name="件转诊待答复"))
    follow(expert.locator("main tbody a").first)
    expect(expert.get_by_text("胸痛 3 小时")).to_be_visible()
    assert not axe(expert)
    follow(expert.get_by_role("link", name="不接受"))
    expert.fill("[name=reason]", "导管室检修")
    press(expert, "不接受")
    clinic.goto(first)
    expect(clinic.get_by_text("导管室检修").first).to_be_visible()

    typed(clinic, patients[0], service, "conditions_up")
    press(clinic, "保存草稿")
    follow(clinic.get_by_role("link", name="签名并发出"))
    press(clinic, "签名并发出")
    second = clinic.url
    site.python(LATE)
    province = visit("province")
    province.goto("/app/referrals/overdue/")
    expect(province.locator("main tbody").get_by_text("浙江医院").first).to_be_visible()
    assert not axe(province)

    expert.goto(second)
    expect(expert.get_by_text("已超时限")).to_be_visible()
    follow(expert.get_by_role("link", name="签名并接受"))
    expert.locator("main [name=place]").select_option(index=1)
    press(expert, "签名并接受")
    follow(expert.get_by_role("link", name="登记到达"))
    press(expert, "登记到达")
    follow(expert.get_by_role("link", name="签名并转回"))
    soon = dt.date.today() + dt.timedelta(days=8)
    for name, value in (("summary", "支架一枚"), ("plan", "双抗 12 个月"), ("follow_ups", f"{soon} 血压")):
        expert.fill(f"main [name={name}]", value)
    assert not axe(expert)
    press(expert, "签名并转回")
    clinic.goto(second)
    expect(clinic.get_by_text("双抗 12 个月")).to_be_visible()
    follow(clinic.get_by_role("link", name="确认接回"))
    press(clinic, "确认接回")
    follow(clinic.get_by_role("link", name="登记随访"))
    clinic.fill("main [name=finding]", "血压平稳")
    press(clinic, "保存")
    site.python(A_MONTH_LATER)
    clinic.goto(second)
    follow(clinic.get_by_role("link", name="登记结局并结案"))
    clinic.check("[name=outcome][value=improved]")
    press(clinic, "登记结局并结案")
    expect(clinic.get_by_text("转诊已结案")).to_be_visible()
    assert not axe(clinic)
    expert.goto(second)
    expect(expert.get_by_text("只显示日期和状态")).to_be_visible()


def test_down_received_and_closed_by_the_county(visit: Opener, site: Site, patients: list[str]) -> None:
    expert, clinic = visit("expert"), visit("clinic", width=360)
    typed(expert, patients[1], "安吉县人民医院 · 康复下转 · 下转", "conditions_up")
    expert.check("main [name=direction][value=down]")
    expert.uncheck("main [name=conditions_up] >> nth=0")
    expert.check("main [name=conditions_down] >> nth=1")
    later = dt.date.today() + dt.timedelta(days=9)
    expert.fill("main [name=plan]", "康复训练，每周复查")
    expert.fill("main [name=follow_ups]", f"{later} 复查")
    press(expert, "保存草稿")
    follow(expert.get_by_role("link", name="签名并发出"))
    press(expert, "签名并发出")
    clinic.goto(expert.url)
    expect(clinic.get_by_text("康复训练，每周复查")).to_be_visible()
    follow(clinic.get_by_role("link", name="签名并接受"))
    clinic.locator("main [name=place]").select_option(index=1)
    press(clinic, "签名并接受")
    follow(clinic.get_by_role("link", name="登记到达"))
    press(clinic, "登记到达")
    site.python(A_MONTH_LATER)
    clinic.goto(expert.url)
    follow(clinic.get_by_role("link", name="登记结局并结案"))
    clinic.check("[name=outcome][value=recovered]")
    press(clinic, "登记结局并结案")
    expect(clinic.get_by_text("转诊已结案")).to_be_visible()
    assert not axe(clinic)
