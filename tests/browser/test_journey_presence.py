"""A posted doctor on a phone: checks in, reports and adds files with the network cut; all arrives later.
The host looks at it, puts it right and confirms it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, Site
from tests.browser.tools import Opener, axe, follow


@pytest.fixture(scope="module")
def doctor(site: Site, accounts: tuple[str, ...]) -> None:
    """Somebody who is on post at 安吉县人民医院 around today, with an account."""
    site.python(
        "import datetime as dt\n"
        "from duikou.core.models import RoleGrant, User\n"
        "from duikou.wings.pairings.models import Pairing\n"
        "from duikou.wings.people.models import Person\n"
        "from duikou.wings.postings.models import Posting\n"
        "pairing = Pairing.objects.get(round__key='zhejiang-2014',\n"
        "    supporter__name='浙江医院', recipient__name='安吉县人民医院')\n"
        f"user = User.objects.create_user('doctor', password={PASSWORD!r}, display_name='doctor')\n"
        "RoleGrant.objects.create(user=user, role='medical_staff', org=pairing.supporter.org,\n"
        "    valid_from=dt.date(2014, 1, 1))\n"
        "today = dt.date.today()\n"
        "person = Person.objects.create(hospital=pairing.supporter, name='试走医师', user=user)\n"
        "posting = Posting(pairing=pairing, person=person, supporter=pairing.supporter,\n"
        "    recipient=pairing.recipient, home_path=pairing.supporter_path,\n"
        "    host_path=pairing.recipient_path, specialty='cardiology', title='副主任医师',\n"
        "    planned_from=today - dt.timedelta(days=20), planned_to=today + dt.timedelta(days=20),\n"
        "    arrived_on=today - dt.timedelta(days=20), state='on_post')\n"
        "posting.settle_days()\n"
        "posting.save()\n"
    )


def test_the_network_is_cut_in_the_middle(visit: Opener, doctor: None) -> None:
    phone = visit("doctor", width=360)
    phone.goto("/app/presence/today/")
    assert not axe(phone)
    phone.get_by_role("button", name="签到", exact=True).click()
    expect(phone.locator("[data-told]")).to_contain_text("已送达")
    expect(phone.locator("[data-record]")).to_contain_text("签到")
    phone.wait_for_function(
        "async () => navigator.serviceWorker.controller && (await caches.open('duikou-presence'))"
        ".match('/app/presence/today/').then(Boolean)"
    )
    phone.context.set_offline(True)
    phone.reload()  # out of the store
    phone.get_by_role("button", name="教学查房加一").click()
    phone.get_by_role("button", name="保存").click()
    expect(phone.locator("[data-told]")).to_contain_text("没有网络")
    phone.get_by_role("button", name="签退", exact=True).click()
    expect(phone.locator("[data-queue] li")).to_have_count(2)
    phone.reload()
    expect(phone.locator("[data-queue] li")).to_have_count(2)  # kept over a new start
    phone.context.set_offline(False)
    expect(phone.locator("[data-queue] li")).to_have_count(0)
    phone.goto("/app/presence/today/")
    expect(phone.locator("[data-record]")).to_contain_text("签退")
    expect(phone.locator("#count-ward_round")).to_have_value("1")

    host = visit("hospital")
    host.goto("/app/presence/")
    assert not axe(host)
    host.get_by_role("link", name="试走医师").click()
    expect(host.get_by_text("教学查房").first).to_be_visible()
    assert not axe(host)
    follow(host.get_by_role("link", name=re.compile("^更正")).first)
    assert not axe(host)
    host.go_back()
    host.get_by_role("button", name="确认本周").click()
    expect(host.get_by_text("这一周已确认")).to_be_visible()
    host.goto("/app/presence/work/")
    assert not axe(host)


LOSE_ONE_ANSWER = """
() => {
  const real = window.fetch;
  window.fetch = async (url, ...rest) => {
    const answer = await real(url, ...rest);
    if (String(url).endsWith("/presence/proofs") && !window.__cut) {
      window.__cut = true;
      throw new TypeError("the link broke after the server had the file");
    }
    return answer;
  };
}
"""


def choose(phone: Page, file: Path) -> None:
    """Take a file as proof of a lecture."""
    phone.locator("#proof-activity").select_option("lecture")
    phone.locator("#proof-file").set_input_files(file)
    phone.get_by_role("button", name="上传", exact=True).click()


def test_a_file_waits_without_a_link_and_is_kept_once_when_the_upload_breaks(
    visit: Opener, doctor: None, tmp_path: Path
) -> None:
    phone = visit("doctor", width=360)
    phone.goto("/app/presence/today/")
    told, waiting = phone.locator("[data-told]"), phone.locator("[data-queue] li")
    phone.wait_for_function(
        "async () => navigator.serviceWorker.controller && (await caches.open('duikou-presence'))"
        ".match('/app/presence/today/').then(Boolean)"
    )
    phone.wait_for_load_state("networkidle")  # scripts and pictures are in the store, too
    phone.context.set_offline(True)
    big, huge, wrong = (tmp_path / name for name in ("讲座签到表.pdf", "huge.pdf", "notes.txt"))
    big.write_bytes(b"%PDF-1.7\n" + bytes(3_000_000))
    wrong.write_text("no document")
    with huge.open("wb") as file:
        file.truncate(21 * 1024 * 1024)
    choose(phone, big)
    expect(told).to_contain_text("没有网络")
    expect(waiting).to_contain_text("讲座签到表.pdf")
    choose(phone, huge)
    expect(told).to_contain_text("超过 20 MB")
    choose(phone, wrong)
    expect(waiting).to_have_count(2)
    phone.reload()  # out of the store: the files are kept over a new start
    expect(waiting).to_have_count(2)
    assert not axe(phone)
    phone.evaluate(LOSE_ONE_ANSWER)
    phone.context.set_offline(False)
    phone.wait_for_function("() => window.__cut")
    expect(told).to_contain_text("没有网络")
    expect(waiting).to_have_count(2)  # as far as the phone knows
    phone.evaluate("() => window.dispatchEvent(new Event('online'))")
    expect(waiting).to_have_count(1)
    expect(waiting).to_contain_text("未接收")  # what the server does not take stays, with its reason
    expect(waiting).to_contain_text("notes.txt")
    waiting.get_by_role("button", name="放弃").click()
    expect(waiting).to_have_count(0)
    phone.goto("/app/presence/today/")
    expect(phone.locator("[data-proofs] a")).to_have_count(1)  # sent twice, kept once
    expect(phone.locator("[data-proofs]")).to_contain_text("讲座签到表.pdf")
