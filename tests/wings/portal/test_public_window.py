"""The public window: without sign-in, the same numbers as the audit, nothing that is not public."""

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

from duikou.core.errors import Missing
from duikou.portal import disclosure
from duikou.wings.hospitals.models import Hospital
from duikou.wings.pairings.models import Pairing, Round
from duikou.wings.pairings.queries import round_figures
from duikou.wings.people.models import Person
from duikou.wings.places.models import Division

pytestmark = pytest.mark.django_db

HOME = reverse("portal:home")
SEARCH = reverse("portal:search")


def text(response: Any) -> str:
    return unescape(response.content.decode())


def listed(answer: Any) -> int:
    """The number of rows that a list page says it has."""
    found = re.search(r"dk-list-count[^>]*>(?:<[^>]*>)*[^<]*?(\d+)", text(answer))
    assert found
    return int(found[1])


def county_url(name: str) -> str:
    unit = Division.objects.on(Round.objects.get().divisions_on).get(name=name, level="county")
    return reverse("portal:county", args=[unit.pk])


def hospital_url(name: str) -> str:
    return reverse("portal:hospital", args=[Hospital.objects.get(name=name).pk])


PAGES = [
    HOME,
    SEARCH,
    *(reverse(f"portal:{n}") for n in ("counties", "pairings", "supporters", "recipients", "about")),
]


@pytest.mark.parametrize("url", PAGES)
def test_pages_open_without_sign_in(client: Client, url: str) -> None:
    answer = client.get(url)
    assert answer.status_code == 200
    assert "private" in answer["Cache-Control"]
    assert "max-age=300" in answer["Cache-Control"]
    assert {"Cookie", "Accept-Language"} <= {v.strip() for v in answer["Vary"].split(",")}
    assert client.head(url).status_code == 200
    assert client.post(url).status_code == 405


def test_headline_numbers_are_those_of_the_audit_and_open_their_rows(client: Client) -> None:
    figures = round_figures(Round.objects.get())
    assert (figures.supporters, figures.pairings, figures.recipients) == (67, 165, 151)
    shown = text(client.get(HOME))
    for number in ("67", "165", "151", "54 / 56", "22 / 34"):
        assert re.search(rf'dk-stat-value">{re.escape(number)}<', shown), number
    for name, count in (("supporters", 67), ("pairings", 165), ("recipients", 151)):
        url = reverse(f"portal:{name}")
        assert f'href="{url}"' in shown
        assert listed(client.get(url)) == count
    for group, total in (("counties", 56), ("districts", 34)):
        assert listed(client.get(reverse("portal:counties"), {"group": group})) == total
    assert "S1 §三(一)" in shown


def test_numbers_follow_from_the_rows() -> None:
    round_ = disclosure.current_round()
    assert round_ is not None
    assert len(disclosure.pairings(round_)) == round_.figures.pairings
    assert len(disclosure.hospitals(round_, "supporter")) == round_.figures.supporters
    assert len(disclosure.hospitals(round_, "recipient")) == round_.figures.recipients
    units = disclosure.units(round_)
    assert sum(u.counted and u.covered for u in units) == round_.figures.counties.covered == 54
    assert sum(not u.counted and u.covered for u in units) == round_.figures.districts.covered == 22
    assert all(u.covered == (u.recipients > 0) for u in units)


def test_uncovered_counties_are_named_on_the_home_page(client: Client) -> None:
    shown = text(client.get(HOME))
    table = shown[shown.index("没有受援医院的县") :]
    assert "长兴县" in table
    assert "天台县" in table
    assert shown.count('class="dk-fill-0"') == 3  # two counties and the legend


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("长兴县", "长兴县"),
        ("长兴", "长兴县"),
        ("changxing", "长兴县"),
        ("上虞市", "上虞区"),
        ("景宁县", "景宁畲族自治县"),
        ("富阳区", "富阳市"),
        ("  天台县 ", "天台县"),
    ],
)
def test_search_finds_counties_by_any_name(client: Client, question: str, name: str) -> None:
    answer = client.get(SEARCH, {"q": question}, follow=True)
    assert name in text(answer)
    if answer.redirect_chain:
        assert answer.redirect_chain[-1][0] == county_url(name)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("建德市第一人医院", "建德市第一人民医院"),
        ("建德市第一人民医院", "建德市第一人民医院"),
        ("浙江省人民医院", "浙江省人民医院"),
    ],
)
def test_search_finds_hospitals_by_any_name(client: Client, question: str, name: str) -> None:
    assert name in text(client.get(SEARCH, {"q": question}, follow=True))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_search_by_city_lists_its_counties(client: Client, language: str) -> None:
    client.cookies["duikou-language"] = language
    shown = text(client.get(SEARCH, {"q": "舟山市"}))
    for name in ("定海区", "普陀区", "岱山县", "嵊泗县"):
        assert name in shown


