"""Store and forward: a case sent, answered by a signed opinion, acknowledged, counted in the pair's ledger.

No live component runs: nothing but the site itself.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.calls import until
from tests.browser.conftest import PASSWORD, Site
from tests.browser.tools import Opener, axe, follow, press
from tests.tele.samples import ROOT, dataset, written


@dataclass
class Stage:
    """The patient, the expert and the duty of the pair."""

    number: str
    expert: int
    obligation: int


@pytest.fixture(scope="module")
def stage(site: Site, accounts: tuple[str, ...]) -> Stage:
    """Two hospitals paired today in a round of their own, a patient who agreed, an expert, a duty."""
    named = {"PatientName": "陈^碶", "PatientBirthDate": "19610504", "PatientSex": "F"}
    for number in (1, 2, 3):
        (site.home / f"chest-{number}.dcm").write_bytes(written(dataset(number, study=81, **named)))
    printed = site.python(
        "import datetime as dt\n"
        "import io\n"
        "from pathlib import Path\n"
        "from django.utils import timezone\n"
        "from duikou.core.models import RoleGrant, User\n"
        "from duikou.core.scope import SYSTEM, actor_for\n"
        "from duikou.wings.hospitals.models import Hospital\n"
        "from duikou.wings.imaging import actions as imaging\n"
        "from duikou.wings.imaging.dicom.unpacking import Handed\n"
        "from duikou.wings.obligations.models import Obligation\n"
        "from duikou.wings.pairings.models import Pairing, Round\n"
        "from duikou.wings.patients import actions as patients\n"
        "from duikou.wings.patients.actions.consents import Said\n"
        "from duikou.wings.people.models import Person\n"
        "from duikou.wings.telehealth import actions\n"
        "today, now = timezone.localdate(), timezone.now()\n"
        "row = Pairing.objects.get(round__key='zhejiang-2014', supporter__name='浙江医院',\n"
        "    recipient__name='安吉县人民医院')\n"
        "tour = Round.objects.get(pk=row.round_id)\n"
        "tour.pk, tour.key, tour.name = None, 'tele', '远程试走轮次'\n"
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
        "account('triage', 'medical_office', row.supporter)\n"
        "account('tele_giver', 'hospital_liaison', row.supporter)\n"
        "account('stranger', 'medical_office', Hospital.objects.get(name='海盐县中医院'))\n"
        "person = Person.objects.create(hospital=row.supporter, name='周专家', title='主任医师',\n"
        "    specialty='respiratory', registered_scope='内科专业',\n"
        "    user=account('zhou', 'clinician', row.supporter))\n"
        "expert = actions.enter_expert(actor=SYSTEM, person=person,\n"
        "    practising_since=dt.date(2005, 7, 1), kinds=['consultation', 'imaging'])\n"
        "doctor = actor_for(User.objects.get(username='clinic'))\n"
        "patient = patients.register(actor=doctor, hospital=row.recipient, details=patients.Details(\n"
        "    '陈碶', 'female', dt.date(1961, 5, 4), 'own', identity_kind='none'))\n"
        "patients.give_consent(actor=doctor, patient=patient, said=Said(purpose='consultation',\n"
        "    giver='patient', way='written', given_at=now, kept_at='病历室'))\n"
        f"files = sorted(Path({str(site.home)!r}).glob('chest-*.dcm'))\n"
        "imaging.take(actor=doctor, patient=patient,\n"
        "    handed=[Handed(one.name, io.BytesIO(one.read_bytes())) for one in files])\n"
        "owed = Obligation.objects.create(pairing=row, supporter_path=row.supporter_path,\n"
        "    recipient_path=row.recipient_path, holder='agreement:900777', key='tele', period='y',\n"
        "    period_kind='year', start=tour.start, end=tour.end, owner='supporter',\n"
        "    beneficiary='recipient', unit='case', target=1, evidence_kinds=['consultation', 'upload'],\n"
        "    title={'zh': '远程会诊', 'en': 'Remote consultation'}, text={'zh': '远程会诊', 'en': 'x'})\n"
        "print('stage', patient.number, expert.pk, owed.pk)\n"
    )
    found = re.search(r"stage (\w+) (\d+) (\d+)", printed)
    assert found, printed
    return Stage(found[1], int(found[2]), int(found[3]))


def test_store_and_forward_to_a_counted_opinion(visit: Opener, stage: Stage, tmp_path: Path) -> None:
    doctor = visit("clinic")
    doctor.goto(f"/app/telehealth/new/{stage.number}/")
    doctor.select_option("[name=invited]", label="浙江医院")
    doctor.select_option("[name=specialty]", "respiratory")
    for name, value in (
        ("reason_wanted", "结节性质不明"), ("aim", "明确诊断"), ("diagnosis", "右上肺结节"),
        ("summary", "体检发现右上肺结节，无咳嗽。"),
    ):  # fmt: skip
        doctor.fill(f"[name={name}]", value)
    tomorrow = dt.date.today() + dt.timedelta(days=1)
    doctor.check("[name=live]")
    doctor.fill("[name=wanted_at]", f"{tomorrow}T09:00")
    assert not axe(doctor)
    press(doctor, "保存")
    address = doctor.url
    follow(doctor.get_by_role("link", name="选择检查影像"))
    doctor.check("[name=studies]")
    press(doctor, "保存")
    follow(doctor.get_by_role("link", name="添加资料"))
    file = tmp_path / "x.pdf"
    file.write_bytes(b"%PDF-1.4 laboratory")
    doctor.set_input_files("[name=file]", file)
    press(doctor, "保存")
    expect(doctor.get_by_text("资料已添加")).to_be_visible()
    follow(doctor.get_by_role("button", name="提交医务科"))

    office = visit("records", width=360)  # on a phone
    office.goto(address)
    assert not axe(office)
    follow(office.get_by_role("button", name="核准并发出"))
    expect(office.locator(".dk-lead")).to_contain_text("待受邀方答复")

    stranger = visit("stranger")
    stranger.goto(address)
    expect(stranger.get_by_text("不在您的查看范围内")).to_be_visible()

    triage = visit("triage")
    triage.goto("/app/")
    follow(triage.get_by_role("link", name=re.compile("会诊邀请待答复")))
    follow(triage.locator("main tbody a").first)
    follow(triage.get_by_role("button", name="接受邀请"))
    follow(triage.get_by_role("link", name="指派专家"))
    triage.select_option("[name=chair]", str(stage.expert))
    assert not axe(triage)
    press(triage, "指派")

    expert = visit("zhou", width=360)
    expert.goto("/app/telehealth/times/")
    assert not axe(expert)
    follow(expert.get_by_role("link", name="登记空闲时段"))
    expert.fill("[name=begins_at]", f"{tomorrow}T09:00")
    expert.fill("[name=ends_at]", f"{tomorrow}T11:00")
    press(expert, "保存")
    expect(expert.get_by_text("时段已登记")).to_be_visible()

    triage.goto("/app/telehealth/plan/")
    follow(triage.get_by_role("button", name="求解排期"))
    expect(triage.get_by_role("heading", name="建议的时间")).to_be_visible(timeout=90_000)
    expect(triage.get_by_text("在希望的日期")).to_be_visible()
    assert not axe(triage)
    follow(triage.get_by_role("button", name="采用"))
    expect(triage.get_by_text("已采用：时间已约定")).to_be_visible()

    expert.goto("/app/telehealth/times/")
    expect(expert.get_by_text("09:00–09:30")).to_be_visible()
    expert.goto(address)
    follow(expert.get_by_role("link", name="选择附图"))
    expert.locator("[name=source]").last.check()
    expert.fill("[name=number]", "2")
    expert.fill("[name=caption]", "右上肺结节，肺窗")
    press(expert, "选入意见")
    expect(expert.get_by_role("img", name="右上肺结节，肺窗")).to_be_visible()
    assert not axe(expert)
    assert expert.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    follow(expert.get_by_role("link", name="填写意见"))
    expert.fill("[name=findings]", "右上肺结节 8 毫米，边缘光滑。")
    expert.fill("[name=conclusion]", "考虑良性结节。")
    assert not axe(expert)
    press(expert, "签发")
    expect(expert.get_by_text("意见已签发，已返回邀请方")).to_be_visible()

    doctor.goto(address)
    assert not axe(doctor)
    expect(doctor.get_by_text("与签名时一致")).to_be_visible()
    expect(doctor.get_by_role("img", name="右上肺结节，肺窗")).to_be_visible()
    expect(doctor.get_by_role("heading", name="意见归入检查")).to_be_visible()
    until(lambda: kept(doctor), 60, "the opinion in the study, by the worker")
    follow(doctor.get_by_role("button", name="打开会诊室"))
    expect(doctor.locator("[data-exhibit]").first).to_be_attached()
    for off in ("音视频中继（TURN）没有启用", "多方会议服务没有启用"):
        expect(doctor.get_by_text(off)).to_be_visible()
    doctor.goto(f"/app/imaging/studies/{ROOT}.81/")
    expect(doctor.get_by_text("影像存储与阅片器没有启用")).to_be_visible()
    expect(doctor.get_by_role("rowheader", name="远程会诊意见")).to_be_visible()
    doctor.goto(address)
    expect(doctor.get_by_role("link", name="进入会诊室")).to_be_visible()
    with doctor.expect_download() as download:
        doctor.get_by_role("link", name="下载签名意见（PDF）").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
    follow(doctor.get_by_role("link", name="确认意见"))
    doctor.check("[name=adoption][value=full]")
    press(doctor, "保存")
    follow(doctor.get_by_role("button", name="办结"))
    expect(doctor.get_by_role("link", name="进入会诊室")).to_have_count(0)

    giver = visit("tele_giver")
    giver.goto(f"/app/obligations/{stage.obligation}/")
    giver.locator("main summary", has_text="提交佐证").first.click()
    giver.locator("main [name$=kind]").first.select_option("consultation")
    giver.locator("main [name$=reference]").select_option(index=1)
    press(giver, "提交佐证")
    expect(giver.get_by_text("佐证已提交")).to_be_visible()

    english = visit("records", language="en", width=360)
    english.goto(address)
    expect(
        english.get_by_text("The opinion is advice")
        .or_(english.get_by_text("Both sides may rate"))
        .or_(english.get_by_text("Closed").first)
    ).to_be_visible()
    assert english.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def kept(page: Page) -> bool:
    """Whether the case says that the opinion lies in the study, though there is no store to send it to."""
    page.reload()
    return page.get_by_text("影像存储恢复后自动转入").count() == 1
