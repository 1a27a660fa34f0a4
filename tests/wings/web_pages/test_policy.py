"""The policy browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from duikou.core.roles import roles
from duikou.policy import available_packs, load_pack
from duikou.web import words
from duikou.web.views_policy import SECTIONS

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(signed_in: Callable[..., Client]) -> Client:
    return signed_in("county_officer", "长兴县")


def test_every_role_may_read_the_policy() -> None:
    assert all("policy.view" in role.permissions for role in roles().values())


def test_without_a_role_it_is_refused(signed_in: Callable[..., Client]) -> None:
    assert signed_in().get(reverse("policy:packs")).status_code == 403


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_of_every_pack_opens(officer: Client, language: str) -> None:
    officer.cookies["duikou-language"] = language
    assert officer.get(reverse("policy:packs")).status_code == 200
    for pack_id in available_packs():
        pack = load_pack(pack_id)
        page = officer.get(reverse("policy:pack", args=[pack_id])).content.decode()
        assert (pack.title.en if language == "en" else pack.title.zh) in page
        for name in SECTIONS:
            assert officer.get(reverse("policy:section", args=[pack_id, name])).status_code == 200
        for rule in pack.rules.values():
            page = officer.get(reverse("policy:rule", args=[pack_id, rule.id])).content.decode()
            assert "None" not in page.partition("<main")[2]
            if rule.to_confirm and language == "zh-hans":
                assert "待核实" in page


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("zh-hans", ("副主任医师或者高年资主治医师", "待双方约定", "推断")),
        ("en", ("posted staff", "to be agreed", "inferred")),
    ],
)
def test_model_agreements_show_duty_source_measure_and_what_is_open(
    officer: Client, language: str, told: tuple[str, ...]
) -> None:
    officer.cookies["duikou-language"] = language
    pack = load_pack("zhejiang-2014")
    page = officer.get(reverse("policy:section", args=[pack.id, "agreements"])).content.decode()
    for template in pack.agreements.values():
        assert f'id="agreement-{template.id}"' in page
        for clause in template.clauses:
            assert (clause.title.en if language == "en" else clause.title.zh) in page.replace("&#x27;", "'")
    for one in told:
        assert one in page
    assert "{start}" not in page
    assert "None" not in page.partition("<main")[2]


def test_a_rule_shows_clause_parameters_and_what_it_replaces(
    officer: Client, read: Callable[..., str]
) -> None:
    page = read(reverse("policy:rule", args=["zhejiang-2014", "PAIR-01"]))
    for text in ("S1 §三(一)", "3 所医院", "浙卫发〔2014〕23号", "文件原文", "2014-01-26 起"):
        assert text in page
    assert f"{reverse('pairings:findings')}?rule=PAIR-01" in page
    replaced = next(r for r in load_pack("zhejiang-2014").rules.values() if r.replaces)
    page = read(reverse("policy:rule", args=["zhejiang-2014", replaced.id]))
    assert reverse("policy:rule", args=["national-2012", replaced.id]) in page


def test_findings_are_linked_only_for_those_who_may_see_them(signed_in: Callable[..., Client]) -> None:
    page = signed_in("auditor", "浙江省").get(reverse("policy:rule", args=["zhejiang-2014", "PAIR-01"]))
    assert "?rule=PAIR-01" not in page.content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"category": "pairing", "q": "断档"}, {"PAIR-05"}),
        ({"q": "pair-1", "mark": "inferred"}, {"PAIR-14", "PAIR-15", "PAIR-16", "PAIR-17", "PAIR-18"}),
        ({"force": "check", "audited": "no"}, set()),
    ],
)
def test_rules_are_filtered(officer: Client, query: dict[str, str], expected: set[str]) -> None:
    page = officer.get(reverse("policy:pack", args=["zhejiang-2014"]), query).content.decode()
    shown = {rule for rule in load_pack("zhejiang-2014").rules if f">{rule}<" in page}
    assert shown == expected or (not expected and "force" in query)


@pytest.mark.parametrize(
    "address",
    [
        "/app/policy/nowhere-2099/",
        "/app/policy/nowhere-2099/rules/PAIR-01/",
        "/app/policy/zhejiang-2014/rules/PAIR-99/",
        "/app/policy/zhejiang-2014/recipes/",
    ],
)
def test_what_is_not_there_is_missing(officer: Client, address: str) -> None:
    assert officer.get(address).status_code == 404


def test_a_wrong_filter_is_refused(officer: Client) -> None:
    answer = officer.get(reverse("policy:pack", args=["zhejiang-2014"]), {"mark": "rumour"})
    assert answer.status_code == 400


def test_rules_are_exported(officer: Client) -> None:
    answer: Any = officer.get(reverse("policy:pack", args=["zhejiang-2014"]), {"export": "csv"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "PAIR-01" in text
    assert "约支援 3 所" in text


def test_values_are_said_in_both_languages() -> None:
    pack = load_pack("zhejiang-2014")
    matrix = pack.rules["PAIR-14"].parameters["matrix"]
    with translation.override("zh-hans"):
        assert len(words.values(pack, matrix)) == len(matrix.value)  # type: ignore[arg-type]
        assert words.values(pack, pack.rules["PAIR-01"].parameters["target"]) == ["3 所医院"]
    with translation.override("en"):
        assert words.values(pack, pack.rules["PAIR-01"].parameters["target"]) == ["3 hospital(s)"]
        undecided = [p for r in pack.rules.values() for p in r.parameters.values() if not p.decided]
        assert all(words.values(pack, parameter) == [] for parameter in undecided)
