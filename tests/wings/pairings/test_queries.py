"""A list costs the same number of queries for ten rows as for a hundred."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from duikou.engines.pairing.coverage import coverage
from duikou.wings.pairings.queries import waits_for
from duikou.wings.pairings.queries.rounds import round_named
from duikou.wings.pairings.translate import engine_round, rules_for

pytestmark = pytest.mark.django_db
MOST = 8


def count(client, url: str) -> int:
    client.get(url)  # warm: templates, figures of the revision
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = client.get(url)
    assert answer.status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", ["list", "findings"])
@pytest.mark.parametrize("role", [("provincial_officer", "浙江省"), ("city_officer", "杭州市")])
def test_lists(client, account, name, role):
    client.force_login(account(*role))
    url = reverse(f"pairings:{name}")
    few, many = count(client, f"{url}?size=25"), count(client, f"{url}?size=100")
    assert few == many
    assert many <= MOST


@pytest.mark.parametrize("name", ["supporters", "recipients", "coverage", "rounds"])
def test_other_lists(client, account, name):
    client.force_login(account("provincial_officer", "浙江省"))
    assert count(client, reverse(f"pairings:{name}")) <= MOST


def test_filters_cost_nothing_more(client, account):
    client.force_login(account("provincial_officer", "浙江省"))
    plain = count(client, reverse("pairings:list"))
    filtered = count(
        client, reverse("pairings:list") + "?city=330100&round=zhejiang-2014&kind=normal&as_of=2014-03-01"
    )
    assert filtered == plain


def test_dashboard_does_not_grow_with_rows(client, account):
    client.force_login(account("provincial_officer", "浙江省"))
    assert count(client, reverse("pairings:dashboard")) <= 14


def test_waiting(province, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        waits_for(province)


def test_translation_is_set_based(django_assert_max_num_queries):
    round_ = round_named("zhejiang-2014")
    with django_assert_max_num_queries(6):
        tables = engine_round(round_)
    assert coverage(tables, rules_for(round_)).counties.total == 56