def test_search_without_a_hit_says_what_to_do(client: Client) -> None:
    assert "没有查到" in text(client.get(SEARCH, {"q": "不存在的地方"}))


@pytest.mark.parametrize(
    "question", ["%", "'; DROP TABLE", "<script>alert(1)</script>", "长" * 500, '"', "*"]
)
def test_search_takes_any_text(client: Client, question: str) -> None:
    answer = client.get(SEARCH, {"q": question}, follow=True)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


def test_search_refuses_what_nobody_types(client: Client) -> None:
    assert client.get(SEARCH, {"q": "\x00"}).status_code == 400


def test_a_county_shows_who_supports_it_since_when_by_which_clause(client: Client) -> None:
    shown = text(client.get(county_url("海宁市")))
    assert "湖州市第三人民医院" in shown
    assert "海宁市第四人民医院" in shown
    assert Round.objects.get().start.isoformat() in shown
    assert "S1 附件2" in shown


def test_a_county_without_a_recipient_says_so_with_the_clause(client: Client) -> None:
    shown = text(client.get(county_url("长兴县")))
    assert "公布的结对表中没有本县的受援医院" in shown
    assert "S1 §一(一); S1 §三(一)" in shown
    district = text(client.get(county_url("西湖区")))
    assert "市辖区另行统计" in district


def test_a_county_of_another_time_leads_to_the_unit_of_the_round(client: Client) -> None:
    fuyang = Division.objects.get(name="富阳区")
    shown = text(client.get(reverse("portal:county", args=[fuyang.pk])))
    assert "<h1>富阳市</h1>" in shown
    assert "今天属于：富阳区" in shown


def test_a_city_leads_to_its_counties(client: Client) -> None:
    city = Division.objects.get(name="舟山市")
    answer = client.get(reverse("portal:county", args=[city.pk]))
    assert answer.status_code == 302
    assert "岱山县" in text(client.get(answer.url))


def test_a_hospital_shows_both_directions(client: Client) -> None:
    assert "海宁市第四人民医院" in text(client.get(hospital_url("湖州市第三人民医院")))
    shown = text(client.get(hospital_url("岱山县第一人民医院")))
    assert shown.count("S1 附件1") == 2


def test_dated_and_misspelt_names_show_what_the_table_prints(client: Client) -> None:
    assert "表中写作 建德市第一人医院" in text(client.get(county_url("建德市")))


def test_lists_filter_sort_and_export(client: Client) -> None:
    url = reverse("portal:pairings")
    shown = text(client.get(url, {"city": "330900"}))
    assert "岱山县" in shown
    assert "建德市" not in shown.split("<tbody")[1]
    assert client.get(url, {"sort": "-since"}).status_code == 200
    answer = client.get(url, {"export": "csv"})
    assert b"".join(answer.streaming_content).decode("utf-8-sig").count("\n") >= 166
    assert client.get(url, {"city": "999999"}).status_code == 400
    assert listed(client.get(url, {"q": "ajx"})) == 3  # 安吉县, by its initials


def test_the_list_of_one_table(client: Client) -> None:
    assert listed(client.get(reverse("portal:pairings"), {"table": "1"})) == 41
    assert listed(client.get(reverse("portal:pairings"), {"table": "2"})) == 124


