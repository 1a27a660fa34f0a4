"""Clauses and whose duties they are."""

from __future__ import annotations

import pytest

from duikou.engines.clauses import Paper, Party, Passage, Place, Where, cut

A, B, BOTH = Party.SUPPORTER, Party.RECIPIENT, Party.BOTH


def clauses(*lines: str | tuple[str, str]) -> list[tuple[Party | None, str]]:
    """Party and text of each clause; a line may come with its automatic number."""
    passages = [
        Passage(line[1], Place(paragraph=n), number=line[0]) if isinstance(line, tuple)
        else Passage(line, Place(paragraph=n))
        for n, line in enumerate(lines, start=1)
    ]  # fmt: skip
    return [(one.party, one.text) for one in cut(Paper(tuple(passages)))]


@pytest.mark.parametrize("heading", [
    "（一）甲方", "（一）甲方职责", "（一）甲方的义务", "1.甲方责任：", "第二条 甲方（支援医院）的职责",
    "甲方的权利和义务：",
    "（一）支援医院职责", "一、甲方应承担的责任",
])  # fmt: skip
def test_headings_of_party_a(heading: str) -> None:
    assert clauses(heading, "甲、负责派驻人员的全部费用。")[-1][0] is A


def test_parts_end_where_the_next_begins() -> None:
    assert clauses(
        "对口支援协议", "甲方：某市第一医院", "乙方：某县人民医院", "双方协商一致，订立本协议。",
        "一、支援内容",
        "医院管理、医疗技术。", "二、双方职责", "（一）甲方", "1．派驻人员。", "2．承担费用。",
        "（二）乙方", "1．安排生活。",
        "三、协议期限", "三年，自签订之日起。", "甲方：", "（盖章）", "2014年2月15日",
    ) == [
        (None, "双方协商一致，订立本协议。"), (None, "医院管理、医疗技术。"),
        (A, "派驻人员。"), (A, "承担费用。"), (B, "安排生活。"), (None, "三年，自签订之日起。"),
    ]  # fmt: skip


def test_automatic_numbers_cut_like_typed_ones() -> None:
    lines = [
        ("二、", "职责"),
        ("（一）", "甲方"),
        ("1．", "派驻人员。"),
        ("（二）", "乙方"),
        ("1．", "安排生活。"),
        ("三、", "其他"),
    ]
    assert clauses(*lines) == [(A, "派驻人员。"), (B, "安排生活。")]


def test_articles_counted_through_stay_under_their_heading() -> None:
    assert clauses("一、甲方义务", "第一条 派驻人员。", "第二条 承担费用。", "二、乙方义务",
    "第三条 安排生活。") == [
        (A, "派驻人员。"), (A, "承担费用。"), (B, "安排生活。"),
    ]  # fmt: skip


def test_several_clauses_in_one_paragraph_are_parted() -> None:
    assert clauses("（一）甲方", "1．派驻人员；2．承担费用。3．接收进修。") == [
        (A, "派驻人员；"), (A, "承担费用。"), (A, "接收进修。"),
    ]  # fmt: skip


def test_a_clause_over_several_paragraphs_is_joined() -> None:
    assert clauses("（一）甲方", "1．派驻人员，", "每年不少于5名。", "但节假日除外。", "2．承担费用。") == [
        (A, "派驻人员，每年不少于5名。但节假日除外。"), (A, "承担费用。"),
    ]  # fmt: skip


def test_lines_broken_by_hand_are_lines() -> None:
    assert clauses("（一）甲方\n1．派驻人员。\n2．承担费用。\n（二）乙方\n1．安排生活。") == [
        (A, "派驻人员。"), (A, "承担费用。"), (B, "安排生活。"),
    ]  # fmt: skip


def test_a_clause_where_a_heading_would_stand() -> None:
    assert clauses("五、本协议自签订之日起生效", "未尽事宜，由双方协商解决。") == [
        (None, "本协议自签订之日起生效"), (None, "未尽事宜，由双方协商解决。"),
    ]  # fmt: skip


def test_words_outside_the_body_belong_to_no_party() -> None:
    passages = (
        Passage("（一）甲方", Place(paragraph=1)),
        Passage("1．承担费用。", Place(paragraph=2)),
        Passage("2．框里的话。", Place(Where.TEXT_BOX, 1)),
    )
    assert [one.party for one in cut(Paper(passages))] == [A, None]


def test_a_clause_keeps_its_number_and_passages() -> None:
    passages = (
        Passage("承担费用，", Place(paragraph=1), number="1．", bookmark="_dk_x"),
        Passage("全部。", Place(paragraph=2)),
    )
    (clause,) = cut(Paper(passages))
    assert (clause.number, clause.bookmark, clause.passages) == ("1．", "_dk_x", (0, 1))
