"""Lists: what an address may ask, what it gets, and what is refused."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from django.http import QueryDict
from django.test import RequestFactory
from django.utils.html import format_html

from duikou.core.listing import (
    BadParameter,
    ChoiceFilter,
    Column,
    DateFilter,
    FlagFilter,
    Listing,
    NameFilter,
    TextFilter,
    as_of,
    value_at,
)

ROWS = [
    {
        "name": f"医院{n:03}",
        "city": {"name": "甲市" if n % 2 else "乙市"},
        "kind": "general" if n % 3 else "tcm",
        "beds": None if n == 5 else n * 10,
        "since": dt.date(2014, 1, 1) + dt.timedelta(days=n),
        "open": n % 4 == 0,
    }
    for n in range(1, 131)
]
LISTING = Listing(
    key="hospitals",
    title="医院",
    default_sort="name",
    columns=(
        Column("name", "名称", head=True, sort=True, href=lambda row: f"/h/{row['name']}/"),
        Column("city__name", "市", sort=True),
        Column("beds", "床位（张）", numeric=True, sort=True),
        Column("kind", "类别", html=lambda row: format_html("<b>{}</b>", row["kind"])),
        Column("since", "起始", on_page=False),
        Column("page_only", "操作", value=lambda row: "…", in_export=False),
    ),
    filters=(
        TextFilter("q", "名称", ("name",)),
        ChoiceFilter("kind", "类别", choices=(("general", "综合"), ("tcm", "中医"))),
        FlagFilter("open", "未关闭"),
        DateFilter("since", "起于"),
        ChoiceFilter(
            "own", "范围", choices=lambda actor: [(actor, "本人")], apply=lambda rows, value: rows[:1]
        ),
    ),
)


def page(query: str = "", listing: Listing = LISTING, rows: Any = ROWS) -> Any:
    return listing.page(RequestFactory().get(f"/list?{query}"), rows)


def names(query: str) -> list[str]:
    return [row["name"] for row in page(query).rows]


REFUSALS = [
    ("page=abc", "page"),
    ("page=0", "page"),
    ("page=-1", "page"),
    ("page=1.5", "page"),
    ("page=７", "page"),
    ("page=99999999999", "page"),
    ("page=7", "page"),
    ("page=1&page=2", "page"),
    ("size=10", "size"),
    ("size=all", "size"),
    ("sort=unknown", "sort"),
    ("sort=kind", "sort"),
    ("sort=--name", "sort"),
    ("export=pdf", "export"),
    ("kind=dental", "kind"),
    ("kind=general&kind=tcm", "kind"),
    ("open=maybe", "open"),
    ("since=2014-02-30", "since"),
    ("since=01.03.2014", "since"),
    ("since=２０１４-01-01", "since"),
    ("q=" + "字" * 101, "q"),
    ("q=a%00b", "q"),
]


@pytest.mark.parametrize(("query", "name"), REFUSALS)
def test_what_cannot_be_understood_is_refused_by_name(query: str, name: str) -> None:
    with pytest.raises(BadParameter) as refusal:
        page(query)
    assert refusal.value.status == 400
    assert list(refusal.value.fields) == [name]
    assert name in str(refusal.value)


def test_the_message_says_what_was_expected_and_found() -> None:
    with pytest.raises(BadParameter, match="tcm") as refusal:
        page("kind=dental")
    assert "dental" in str(refusal.value)
    assert "general、tcm" in str(refusal.value)


def test_without_parameters_the_first_page_in_default_order() -> None:
    shown = page()
    assert (shown.count, shown.last, len(shown.rows)) == (130, 6, 25)
    assert (shown.first_number, shown.last_number) == (1, 25)
    assert shown.rows[0]["name"] == "医院001"


@pytest.mark.parametrize(("size", "last"), [(25, 6), (50, 3), (100, 2)])
def test_page_sizes(size: int, last: int) -> None:
    shown = page(f"size={size}&page={last}")
    assert shown.last == last
    assert len(shown.rows) == 130 - size * (last - 1)


def test_sorting_up_and_down_puts_empty_values_last_or_first() -> None:
    assert names("sort=-name")[0] == "医院130"
    assert page("sort=beds&page=6").rows[-1]["beds"] is None
    assert names("sort=city__name")[0] == "医院002"


def test_filters_narrow_together() -> None:
    shown = page("kind=tcm&open=yes&q=医院0&since=2014-01-31")
    assert [row["name"] for row in shown.rows] == [
        "医院036",
        "医院048",
        "医院060",
        "医院072",
        "医院084",
        "医院096",
    ]
    assert [(chip.label, chip.words) for chip in shown.chips] == [
        ("名称", "医院0"),
        ("类别", "中医"),
        ("未关闭", "是"),
        ("起于", "2014-01-31"),
    ]


def test_an_empty_field_of_the_form_is_no_filter() -> None:
    assert page("q=&kind=&page=&sort=").count == 130


def test_choices_may_depend_on_the_actor() -> None:
    request = RequestFactory().get("/list?own=me")
    request.actor = "me"  # type: ignore[attr-defined]
    assert LISTING.page(request, ROWS).count == 1
    with pytest.raises(BadParameter):
        page("own=me")


def test_links_keep_what_else_the_address_says() -> None:
    shown = page("as_of=2014-03-01&kind=tcm&sort=-name")
    for url in (shown.clear_url, shown.chips[0].url, shown.next_url, shown.xlsx_url, shown.headings[0].url):
        assert "as_of=2014-03-01" in url
    assert "kind" not in shown.clear_url
    assert QueryDict(shown.next_url[1:]).dict() == {
        "as_of": "2014-03-01", "kind": "tcm", "sort": "-name", "page": "2",
    }  # fmt: skip
    assert ("as_of", "2014-03-01") in shown.kept
    assert ("sort", "-name") in shown.kept


def test_a_heading_turns_its_own_order_round() -> None:
    assert QueryDict(page("sort=name").headings[0].url[1:])["sort"] == "-name"
    assert QueryDict(page("sort=-name").headings[0].url[1:])["sort"] == "name"
    assert page("sort=-name").headings[0].state == "descending"
    assert page().headings[3].url == ""


def test_page_numbers_show_the_ends_and_the_neighbours() -> None:
    assert [number for number, _url in page("size=25&page=6").page_links] == [1, None, 4, 5, 6]
    assert page("page=6").next_url == ""
    assert page().previous_url == ""


def test_two_lists_on_one_page_do_not_meet() -> None:
    other = Listing(key="other", title="别的", columns=LISTING.columns, prefix="other")
    shown = page("page=2&other-page=3", other)
    assert shown.selection.page == 3
    assert "page=2" in shown.next_url


def test_rows_are_escaped_and_labelled_for_phones() -> None:
    body = page(rows=[{**ROWS[0], "name": "<script>", "city": {"name": "a&b"}}]).body
    assert '<a href="/h/&lt;script&gt;/">&lt;script&gt;</a>' in body
    assert 'data-label="市">a&amp;b<' in body
    assert "<b>general</b>" in body
    assert "起始" not in body


def test_html_that_is_not_marked_safe_is_escaped() -> None:
    listing = Listing(key="x", title="x", columns=(Column("name", "名称", html=lambda row: "<i>"),))
    assert "&lt;i&gt;" in page(listing=listing).body


def test_prepare_sees_one_page_at_a_time() -> None:
    seen: list[int] = []

    def prepare(rows: list[Any]) -> list[Any]:
        seen.append(len(rows))
        return rows

    page(listing=Listing(key="x", title="x", columns=LISTING.columns, prepare=prepare))
    assert seen == [25]


def exported(query: str) -> Any:
    answer = LISTING.export(RequestFactory().get(f"/list?{query}"), ROWS)
    assert answer is not None
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_csv_holds_all_rows_of_the_filters_in_force() -> None:
    rows = list(csv.reader(io.StringIO(exported("export=csv&kind=tcm&page=1").decode("utf-8-sig"))))
    assert rows[0] == ["名称", "市", "床位（张）", "类别", "起始"]
    assert len(rows) == 1 + 43
    assert rows[1] == ["医院003", "甲市", "30", "tcm", "2014-01-04"]


def test_xlsx_says_which_filters_were_in_force() -> None:
    book = openpyxl.load_workbook(io.BytesIO(exported("export=xlsx&kind=tcm")))
    assert book.sheetnames == ["医院", "说明"]
    assert book["医院"].max_row == 44
    assert ("类别", "中医") in [(row[0].value, row[1].value) for row in book["说明"].iter_rows(min_row=2)]


def test_a_page_is_not_an_export() -> None:
    assert LISTING.export(RequestFactory().get("/list"), ROWS) is None


def test_an_export_of_a_bad_address_is_refused_too() -> None:
    with pytest.raises(BadParameter):
        exported("export=csv&kind=dental")


def test_as_of_takes_a_day_or_its_default() -> None:
    day = dt.date(2014, 3, 1)
    assert as_of(RequestFactory().get("/?as_of=2014-03-01")) == day
    assert as_of(RequestFactory().get("/"), day) == day
    with pytest.raises(BadParameter):
        as_of(RequestFactory().get("/?as_of=yesterday"))


def test_value_at_follows_links_and_stops_at_nothing() -> None:
    assert value_at({"a": {"b": 1}}, "a__b") == 1
    assert value_at({"a": None}, "a__b") is None


@pytest.mark.parametrize(("found", "count"), [("甲市", 65), ("jiashi", 65), ("YS", 65), ("yiyuan001 ", 0)])
def test_names_are_filtered_by_sound_too(found: str, count: int) -> None:
    listing = replace(LISTING, filters=(NameFilter("q", "市", ("city__name",)),))
    assert listing.page(RequestFactory().get("/", {"q": found}), ROWS).count == count


def test_a_day_is_not_broken_over_two_lines() -> None:
    cell = Column("day", "日期").cell({"day": dt.date(2014, 3, 1)})
    assert cell == '<span class="dk-nowrap">2014-03-01</span>'
