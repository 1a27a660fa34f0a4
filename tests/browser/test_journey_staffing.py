"""The overview of people: a month on the map, a gap, the request that would close it, the workbook."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Site
from tests.browser.tools import Opener, axe, field, press

GONE = "2014-05"  # whoever is posted here leaves at the end of this month


@pytest.fixture(scope="module")
def leaving(site: Site, accounts: tuple[str, ...]) -> None:
    """Somebody of a specialty of its own, on post until the end of May 2014."""
    site.python(
        "import datetime as dt\n"
        "from duikou.wings.pairings.models import Pairing\n"
        "from duikou.wings.people.models import Person\n"
        "from duikou.wings.postings.models import Posting\n"
        "pairing = Pairing.objects.get(round__key='zhejiang-2014',\n"
        "    supporter__name='浙江医院', recipient__name='安吉县人民医院')\n"
        "person = Person.objects.create(hospital=pairing.supporter, name='试走临别', title='主任医师')\n"
        "posting = Posting(pairing=pairing, person=person, supporter=pairing.supporter,\n"
        "    recipient=pairing.recipient, home_path=pairing.supporter_path,\n"
        "    host_path=pairing.recipient_path, specialty='urology', title='主任医师',\n"
        "    planned_from=dt.date(2014, 3, 1), planned_to=dt.date(2014, 5, 31),\n"
        "    arrived_on=dt.date(2014, 3, 1), state='on_post')\n"
        "posting.settle_days()\n"
        "posting.save()\n"
    )


def test_a_gap_is_seen_and_asked_for(visit: Opener, leaving: None) -> None:
    page = visit("hospital")
    page.goto("/app/staffing/")
    page.get_by_label("月份", exact=True).fill(GONE)
    page.get_by_role("button", name="显示").click()
    expect(page.get_by_text(f"{GONE}，截至 2014-05-31")).to_be_visible()
    expect(page.get_by_role("region", name="各县当月在岗的派驻人员")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("^安吉县"))).to_be_visible()
    assert not axe(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 Excel").click()
    book = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes()), read_only=True)
    cells = {cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    assert {f"{GONE}（截至 2014-05-31）", "安吉县人民医院"} <= cells

    page.get_by_role("link", name="谁在哪里").last.click()
    expect(page.get_by_role("row").filter(has_text="试走临别")).to_contain_text("2014-05-31")
    page.get_by_role("link", name="即将出现的缺口").last.click()
    page.get_by_label("专业", exact=True).select_option("urology")
    page.get_by_role("button", name="筛选").click()
    gap = page.get_by_role("row").filter(has_text="泌尿外科")
    expect(gap).to_contain_text("2014-06-01")
    assert not axe(page)
    gaps = page.url
    gap.get_by_role("link", name="提出需求").click()
    expect(field(page, "specialty")).to_have_value("urology")  # what the gap knows is filled in
    expect(field(page, "wanted_from")).to_have_value("2014-06-01")
    field(page, "purpose").fill("接替期满的泌尿外科医师")
    press(page, "保存")
    request = page.url
    page.goto(gaps)
    gap.get_by_role("link", name="看需求").click()
    expect(page).to_have_url(request)


def test_the_pages_fit_a_phone(visit: Opener, leaving: None) -> None:
    phone = visit("province", language="en", width=390)
    for address in ("", "hospitals/", "people/", "gaps/"):
        phone.goto(f"/app/staffing/{address}?month={GONE}")
        assert not axe(phone), address
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
