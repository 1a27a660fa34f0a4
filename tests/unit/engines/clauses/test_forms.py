"""What an agreement says of itself: parties, term, signature, blanks."""

from __future__ import annotations

import datetime as dt

import pytest

from duikou.engines.clauses import Form, Paper, Passage, Place
from duikou.engines.clauses.forms import check_form

FORM = Form(
    supporter="浙江医院",
    recipient="龙游县大峃人民医院",
    recipient_aliases=("大峃医院",),
    start=dt.date(2014, 2, 15),
    end=dt.date(2017, 2, 14),
    drafted_on=dt.date(2014, 1, 20),
)
GOOD = [
    "甲方（支援医院）：浙江医院",
    "乙方（受援医院）：龙游县大峃人民医院",
    "一、双方职责",
    "双方互相配合。",
    "三、协议期限",
    "2014年2月15日至2017年2月14日。",
    "甲方：                        乙方：",
    "代表：          代表：",
    "（盖章）        （盖章）",
    "2014年2月10日        年  月  日",
]


def kinds(lines: list[str], form: Form = FORM, years: int = 3) -> list[str]:
    paper = Paper(tuple(Passage(line, Place(paragraph=n)) for n, line in enumerate(lines, start=1)))
    flags = check_form(paper, form, years)
    for flag in flags:
        assert flag.message.zh
        assert flag.message.en
        assert flag.refuses
    return [flag.kind for flag in flags]


def changed(place: int, line: str) -> list[str]:
    return [*GOOD[:place], *([line] if line else []), *GOOD[place + 1 :]]


def test_a_good_form_raises_nothing() -> None:
    assert kinds(GOOD) == []
    assert kinds(GOOD, Form()) == []


@pytest.mark.parametrize(
    "line",
    ["乙 方：龙游县大峃人民医院", "乙方(受援医院):龙游县 大峃 人民医院", "乙方：大峃医院",
    "乙方：龙游縣大峃人民醫院",
     "乙方：龙游县大峃人民医院（盖章）"],
)  # fmt: skip
def test_the_same_party_in_other_writing(line: str) -> None:
    assert kinds(changed(1, line)) == []


@pytest.mark.parametrize(
    ("place", "line", "kind"),
    [
        (0, "", "missing_party"),
        (0, "甲方（支援医院）：", "missing_party"),
        (0, "甲方（支援医院）：浙江省人民医院", "wrong_party"),
        (1, "乙方（受援医院）：浙江医院", "wrong_party"),
        (6, "甲方：浙江省人民医院        乙方：", "wrong_party"),
    ],
)
def test_parties(place: int, line: str, kind: str) -> None:
    assert kinds(changed(place, line)) == [kind]


@pytest.mark.parametrize(
    "line",
    ["2014年2月至2017年2月。", "二〇一四年二月至二〇一七年二月。", "2014.2.15-2017.2.14",
    "自2014年2月15日起至2017年2月14日止。",
     "2014年2月15日—2017年2月14日", "本协议期限三年，自2014年2月15日至2017年2月14日止。", "2014年至2017年"],
)  # fmt: skip
def test_the_same_term_in_other_writing(line: str) -> None:
    assert kinds(changed(5, line)) == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", ["no_term"]),
        ("年   月至   年    月。", ["no_term", "blank"]),
        ("2014年2月15日至2016年12月31日。", ["short_term", "other_term"]),
        ("2014年2月15日至2017年2月13日。", ["short_term", "other_term"]),
        ("2017年2月14日至2014年2月15日。", ["reversed_term", "other_term", "other_term"]),
        ("2014年2月30日至2017年2月14日。", ["bad_date"]),
        ("2014年3月至2017年3月。", ["other_term", "other_term"]),
        ("2014年2月至2019年2月。", ["other_term"]),
    ],
)
def test_terms(line: str, expected: list[str]) -> None:
    assert kinds(changed(5, line)) == expected


def test_a_term_in_years_only() -> None:
    assert kinds(changed(5, "本协议期限为两年。"), Form()) == ["short_term"]
    assert kinds(changed(5, "本协议期限为三年。"), Form()) == []
    assert kinds(changed(5, "本协议期限为三年。")) == ["no_term"]
    assert kinds(GOOD, years=5) == ["short_term"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2014年1月10日", ["signed_early"]),
        ("日期：2013年12月", ["signed_early"]),
        ("签订日期：二〇一四年一月五日", ["signed_early"]),
        ("2014年1月", []),
        ("2014年1月20日", []),
        ("2014年2月31日", ["bad_date"]),
        ("根据2013年10月1日印发的工作方案执行本协议。", []),
    ],
)
def test_signatures(line: str, expected: list[str]) -> None:
    assert kinds(changed(9, line)) == expected


@pytest.mark.parametrize(
    "line", ["每年派驻____名医师。", "每年派驻XXX名医师。", "派驻{count}名。", "自　年　月起派驻。"]
)
def test_blanks_in_the_text(line: str) -> None:
    lines = [*GOOD[:4], line, *GOOD[4:]]
    assert kinds(lines) == ["blank"]


def test_blanks_of_the_signature_lines_are_open_until_people_sign() -> None:
    assert kinds([*GOOD[:7], "甲方代表：________", "乙方代表：________", "日期：____年__月__日"]) == []
