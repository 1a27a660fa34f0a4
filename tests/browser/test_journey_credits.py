"""From credits that are met to a certificate that an anonymous visitor checks; corrected, issued anew."""

from __future__ import annotations

import re
from urllib.parse import urljoin

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Site
from tests.browser.tools import Opener, axe


@pytest.fixture(scope="module")
def posted(site: Site, accounts: tuple[str, ...]) -> dict[str, tuple[int, int]]:
    """Postings of 甲 and 丙 that meet the credit, one of 乙 that does not; numbers of person and posting."""
    printed = site.python(
        "import datetime as dt\n"
        "from duikou.wings.pairings.models import Pairing\n"
        "from duikou.wings.people.models import Person\n"
        "from duikou.wings.postings.models import Appraisal, Posting\n"
        "pairing = Pairing.objects.get(round__key='zhejiang-2014',\n"
        "    supporter__name='浙江医院', recipient__name='安吉县人民医院')\n"
        "for name, last in (('试走学分甲', dt.date(2014, 8, 31)), ('试走学分乙', dt.date(2014, 4, 1)),\n"
        "        ('试走学分丙', dt.date(2014, 9, 30))):\n"
        "    person = Person.objects.create(hospital=pairing.supporter, name=name, title='副主任医师')\n"
        "    posting = Posting(pairing=pairing, person=person, supporter=pairing.supporter,\n"
        "        recipient=pairing.recipient, specialty='cardiology', title=person.title,\n"
        "        planned_from=dt.date(2014, 3, 1), planned_to=last, arrived_on=dt.date(2014, 3, 1),\n"
        "        state='on_post', home_path=pairing.supporter_path, host_path=pairing.recipient_path)\n"
        "    posting.settle_days()\n"
        "    posting.save()\n"
        "    Appraisal.objects.create(posting=posting, home_path=posting.home_path,\n"
        "        host_path=posting.host_path, year=2014, passed=True, on=dt.date(2014, 12, 20))\n"
        "    print('posted', person.pk, posting.pk)\n"
    )
    found = re.findall(r"posted (\d+) (\d+)", printed)
    assert len(found) == 3, printed
    return {
        name: (int(person), int(posting)) for name, (person, posting) in zip("甲乙丙", found, strict=True)
    }


def test_recognised_checked_corrected_issued_anew(
    visit: Opener, site: Site, posted: dict[str, tuple[int, int]]
) -> None:
    person, posting = posted["甲"]
    office = visit("province")
    office.goto("/app/credits/?year=2014&q=试走学分")
    expect(office.get_by_text("天数不足").last).to_be_visible()
    office.goto(f"/app/credits/persons/{person}/")
    office.get_by_role("link", name=re.compile("^认定")).click()
    office.get_by_role("button", name="认定并开具证明").click()
    expect(office.get_by_text("学分已认定，证明已开具")).to_be_visible()
    code = office.locator(".dk-lead .dk-mono").inner_text()

    visitor = visit(None, width=360)  # anybody, on a phone
    visitor.goto("/verify/")
    visitor.fill("#code", code.replace("-", "").lower())
    visitor.get_by_role("button", name="核验").click()
    expect(visitor.get_by_role("heading", name="有效的证明")).to_be_visible()
    expect(visitor.get_by_text("试走学分甲")).to_be_visible()
    assert not axe(visitor)

    site.python(
        "import datetime as dt\n"
        "from duikou.wings.postings.models import Leave, Posting\n"
        f"posting = Posting.objects.get(pk={posting})\n"
        "Leave.objects.create(posting=posting, home_path=posting.home_path, host_path=posting.host_path,\n"
        "    first_day=dt.date(2014, 4, 1), last_day=dt.date(2014, 4, 10), reason='补登')\n"
    )
    office.reload()
    expect(office.get_by_role("heading", name="与现有数据不一致")).to_be_visible()
    assert not axe(office)
    office.get_by_role("link", name="换发证明").click()
    office.get_by_label("理由").fill("补登请假")
    office.get_by_role("button", name="撤销旧证并换发").click()
    expect(office.get_by_text("已按现有数据换发")).to_be_visible()
    visitor.reload()
    expect(visitor.get_by_role("heading", name="不再有效")).to_be_visible()
    expect(visitor.get_by_text("补登请假")).to_have_count(0)


def test_certified_appraisal_corrected_revoked(
    visit: Opener, site: Site, posted: dict[str, tuple[int, int]]
) -> None:
    """What was issued stays as it is, whatever is corrected; revoked, its code says so to anybody."""
    person, posting = posted["丙"]
    office = visit("province")
    office.goto(f"/app/credits/persons/{person}/")
    office.get_by_role("link", name=re.compile("^认定")).click()
    office.get_by_role("button", name="认定并开具证明").click()
    code = office.locator(".dk-lead .dk-mono").inner_text()
    page = office.url

    def paper() -> bytes:
        link = office.get_by_role("link", name=re.compile("PDF")).first.get_attribute("href")
        answer = office.request.get(urljoin(page, str(link)))
        assert answer.headers["content-type"] == "application/pdf"
        return answer.body()

    issued = paper()
    visitor = visit(None, width=360)
    visitor.goto(f"/verify/{code}/")
    expect(visitor.get_by_role("heading", name="有效的证明")).to_be_visible()
    expect(visitor.get_by_text("试走学分丙")).to_be_visible()
    shown = visitor.locator("main").inner_text()
    assert "试走学分甲" not in shown
    assert "cardiology" not in shown
    site.python(
        "import datetime as dt\n"
        "from django.utils import timezone\n"
        "from duikou.wings.postings.models import Appraisal, Posting\n"
        f"posting = Posting.objects.get(pk={posting})\n"
        "Appraisal.objects.filter(posting=posting).update(replaced_at=timezone.now())\n"
        "Appraisal.objects.create(posting=posting, home_path=posting.home_path,\n"
        "    host_path=posting.host_path, year=2014, passed=False, on=dt.date(2014, 12, 22))\n"
    )
    office.reload()
    expect(office.get_by_role("heading", name="与现有数据不一致")).to_be_visible()
    assert paper() == issued
    visitor.reload()
    assert visitor.locator("main").inner_text() == shown
    office.get_by_role("link", name="撤销").click()
    office.get_by_label("理由").fill("考核更正为不合格")
    office.get_by_role("button", name="撤销").click()
    expect(office.get_by_text("已撤销").first).to_be_visible()
    visitor.reload()
    expect(visitor.get_by_role("heading", name="不再有效")).to_be_visible()
    expect(visitor.get_by_text("考核更正为不合格")).to_have_count(0)
    assert not axe(visitor)


@pytest.mark.parametrize(("language", "width"), [("zh-hans", 360), ("en", 1280)])
def test_the_pages_are_accessible_and_fit(
    visit: Opener, posted: dict[str, tuple[int, int]], language: str, width: int
) -> None:
    page = visit("province", language=language, width=width)
    for address in (
        "/app/credits/?year=2014",
        "/app/credits/certificates/",
        f"/app/credits/persons/{posted['甲'][0]}/",
        "/app/credits/years/2014/issue/",
    ):
        page.goto(address)
        assert not axe(page), address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
