"""Remote education: a teacher makes a course, a county doctor passes, the credit shows in the book."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, Site
from tests.browser.tools import Opener, axe, field, follow, press


@dataclass
class Stage:
    """Today, as forms write it."""

    today: str
    obligation: int


@pytest.fixture(scope="module")
def stage(site: Site, accounts: tuple[str, ...]) -> Stage:
    """Two hospitals paired today, a teacher of the one, a doctor of the other, a duty of the pair."""
    printed = site.python(
        "import datetime as dt\n"
        "from django.utils import timezone\n"
        "from duikou.core.models import RoleGrant, User\n"
        "from duikou.wings.hospitals.models import Hospital\n"
        "from duikou.wings.obligations.models import Obligation\n"
        "from duikou.wings.pairings.models import Pairing, Round\n"
        "from duikou.wings.people.models import Person\n"
        "today = timezone.localdate()\n"
        "row = Pairing.objects.get(round__key='zhejiang-2014', supporter__name='浙江医院',\n"
        "    recipient__name='安吉县人民医院')\n"
        "tour = Round.objects.get(pk=row.round_id)\n"
        "tour.pk, tour.key, tour.name = None, 'school', '远程教育试走轮次'\n"
        "tour._state.adding = True\n"
        "tour.start, tour.end = today.replace(month=1, day=1), today.replace(month=12, day=31)\n"
        "tour.state = 'draft'\n"
        "tour.save()\n"
        "row.pk, row.round, row.batch = None, tour, None\n"
        "row._state.adding = True\n"
        "row.start, row.end = tour.start, tour.end\n"
        "row.save()\n"
        "def account(name, role, hospital):\n"
        f"    user = User.objects.create_user(name, password={PASSWORD!r}, display_name=name)\n"
        "    RoleGrant.objects.create(user=user, role=role, org=hospital.org,\n"
        "        valid_from=dt.date(2014, 1, 1))\n"
        "    return user\n"
        "account('lecturer', 'teacher', row.supporter)\n"
        "account('school_giver', 'hospital_liaison', row.supporter)\n"
        "account('school_stranger', 'clinician', Hospital.objects.get(name='海盐县中医院'))\n"
        "Person.objects.create(hospital=row.recipient, name='陈县医', title='主治医师',\n"
        "    specialty='cardiology', user=account('county_doctor', 'medical_staff', row.recipient))\n"
        "owed = Obligation.objects.create(pairing=row, supporter_path=row.supporter_path,\n"
        "    recipient_path=row.recipient_path, holder='agreement:900778', key='school', period='y',\n"
        "    period_kind='year', start=tour.start, end=tour.end, owner='supporter',\n"
        "    beneficiary='recipient', unit='case', target=1, evidence_kinds=['lecture', 'upload'],\n"
        "    title={'zh': '讲座', 'en': 'Lecture'}, text={'zh': '讲座', 'en': 'x'})\n"
        "print('stage', today.isoformat(), owed.pk)\n"
    )
    found = re.search(r"stage (\S+) (\d+)", printed)
    assert found, printed
    return Stage(found[1], int(found[2]))


def _fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_from_a_course_to_the_credit_book(visit: Opener, stage: Stage, tmp_path: Path) -> None:
    teacher = visit("lecturer")
    teacher.goto("/app/education/new/")
    for name, value in (
        ("title", "胸痛中心建设"), ("about", "识别、初步处置和转诊。"), ("valid_from", stage.today),
        ("valid_to", stage.today), ("hours", "3"), ("credits", "2"), ("project_code", "试-2026-01"),
    ):  # fmt: skip
        teacher.fill(f"[name={name}]", value)
    teacher.select_option("[name=specialty]", "cardiology")
    teacher.select_option("[name=credit_class]", "2")
    assert not axe(teacher)
    press(teacher, "保存")
    address = teacher.url
    follow(teacher.get_by_role("link", name="添加课时").first)
    assert not axe(teacher)
    teacher.select_option("[name=kind]", "slides")
    teacher.fill("[name=title]", "胸痛的识别")
    teacher.fill("[name=speaker_name]", "周教授")
    press(teacher, "保存")
    slides = teacher.url
    follow(teacher.get_by_role("link", name="上传课件"))
    file = tmp_path / "slides.pdf"
    file.write_bytes(b"%PDF-1.4 slides")
    teacher.set_input_files("[name=file]", file)
    press(teacher, "保存")
    teacher.goto(address)
    follow(teacher.get_by_role("link", name="添加课时").first)
    teacher.select_option("[name=kind]", "live")
    teacher.fill("[name=title]", "直播答疑")
    teacher.fill("[name=speaker_name]", "周教授")
    now = teacher.evaluate("new Date(Date.now() + 8 * 3600000).toISOString().slice(0, 16)")
    later = teacher.evaluate("new Date(Date.now() + 9 * 3600000).toISOString().slice(0, 16)")
    teacher.fill("[name=begins_at]", now)
    teacher.fill("[name=ends_at]", later)
    teacher.fill("[name=place]", "远程教室")
    press(teacher, "保存")
    live = teacher.url
    teacher.goto(f"{address}questions/new/")
    field(teacher, "kind").select_option("single")
    teacher.fill("[name=text]", "首先做什么？")
    teacher.fill("[name=options]", "心电图\n出院")
    teacher.fill("[name=right]", "A")
    teacher.fill("[name=explanation]", "十分钟内完成心电图。")
    press(teacher, "保存")
    follow(teacher.get_by_role("link", name="测验规则"))
    for name, value in (("draw", "1"), ("attempts", "2"), ("minutes", "10"), ("pass_percent", "60")):
        teacher.fill(f"[name={name}]", value)
    press(teacher, "保存")
    assert not axe(teacher)
    teacher.goto(address)
    follow(teacher.get_by_role("button", name="开放选课"))
    expect(teacher.get_by_text("课程已开放选课")).to_be_visible()
    assert not axe(teacher)

    stranger = visit("school_stranger")
    stranger.goto(address)
    expect(stranger.get_by_text("不在您的查看范围内")).to_be_visible()

    doctor = visit("county_doctor", width=360)  # on a phone
    doctor.goto("/app/education/?open=yes")
    assert not axe(doctor)
    assert _fits(doctor)
    follow(doctor.locator("main tbody a", has_text="胸痛中心建设"))
    assert not axe(doctor)
    assert _fits(doctor)
    follow(doctor.get_by_role("button", name="选课"))
    doctor.goto(slides)
    assert not axe(doctor)
    assert _fits(doctor)
    follow(doctor.get_by_role("button", name="我已读完"))
    expect(doctor.get_by_text("课时已完成")).to_be_visible()

    teacher.goto(live)
    follow(teacher.get_by_role("link", name="显示签到码"))
    assert not axe(teacher)
    code = teacher.locator("main .display-1").inner_text()
    doctor.goto(live)
    doctor.fill("[name=code]", code)
    assert not axe(doctor)
    press(doctor, "签到")
    expect(doctor.get_by_text("已签到。")).to_be_visible()

    doctor.goto("/app/")
    follow(doctor.get_by_role("link", name=re.compile("课程测验可以参加")))
    follow(doctor.locator("main tbody a").first)
    follow(doctor.get_by_role("button", name="参加测验"))
    assert not axe(doctor)
    assert _fits(doctor)
    doctor.get_by_label(re.compile("心电图")).check()
    press(doctor, "交卷")
    expect(doctor.get_by_text("十分钟内完成心电图。")).to_be_visible()
    assert not axe(doctor)
    follow(doctor.get_by_role("link", name="查看证书"))
    assert not axe(doctor)
    with doctor.expect_download() as download:
        doctor.get_by_role("link", name="下载证书（PDF）").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    verify = doctor.locator("main .dk-mono").nth(2).inner_text()
    doctor.goto("/app/credits/mine/")
    expect(doctor.get_by_text("课程学分").first).to_be_visible()
    expect(doctor.get_by_text("试-2026-01")).to_be_visible()
    assert not axe(doctor)
    assert _fits(doctor)

    anybody = visit(None, language="en")
    anybody.goto(f"/verify/{verify}/")
    expect(anybody.get_by_text("胸痛中心建设")).to_be_visible()
    assert not axe(anybody)

    giver = visit("school_giver")
    giver.goto(f"/app/obligations/{stage.obligation}/")
    giver.locator("main summary", has_text="提交佐证").first.click()
    giver.locator("main [name$=kind]").first.select_option("lecture")
    giver.locator("main [name$=reference]").select_option(index=1)
    press(giver, "提交佐证")
    expect(giver.get_by_text("佐证已提交")).to_be_visible()
    giver.goto("/app/education/counts/")
    expect(giver.locator("main tbody")).to_contain_text("安吉县人民医院")
    assert not axe(giver)

    english = visit("county_doctor", language="en", width=360)
    for path in (address, slides, live, "/app/education/mine/", "/app/education/certificates/"):
        english.goto(path)
        assert _fits(english), path
        assert not axe(english), path
    english.goto(address)
    expect(english.get_by_text("The quiz is passed.")).to_be_visible()
