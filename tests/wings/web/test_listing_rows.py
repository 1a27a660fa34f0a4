"""A list over the database: a fixed number of queries, the same order on every page."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.test import RequestFactory

from duikou.core.listing import ChoiceFilter, Column, Listing, TextFilter
from duikou.core.models import OrgUnit

LISTING = Listing(
    key="units",
    title="组织",
    default_sort="kind",
    columns=(
        Column("name", "名称", head=True, sort=True),
        Column("kind", "级别", value=lambda unit: unit.get_kind_display(), sort=True),
        Column("parent__name", "上级", sort=True, nulls_last=True),
    ),
    filters=(
        TextFilter("q", "名称", ("name", "parent__name")),
        TextFilter("start", "开头", ("name__startswith",)),
        ChoiceFilter("kind", "级别", choices=OrgUnit.Kind.choices),
    ),
)

pytestmark = pytest.mark.django_db


def rows() -> Any:
    return OrgUnit.objects.select_related("parent")


def page(query: str) -> Any:
    return LISTING.page(RequestFactory().get(f"/?{query}"), rows())


@pytest.mark.parametrize("size", [25, 100])
def test_a_page_takes_one_count_and_one_fetch(django_assert_num_queries: Any, size: int) -> None:
    with django_assert_num_queries(2):
        shown = page(f"size={size}&kind=hospital")
        assert shown.body.count("<tr") == min(size, shown.count)


def test_equal_rows_keep_their_order_over_the_pages() -> None:
    last = page("size=25").last
    seen = [
        unit.pk for number in range(1, last + 1) for unit in page(f"size=25&sort=kind&page={number}").rows
    ]
    assert len(seen) == len(set(seen)) == OrgUnit.objects.count()


def test_empty_values_come_last_in_both_directions() -> None:
    for sort in ("parent__name", "-parent__name"):
        last = page("size=100").last
        assert page(f"size=100&sort={sort}&page={last}").rows[-1].parent is None


def test_filters_reach_the_database() -> None:
    assert page("kind=city").count == 11
    assert page("start=杭州").count == OrgUnit.objects.filter(name__startswith="杭州").count()
    assert page("q=杭州").count >= page("start=杭州").count


def test_an_export_holds_every_row() -> None:
    answer = LISTING.export(RequestFactory().get("/?export=xlsx&kind=city"), rows())
    assert answer is not None
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert book["组织"].max_row == 12
