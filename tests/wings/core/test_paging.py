"""Pages of joined rows: the same rows in the same order as one plain query gives."""

from __future__ import annotations

import pytest

from duikou.core.rest import joined_page_of
from duikou.core.scope import SYSTEM
from duikou.wings.pairings.models import Pairing
from duikou.wings.pairings.queries.pairings import pairings

pytestmark = pytest.mark.django_db
COLUMNS = ("id", "supporter__name", "recipient_division__parent__name")


@pytest.mark.parametrize(("limit", "offset"), [(1, 0), (100, 0), (100, 100), (200, 0), (50, 165), (50, 1000)])
def test_joined_pages(limit, offset):
    rows = pairings(SYSTEM).order_by("-position", "id")
    page = joined_page_of(rows, limit, offset, COLUMNS)
    assert page == {
        "total": 165,
        "limit": limit,
        "offset": offset,
        "items": list(rows.values(*COLUMNS)[offset : offset + limit]),
    }


def test_only_rows_of_the_scope(actor):
    city = actor("city_officer", "杭州市")
    page = joined_page_of(pairings(city).order_by("id"), 200, 0, COLUMNS)
    assert [row["id"] for row in page["items"]] == list(
        pairings(city).order_by("id").values_list("pk", flat=True)
    )
    assert page["total"] == 20


@pytest.mark.parametrize("keys", [[], [3], [7, 3, 5]])
def test_any_of(keys):
    first = Pairing.objects.order_by("pk").values_list("pk", flat=True).first()
    wanted = [first + key for key in keys]
    found = Pairing.objects.filter(pk__any_of=wanted).values_list("pk", flat=True)
    assert sorted(found) == sorted(wanted)