def test_about_names_the_sources_the_marks_and_the_credit(client: Client) -> None:
    shown = text(client.get(reverse("portal:about")))
    for words in (
        "S1",
        "S2",
        "浙卫发〔2014〕23号",
        "卫医管发〔2012〕60号",
        "GeoNames",
        "CC BY 4.0",
        "待核实",
        'id="PAIR-03"',
    ):
        assert words in shown


# ---------------------------------------------------------------- what is not public


def test_hospitals_outside_the_published_tables_are_missing(client: Client) -> None:
    paired = set(Pairing.objects.values_list("supporter", flat=True)) | set(
        Pairing.objects.values_list("recipient", flat=True)
    )
    other = Hospital.objects.exclude(pk__in=paired).first()
    if other is None:
        other = Hospital.objects.get(name="湖州市第三人民医院")
        Pairing.objects.filter(supporter=other).delete()
        Round.objects.update(revision=2)
    assert client.get(reverse("portal:hospital", args=[other.pk])).status_code == 404
    assert client.get(reverse("portal:hospital", args=[10**9])).status_code == 404
    assert other.name not in text(client.get(SEARCH, {"q": other.name})).split("</form>")[-1]


def test_draft_rounds_are_not_public(client: Client) -> None:
    Round.objects.update(state=Round.State.DRAFT)
    assert disclosure.current_round() is None
    for url in (*PAGES, county_url("长兴县"), hospital_url("湖州市第三人民医院")):
        shown = text(client.get(url))
        assert "还没有公布的轮次" in shown
        assert "湖州市第三人民医院" not in shown


def test_no_person_appears_anywhere(client: Client) -> None:
    some = Hospital.objects.get(name="湖州市第三人民医院")
    Person.objects.create(name="张三丰", hospital=some, title="主任医师")
    pages = [*PAGES, county_url("海宁市"), hospital_url("湖州市第三人民医院"), f"{SEARCH}?q=张三丰"]
    for url in pages[:-1]:
        assert "张三丰" not in text(client.get(url))
    assert "没有查到" in text(client.get(pages[-1]))


def test_unconfirmed_grades_are_not_shown(client: Client) -> None:
    some = Hospital.objects.get(name="湖州市第三人民医院")
    Hospital.objects.filter(pk=some.pk).update(level="三级乙等", note="内部备注")
    shown = text(client.get(hospital_url("湖州市第三人民医院")))
    assert "三级乙等" not in shown
    assert "内部备注" not in shown


def test_signed_in_people_see_the_same_facts(client: Client, account: Callable) -> None:
    before = text(client.get(county_url("海宁市"))).split("<main")[1]
    client.force_login(account("county_officer", "长兴县"))
    after = text(client.get(county_url("海宁市"))).split("<main")[1]
    assert before == after


# ---------------------------------------------------------------- languages and cost


def test_pages_in_english(client: Client) -> None:
    client.cookies["duikou-language"] = "en"
    shown = text(client.get(HOME))
    assert "Changxing" in shown
    for url in (*PAGES, county_url("长兴县"), hospital_url("湖州市第三人民医院")):
        shown = text(client.get(url))
        for word in ("查询", "受援医院", "支援医院", "说明"):
            assert word not in shown, (url, word)


@pytest.mark.parametrize("url", PAGES)
def test_number_of_queries(client: Client, url: str) -> None:
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        client.get(url, {"size": "100"} if url not in (HOME, SEARCH, reverse("portal:about")) else {})
    assert len(captured) <= 8, [q["sql"][:120] for q in captured]


def test_disclosure_is_the_only_reader_of_the_database() -> None:
    """Views and tables touch no model: what may be seen is decided in one place."""
    from pathlib import Path

    import duikou.portal

    folder = Path(duikou.portal.__file__).parent
    for file in folder.rglob("*.py"):
        if file.name != "disclosure.py":
            assert ".objects" not in file.read_text(), file.name
            assert "duikou.wings" not in file.read_text(), file.name


def test_missing_county_is_told(client: Client) -> None:
    round_ = disclosure.current_round()
    assert round_ is not None
    with pytest.raises(Missing):
        disclosure.county(round_, 10**9)
    assert client.get(reverse("portal:county", args=[10**9])).status_code == 404
