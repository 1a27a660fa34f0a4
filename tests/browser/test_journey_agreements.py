"""An agreement from its draft to the provincial office: both hospitals and both superiors."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, Site
from tests.browser.tools import Opener, axe, press

PAIR = "安吉县人民医院"


@pytest.fixture(scope="module")
def pair(site: Site, accounts: tuple[str, ...]) -> str:
    """The number of the county hospital's first pairing; presidents and liaisons of both its hospitals."""
    printed = site.python(
        "import datetime as dt\n"
        "from duikou.core.models import RoleGrant, User\n"
        "from duikou.wings.pairings.models import Pairing\n"
        f"row = Pairing.objects.filter(recipient_printed={PAIR!r}).order_by('position')[0]\n"
        "for name, role, org in (\n"
        "    ('party_a', 'hospital_president', row.supporter.org),\n"
        "    ('party_a_liaison', 'hospital_liaison', row.supporter.org),\n"
        "    ('party_b', 'hospital_president', row.recipient.org),\n"
        "):\n"
        f"    user = User.objects.create_user(name, password={PASSWORD!r}, display_name=name)\n"
        "    RoleGrant.objects.create(user=user, role=role, org=org, valid_from=dt.date(2014, 1, 1))\n"
        "print('pairing', row.pk)\n"
    )
    found = re.search(r"pairing (\d+)", printed)
    assert found
    return found[1]


def sign(page: Page, address: str, scan: Path) -> None:
    """Record the signature of the hospital whose president looks at the page."""
    page.goto(address)
    page.fill("#sign-signatory", "演示院长")
    page.set_input_files("#sign-scan", scan)
    press(page, "登记签署")


def test_draft_refusal_repair_signing_filing_late(visit: Opener, pair: str, tmp_path: Path) -> None:
    scan = tmp_path / "盖章页.pdf"
    scan.write_bytes(b"%PDF-1.4 demonstration")

    # The supporter's liaison drafts; a duty falls away, and the text goes nowhere.
    drafter = visit("party_a_liaison")
    drafter.goto(f"/app/agreements/new/{pair}/")
    # A term that today lies in: the tables' own is over.
    today, end = drafter.evaluate(
        "() => { const d = new Date(); const iso = (x) => x.toLocaleDateString('sv-SE');"
        " const e = new Date(d); e.setFullYear(d.getFullYear() + 3); return [iso(d), iso(e)]; }"
    )
    drafter.fill("#form-term_start", today)
    drafter.fill("#form-term_end", end)
    drafter.fill("#form-supporter_representative", "演示甲")
    drafter.fill("#form-recipient_representative", "演示乙")
    press(drafter, "生成草稿")
    address = drafter.url
    assert axe(drafter) == []
    drafter.get_by_role("link", name="修改文本").click()
    costs = drafter.locator("#clause-supporter-costs")
    words = costs.input_value()
    costs.fill("")
    press(drafter, "保存并核对")
    expect(drafter.get_by_role("heading", name="条款检查未通过")).to_be_visible()
    expect(drafter.get_by_text("没有这一条")).to_be_visible()
    expect(drafter.get_by_text(words, exact=True)).to_be_visible()
    assert axe(drafter) == []
    drafter.goto(address)
    press(drafter, "送双方审议")
    expect(drafter.get_by_role("heading", name="没有执行")).to_be_visible()

    # Repaired, it goes to both sides, who agree.
    drafter.goto(f"{address}edit/")
    drafter.locator("#clause-supporter-costs").fill(words)
    press(drafter, "保存并核对")
    expect(drafter.get_by_role("heading", name="条款检查通过")).to_be_visible()
    drafter.goto(address)
    press(drafter, "送双方审议")
    giver, taker = visit("party_a"), visit("party_b")
    for page, who in ((giver, "甲方（支援医院）"), (taker, "乙方（受援医院）")):
        page.goto(address)
        press(page, f"代表{who}同意")

    # Both sign; then the copy goes to the office, which confirms it.
    sign(giver, address, scan)
    sign(taker, address, scan)
    expect(taker.get_by_role("heading", name="原件（一式四份）")).to_be_visible()
    drafter.goto(address)
    press(drafter, "报送备案件")
    office = visit("province")
    office.goto(address)
    press(office, "确认收存")
    expect(office.get_by_text("-0001")).to_be_visible()
    press(office, "收到第 3 份")
    county = visit("county", width=360)
    county.goto(address)
    press(county, "收到第 4 份")
    assert axe(county) == []

    # It came after the deadline of the pack; so the round shows it as late.
    office.goto("/app/agreements/overview/")
    expect(office.get_by_text("签约期限 2014-02-15").first).to_be_visible()
    expect(office.locator("#agreement-cities :is(canvas, svg)").first).to_be_visible()
    assert axe(office) == []
    office.goto("/app/agreements/progress/?timing=signed_late")
    expect(office.locator("tbody tr")).to_have_count(1)
    expect(office.locator("tbody tr")).to_contain_text(PAIR)

    # Whoever has the paper can check its code without signing in.
    code = drafter.locator("a.dk-mono").inner_text()
    stranger = visit(None)
    stranger.goto("/verify/")
    stranger.fill("#code", code.lower())
    press(stranger, "核验")
    expect(stranger.get_by_role("heading", name="有效的协议")).to_be_visible()
    assert axe(stranger) == []


def test_what_was_signed_is_owed_disputed_and_verified(visit: Opener, pair: str, site: Site) -> None:
    """The signed agreement's duties stand in the ledger of both hospitals, each with its clause."""
    printed = site.python(
        "from duikou.wings.agreements.models import Agreement\n"
        "from duikou.wings.agreements.queries.duties import duties\n"
        "from duikou.wings.obligations.models import Obligation\n"
        f"row = Agreement.objects.filter(pairing={pair}, signed_on__isnull=False).latest('pk')\n"
        "owed = Obligation.objects.filter(holder=f'agreement:{row.pk}')\n"
        "print('duties', owed.values('key').distinct().count(), len({duty.key for duty in duties(row)}))\n"
        "print('first', owed.get(key='supporter-posting', number=1).pk)\n"
    )
    counted = re.search(r"duties (\d+) (\d+)", printed)
    first = re.search(r"first (\d+)", printed)
    assert counted, printed
    assert first, printed
    assert counted[1] == counted[2] != "0"  # every duty of the agreement is in the ledger
    address = f"/app/obligations/{first[1]}/"

    giver, taker = visit("party_a"), visit("party_b", width=360)
    giver.goto(address)
    expect(giver.get_by_text("AGR-09").first).to_be_visible()
    giver.locator("main summary", has_text="提交佐证").first.click()
    giver.fill("#attach-note", "外科一名副主任医师到岗")
    press(giver, "提交佐证")
    giver.locator("main summary", has_text="填报已履行").first.click()
    press(giver, "填报已履行")
    taker.goto(address)
    taker.locator("main summary", has_text="认定未履行").first.click()
    taker.fill("#recipient-unmet-note", "到岗日期不符")
    press(taker, "认定未履行")
    expect(taker.get_by_role("heading", name="各方说法不一")).to_be_visible()
    county = visit("county")
    county.goto("/app/obligations/?disputed=yes")
    expect(county.locator(f'a[href="{address}"]').first).to_be_visible()
    taker.locator("main summary", has_text="核实无误").first.click()
    press(taker, "核实无误")
    expect(taker.locator(".dk-lead")).to_contain_text("已核实")
