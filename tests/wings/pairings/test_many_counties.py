"""The overview of a round with more counties and hospitals than can be shown: cities, and a search."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from duikou.core.scope import SYSTEM
from duikou.wings.pairings.actions.audits import audit_round
from duikou.wings.pairings.maps import level_of
from duikou.wings.pairings.models import Pairing, Round
from duikou.wings.pairings.queries.rounds import Share, round_named, round_summary
from tests.bench.invented import country

pytestmark = pytest.mark.django_db
PAGE = reverse("pairings:dashboard")


@pytest.fixture
def big() -> Round:
    """400 counties in 44 cities, 330 hospitals."""
    country(counties=400, hospitals=330, pairings=500, round_key="big")
    audit_round(actor=SYSTEM, round_key="big")
    return round_named("big")


@pytest.fixture
def officer(client: Client, account: Callable[..., Any], big: Round) -> Client:
    """An officer of the invented province."""
    client.force_login(account("provincial_officer", "演示省"))
    return client


def shown(client: Client, query: str = "") -> str:
    answer = client.get(f"{PAGE}?round=big{query}")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def drawing(page: str) -> str:
    found = re.search(r'<svg class="dk-map.*?</svg>', page, re.DOTALL)
    assert found
    return found[0]


def test_one_square_for_each_city(officer, big):
    page = shown(officer)
    cities = round_summary(big).cities
    squares = re.findall(r'<a class="dk-fill-(\w+)" href="([^"]+)"><title>([^<]+)</title>', drawing(page))
    assert len(squares) == len(cities) == 44 + 11
    assert len(page) < 250_000
    city = next(city for city in cities if city.code == "800007")
    ((level, address, title),) = [square for square in squares if "800007" in square[1]]
    assert level == str(level_of(city.counties))
    assert title == (
        f"演示7市：{city.counties.covered} / {city.counties.total} 个县、县级市已覆盖，"
        f"{city.recipients} 家受援医院"
    )
    assert officer.get(address).status_code == 200  # leads to the city's counties
    assert f">{city.counties.covered}/{city.counties.total}</text>" in drawing(page)


def test_the_table_begins_with_the_cities_that_miss_most(officer, big):
    page = shown(officer)
    names = re.findall(r'<a href="/app/pairings/cities/(\d+)/\?round=big">', page)
    missing = {city.code: city.counties.missing for city in round_summary(big).cities}
    assert len(names) == 20
    assert [missing[code] for code in names] == sorted(missing.values(), reverse=True)[:20]
    assert "另有 35 个市" in page
    every = re.findall(r'<a href="/app/pairings/cities/(\d+)/\?round=big">', shown(officer, "&cities=all"))
    assert sorted(every) == sorted(missing)


def test_in_english(officer):
    officer.cookies["duikou-language"] = "en"
    page = shown(officer)
    assert "counties covered" in drawing(page)
    assert not re.search(r"以上是|格中是|查找", page)


def test_supporters_are_searched_for(officer, big):
    row = Pairing.objects.filter(round=big).select_related("supporter").first()
    assert row.supporter.key not in shown(officer)
    page = shown(officer, f"&flow={row.supporter_printed}")
    assert (
        page.count(f'<tr><th scope="row">{row.supporter_printed}</th>')
        == Pairing.objects.filter(round=big, supporter=row.supporter).count()
    )
    several = shown(officer, "&flow=人民医院")
    assert "与“人民医院”相符" in several
    assert several.count("&supporter=invented-") == 12
    assert "没有找到与“火星”相符" in shown(officer, "&flow=火星")


def test_a_name_goes_before_a_city(officer, big):
    row = Pairing.objects.filter(round=big).order_by("position").last()
    page = shown(officer, f"&city=演示1市&flow={row.supporter_printed}")
    assert f'<th scope="row">{row.supporter_printed}</th>' in page


def test_flows_run_between_cities(officer, big):
    row = Pairing.objects.filter(round=big).order_by("position").first()
    page = drawing(shown(officer, f"&supporter={row.supporter.key}"))
    assert "dk-chosen" in page
    assert 'class="dk-flow-line"' in page
    assert "dk-flow-line" in drawing(shown(officer, f"&city={row.group}"))


@pytest.mark.parametrize("query", ["&supporter=nobody", "&city=nowhere"])
def test_what_is_not_there_is_refused(officer, query):
    assert officer.get(f"{PAGE}?round=big{query}").status_code == 400


def test_a_citys_officer_searches_own_pairings_only(client, account, big):
    client.force_login(account("city_officer", "演示3市"))
    own = client.get(f"{PAGE}?round=big")
    assert own.status_code == 200
    supporters = Pairing.objects.filter(round=big)
    theirs = next(
        row
        for row in supporters.select_related("supporter__org__parent", "recipient__org__parent__parent")
        if "演示3市" not in (row.supporter.org.parent.name, row.recipient.org.parent.parent.name)
    )
    assert client.get(f"{PAGE}?round=big&supporter={theirs.supporter.key}").status_code in (200, 400)
    page = unescape(client.get(f"{PAGE}?round=big&city={theirs.group}").content.decode())
    assert f'<th scope="row">{theirs.supporter_printed}</th>' not in page


def test_on_a_day(officer, big):
    page = shown(officer, "&as_of=2015-01-01")
    assert len(re.findall(r'<a class="dk-fill-', drawing(page))) == 44 + 11
    assert "as_of=2015-01-01" in drawing(page)


@pytest.mark.parametrize(("counties", "hospitals", "pairings"), [(200, 60, 40), (400, 330, 500)])
def test_queries_do_not_grow_with_counties_and_rows(client, account, counties, hospitals, pairings):
    country(counties=counties, hospitals=hospitals, pairings=pairings, round_key="big")
    audit_round(actor=SYSTEM, round_key="big")
    client.force_login(account("provincial_officer", "演示省"))
    shown(client)  # what is read once per process is not counted
    with CaptureQueriesContext(connection) as captured:
        shown(client)
    assert len(captured) == (10 if hospitals > 300 else 11)  # few supporters are listed: one query more


def test_the_public_window_shows_cities_too(client, big):
    Round.objects.exclude(pk=big.pk).update(state="draft")
    page = unescape(client.get(reverse("portal:home")).content.decode())
    assert len(re.findall(r'<a class="dk-fill-', drawing(page))) == 44 + 11
    assert "另有 35 个市" in page
    assert "另有" not in client.get(reverse("portal:home") + "?cities=all").content.decode()


@pytest.mark.parametrize(
    ("total", "missing", "level"),
    [
        (0, 0, None),
        (4, 4, 0),
        (6, 5, 1),
        (4, 3, 1),
        (9, 5, 1),
        (4, 2, 2),
        (8, 3, 2),
        (4, 1, 3),
        (100, 1, 3),
        (4, 0, 4),
    ],
)
def test_levels(total, missing, level):
    assert level_of(Share(total, missing)) == level
