"""A hospital's month from the file to the dashboards: uploaded in pieces, checked, signed off, on screen."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.tools import Opener
from tests.wings.discharges.files import csv, stays


def choose(page: Page, month: str, file: Path) -> None:
    """Fill in the upload form and send it."""
    page.goto("/app/discharges/submissions/new/")
    page.fill("#id_month", month)
    page.set_input_files("#id_file", file)
    page.locator("form[data-pieces] button").click()


def test_a_month_is_uploaded_checked_signed_and_shown(visit: Opener, tmp_path: Path) -> None:
    file = tmp_path / "三月.csv"
    file.write_bytes(csv(stays(60)))
    page = visit("hospital")
    choose(page, "2025-03", file)
    page.wait_for_url(re.compile(r"/submissions/\d+/$"))
    expect(page.get_by_role("heading", name="校验报告")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="签发并入库").click()
    expect(page.get_by_text("存储版本")).to_be_visible(timeout=60_000)
    page.goto("/app/discharges/?until=2025-03")
    expect(page.locator(".dk-stat", has_text="出院人次").first).to_contain_text("60")
    page.locator(".dk-stat", has_text="平均住院日").first.click()
    expect(page.get_by_role("heading", name="定义", exact=True)).to_be_visible()
    choose(page, "2025-03", file)  # the very same file again
    expect(page.locator("[data-upload-error]")).to_contain_text("已经入库")


def test_a_file_of_another_month_is_refused_in_words(visit: Opener, tmp_path: Path) -> None:
    file = tmp_path / "april.csv"
    file.write_bytes(csv(stays(20, month="2025-04")))
    page = visit("hospital", language="en", width=360)
    choose(page, "2025-05", file)
    page.wait_for_url(re.compile(r"/submissions/\d+/$"))
    expect(page.get_by_text("no discharge of 2025-05")).to_be_visible(timeout=60_000)
