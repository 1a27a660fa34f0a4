"""Who supported whom on a day, and what an audit of that day finds."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from duikou.core.errors import Invalid, Missing
from duikou.core.scope import SYSTEM
from duikou.wings.pairings.actions.pairings import add_pairing, end_pairing
from duikou.wings.pairings.queries import latest_audit_report
from duikou.wings.pairings.queries.pairings import in_force
from duikou.wings.pairings.queries.places import city_panel, county_panel, hospital_panel
from duikou.wings.pairings.queries.rounds import round_figures, round_named
from duikou.wings.pairings.translate import recipients_per_unit

from .conftest import END, START, pairing

pytestmark = pytest.mark.django_db
KEY = "zhejiang-2014"


@pytest.fixture
def handed_over(province):
    """淳安县中医院 passes from one supporter to another in the middle of 2015."""
    row = pairing("杭州市第一人民医院", "淳安县中医院")
    end_pairing(actor=province, pairing=row, on=dt.date(2015, 6, 30), reason="调整")
    return add_pairing(
        actor=province,
        round_key=KEY,
        supporter=pairing("浙江医院", "安吉县人民医院").supporter.key,
        recipient=row.recipient.key,
        table="1",
        start=dt.date(2015, 7, 1),
    )


@pytest.mark.parametrize(
    ("day", "supporters"),
    [
        (START - dt.timedelta(days=1), set()),
        (START, {"武警杭州医院", "杭州市第一人民医院"}),
        (dt.date(2015, 6, 30), {"武警杭州医院", "杭州市第一人民医院"}),
        (dt.date(2015, 7, 1), {"武警杭州医院", "浙江医院"}),
        (END, {"武警杭州医院", "浙江医院"}),
        (END + dt.timedelta(days=1), set()),
    ],
)
def test_who_supported_whom(handed_over, province, day, supporters):
    rows = in_force(province, day).filter(recipient=handed_over.recipient)
    assert {row.supporter_printed for row in rows} == supporters


def test_list_page_on_a_day(client, account, handed_over):
    client.force_login(account("provincial_officer", "浙江省"))
    url = reverse("pairings:list")
    key = handed_over.recipient.key
    before = client.get(url, {"as_of": "2015-06-30", "recipient": key}).content.decode()
    after = client.get(url, {"as_of": "2015-07-01", "recipient": key}).content.decode()
    assert "杭州市第一人民医院" in before
    assert "浙江医院" not in before.split("<tbody")[1]
    assert "浙江医院" in after.split("<tbody")[1]
    assert client.get(url, {"as_of": "gestern"}).status_code == 400


def test_figures_of_a_day(handed_over):
    round_ = round_named(KEY)
    assert round_figures(round_, dt.date(2014, 3, 1)).pairings == 165
    assert round_figures(round_, dt.date(2015, 6, 30)).pairings == 165
    assert round_figures(round_).pairings == 165  # one ended, one added
    with pytest.raises(Invalid):
        round_figures(round_, dt.date(2018, 1, 1))


def test_divisions_of_the_day():
    """富阳 became a district in December 2014: from then on it is counted apart."""
    round_ = round_named(KEY)
    before, after = round_figures(round_, dt.date(2014, 3, 1)), round_figures(round_, dt.date(2016, 6, 1))
    assert (before.counties.total, before.districts.total) == (56, 34)
    assert after.counties.total < 56
    assert after.districts.total > 34
    assert recipients_per_unit(round_, dt.date(2014, 3, 1)) == recipients_per_unit(round_)


def test_a_citys_page_follows_the_divisions(province):
    round_ = round_named(KEY)
    then = {unit.division.name for unit in city_panel(province, round_, "330100").units}
    later = {unit.division.name for unit in city_panel(province, round_, "330100", dt.date(2016, 6, 1)).units}
    assert "富阳市" in then
    assert "富阳区" in later
    fuyang = county_panel(province, round_, "330111", dt.date(2016, 6, 1))
    assert {row.recipient_printed for row in fuyang.pairings} == {
        "富阳市第二人民医院",
        "富阳市中医院",
        "富阳市第三人民医院",
    }
    with pytest.raises(Missing):
        county_panel(province, round_, "330111")


def test_report_of_a_day(handed_over):
    report = latest_audit_report(SYSTEM, KEY, dt.date(2015, 7, 1))
    assert report["as_of"] == "2015-07-01"
    doubled = [f for f in report["findings"] if f["rule"] == "PAIR-05" and f["subjects"] == ["淳安县中医院"]]
    assert {row["supporter"] for row in doubled[0]["rows"]} == {"武警杭州医院", "浙江医院"}
    with pytest.raises(Invalid, match="不在本轮期限内"):
        latest_audit_report(SYSTEM, KEY, dt.date(2013, 1, 1))


def test_hospital_panel(handed_over, province):
    panel = hospital_panel(province, handed_over.recipient_id)
    assert len(panel.supported_by) == 3
    assert len(hospital_panel(province, handed_over.recipient_id, dt.date(2014, 3, 1)).supported_by) == 2
