"""A patient entered while doubles are told, a consent, an emergency on a phone, and its review."""

from __future__ import annotations

from playwright.sync_api import expect

from duikou.wings.patients.identity import check_character
from tests.browser.tools import Opener, axe

FIRST = "99010119560308101"
CARD = FIRST + check_character(FIRST)


def test_entered_agreed_opened_in_an_emergency_reviewed(visit: Opener) -> None:
    clinic = visit("clinic")
    clinic.goto("/app/patients/new/")
    for name, value in (
        ("name", "於碶峃"), ("identity", CARD), ("birth_date", "1956-03-08"), ("phone", "13800000001"),
    ):  # fmt: skip
        clinic.fill(f"[name={name}]", value)
    clinic.select_option("[name=sex]", "male")
    clinic.select_option("[name=payment]", "own")
    clinic.get_by_role("button", name="登记", exact=True).click()
    expect(clinic.get_by_role("heading", name="於碶峃")).to_be_visible()
    number = clinic.url.rstrip("/").rpartition("/")[2]
    assert not axe(clinic)
    clinic.get_by_role("link", name="登记同意").click()
    clinic.check("[name=purpose][value=consultation]")
    clinic.fill("[name=kept_at]", "病历室")
    clinic.get_by_role("button", name="保存").click()
    expect(clinic.get_by_text("同意已登记")).to_be_visible()
    clinic.goto("/app/patients/new/")
    clinic.fill("[name=identity]", CARD)
    clinic.locator("[name=identity]").blur()
    expect(clinic.locator("#same").get_by_text("同一证件号码")).to_be_visible()
    assert not axe(clinic)

    expert = visit("expert", width=360)  # on a phone
    expert.goto(f"/app/patients/{number}/")
    expect(expert.get_by_text("不在您的查看范围内")).to_be_visible()
    expert.goto("/app/patients/emergency/")
    expert.fill("[name=named]", CARD)
    expert.fill("[name=reason]", "车祸昏迷，须立即了解既往病史")
    assert not axe(expert)
    expert.get_by_role("button", name="确定").click()
    expect(expert.get_by_role("heading", name="於碶峃")).to_be_visible()
    assert not axe(expert)

    records = visit("records")
    records.goto("/app/")
    records.get_by_role("link", name="次紧急调阅待审核").click()
    records.locator("main tbody a").first.click()
    records.check("[name=justified][value=yes]")
    records.get_by_role("button", name="保存").click()
    expect(records.get_by_text("审核已登记")).to_be_visible()
    records.goto(f"/app/patients/{number}/")
    expect(records.get_by_text("紧急调阅").last).to_be_visible()
