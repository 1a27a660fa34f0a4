"""Search: two Chinese characters, old writing, rare characters, pinyin, initials; scope."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet

from duikou.core import search
from duikou.core.models import OrgUnit
from duikou.core.scope import SYSTEM, Actor, within
from duikou.core.search import index, text

NAMES = [
    "安吉县人民医院",
    "临安市於潜人民医院",
    "𠮷安医院",
    "北仑新碶医院",
    "浙江大学医学院附属第一医院",
    "仙居县人民医院",
]


def documents(rows: QuerySet[OrgUnit]) -> Iterable[search.Document]:
    return [search.Document(row.pk, row.name, ("浙大一院",) if "第一" in row.name else ()) for row in rows]


def visible(actor: Actor) -> QuerySet[OrgUnit]:
    return OrgUnit.objects.filter(within(actor.paths("hospital.view"), ["path"]))


def present(rows: QuerySet[OrgUnit], public: bool) -> Mapping[int, tuple[str, str, str]]:
    return {row.pk: (row.name, row.kind, f"/{row.pk}") for row in rows}


@pytest.fixture
def units(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[OrgUnit]]:
    monkeypatch.setattr(index, "_SOURCES", {})
    search.register(search.Source("unit", "单位", OrgUnit, documents, visible, present))
    nation = OrgUnit.objects.get(kind="nation")
    yield [OrgUnit.objects.create(kind="province", name=name, parent=nation) for name in NAMES]
    for signal in (index.post_save, index.post_delete):
        signal.disconnect(sender=OrgUnit, dispatch_uid="search.unit")


def titles(question: str, actor: Actor = SYSTEM) -> list[str]:
    return [hit.title for hit in search.find(question, actor=actor)]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("安吉", ["安吉县人民医院"]),
        ("吉县", ["安吉县人民医院"]),
        ("人民", ["安吉县人民医院", "临安市於潜人民医院", "仙居县人民医院"]),
        ("於潜", ["临安市於潜人民医院"]),
        ("于潜", ["临安市於潜人民医院"]),
        ("𠮷安", ["𠮷安医院"]),
        ("新碶", ["北仑新碶医院"]),
        ("碶", ["北仑新碶医院"]),
        ("浙大一院", ["浙江大学医学院附属第一医院"]),
        ("anji", ["安吉县人民医院"]),
        ("ajxrmyy", ["安吉县人民医院"]),
        ("AJX", ["安吉县人民医院"]),
        ("xianju 人民", ["仙居县人民医院"]),
        ("安吉 医院", ["安吉县人民医院"]),
        ("院浙", []),  # the end of one name and the beginning of another
        ("没有这样的", []),
        ("%", []),
        ('" OR 1', []),
        ("", []),
    ],
)
def test_finds(units: list[OrgUnit], question: str, expected: list[str]) -> None:
    assert sorted(set(titles(question)) & set(NAMES)) == sorted(expected)


def test_exact_title_comes_first(units: list[OrgUnit]) -> None:
    nation = OrgUnit.objects.get(kind="nation")
    OrgUnit.objects.create(kind="province", name="安吉", parent=nation)
    assert titles("安吉")[0] == "安吉"


def test_renaming_and_deleting_keep_the_index_fresh(units: list[OrgUnit]) -> None:
    unit = units[0]
    unit.name = "孝丰医院"
    unit.save()
    assert titles("安吉县人民") == []
    assert titles("孝丰") == ["孝丰医院"]
    unit.delete()
    assert titles("孝丰") == []


def test_rebuild_gives_the_same_entries(units: list[OrgUnit]) -> None:
    assert search.rebuild("unit") == OrgUnit.objects.count()
    first = titles("人民")
    search.rebuild()
    assert titles("人民") == first


def test_an_actor_finds_only_what_lies_in_scope(
    units: list[OrgUnit], account: Callable[..., Any], actor: Callable[..., Actor]
) -> None:
    inside = actor("provincial_officer", "北仑新碶医院")  # any unit serves as the place of the grant
    assert titles("医院", inside) == ["北仑新碶医院"]


def test_a_small_area_finds_its_own_behind_any_number_of_others(
    units: list[OrgUnit], actor: Callable[..., Actor]
) -> None:
    nation = OrgUnit.objects.get(kind="nation")
    for n in range(600):
        OrgUnit.objects.create(kind="province", name=f"一{n:03}医院", parent=nation)
    OrgUnit.objects.create(kind="province", name="龙医院", parent=nation)  # after all others by name
    assert titles("医院", actor("provincial_officer", "龙医院")) == ["龙医院"]


def test_as_many_as_wanted_and_no_more(units: list[OrgUnit]) -> None:
    assert len(search.find("医院", actor=SYSTEM, limit=3)) == 3


def test_a_source_without_public_rows_is_not_in_the_public_window(units: list[OrgUnit]) -> None:
    assert search.find("医院", actor=None) == []


@pytest.mark.parametrize(
    ("question", "name", "expected"),
    [
        ("安吉", "安吉县人民医院", True),
        ("anji", "安吉县人民医院", True),
        ("AJX", "安吉县人民医院", True),
        ("ajx 人民", "安吉县人民医院", True),
        ("ajx 中医", "安吉县人民医院", False),
        ("于潜", "临安市於潜人民医院", True),
        ("院安", "安吉县人民医院", False),
        ("117", "解放军117医院", True),
        ("（", "杭州（之江）医院", True),
        ("", "安吉县人民医院", True),
    ],
)
def test_a_name_answers_to_a_question(question: str, name: str, expected: bool) -> None:
    assert text.answers(name, question) is expected


def test_terms_of_mixed_text() -> None:
    assert text.terms("解放军117医院") == ["解放", "放军", "117", "医院"]
    assert text.initials("安吉县人民医院") == "ajxrmyy"


def test_many_names_stay_one_query_per_source(
    units: list[OrgUnit], django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(2):
        titles("人民")
    assert connection.vendor in ("sqlite", "postgresql")
