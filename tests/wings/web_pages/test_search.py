"""The search page and the suggestions: what is found, for whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from duikou.core import search
from duikou.core.scope import SYSTEM
from duikou.web.views_search import find_rules, groups

pytestmark = pytest.mark.django_db


def kinds(question: str, actor: Any = SYSTEM) -> dict[str, list[str]]:
    return {group.id: [hit.title for hit in group.hits] for group in groups(question, actor)}


@pytest.mark.parametrize("question", ["安吉", "anji", "安吉县", "ANJI"])
def test_every_kind_is_found_by_name_and_pinyin(question: str) -> None:
    found = kinds(question)
    assert "安吉县人民医院" in found["hospital"]
    assert found["division"][0] == "安吉县"
    assert "浙江医院 → 安吉县人民医院" in found["pairing"]


def test_pinyin_of_whole_names_comes_before_pinyin_inside() -> None:
    titles = kinds("anji")["pairing"]
    assert all("安吉" in title for title in titles[:3])  # 医院 → 景宁 (yu-an ji-ng) comes after


def test_initials_and_printed_errors_are_found() -> None:
    assert "安吉县人民医院" in kinds("ajxrmyy")["hospital"]
    assert kinds("建德市第一人医院")["hospital"]  # as misprinted in the tables


@pytest.mark.parametrize(
    ("question", "rule"),
    [
        ("PAIR-05", "PAIR-05"),
        ("pair-05", "PAIR-05"),
        ("不重复", "PAIR-05"),
        ("bcf", "PAIR-05"),
        ("gap", None),
    ],
)
def test_rules_are_found_by_id_words_and_initials(question: str, rule: str | None) -> None:
    found = [hit.title.split()[0] for hit in find_rules(question)]
    assert rule is None or found[0] == rule
    assert len(found) == len(set(found))  # a rule that one pack takes over from another is found once


@pytest.mark.parametrize("question", ["", "  ", "%", "'\"\\", "<script>", "没有这样的东西", "x" * 200])
def test_odd_questions_find_nothing_and_break_nothing(
    question: str, signed_in: Callable[..., Client], read: Callable[..., str]
) -> None:
    signed_in("provincial_officer", "浙江省")
    page = read("/app/search/", q=question)
    assert "<script>" not in page.partition("<main")[2]
    read("/app/search/suggest/", q=question)
    if question.strip():
        assert "没有找到" in page


def test_scope_is_kept(actor: Callable[..., Any]) -> None:
    county = actor("county_officer", "长兴县")
    assert set(kinds("安吉", county)) == {"division"}  # divisions are public reference data
    assert "长兴县人民医院" in kinds("长兴", county).get("hospital", ["长兴县人民医院"])
    assert kinds("安吉", actor()) == {}
    admin = kinds("安吉", actor("system_admin", "浙江省"))
    assert "hospital" not in admin
    assert "pairing" not in admin


def test_the_public_window_finds_hospitals_and_divisions_only() -> None:
    found = {hit.source.id for hit in search.find("安吉", actor=None)}
    assert found == {"hospital", "division"}


def test_a_group_can_be_listed_whole(signed_in: Callable[..., Client], read: Callable[..., str]) -> None:
    signed_in("provincial_officer", "浙江省")
    short = read("/app/search/", q="人民医院")
    whole = read("/app/search/", q="人民医院", **{"in": "hospital"})
    assert "in=hospital" in short
    assert short.count("/app/hospitals/") < whole.count("/app/hospitals/")
    assert "/app/pairings/list/" not in whole.partition("<main")[2]
    assert read("/app/search/", q="安吉", **{"in": "nonsense"})


def test_suggestions_lead_to_pages(signed_in: Callable[..., Client], read: Callable[..., str]) -> None:
    client = signed_in("provincial_officer", "浙江省")
    fragment = read("/app/search/suggest/", q="安吉")
    assert fragment.count('role="option"') == 7
    assert "<html" not in fragment
    address = fragment.partition('data-url="')[2].partition('"')[0]
    assert client.get(address).status_code == 200


def test_search_costs_few_queries(
    signed_in: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    client = signed_in("provincial_officer", "浙江省")
    client.get("/app/search/", {"q": "医院"})
    with django_assert_max_num_queries(8):
        client.get("/app/search/", {"q": "医院"})


def test_every_hit_has_an_address(signed_in: Callable[..., Client]) -> None:
    for group in groups("安吉", SYSTEM):
        assert all(hit.url for hit in group.hits), group.id
    assert reverse("search_suggest")
