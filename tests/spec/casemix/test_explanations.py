"""What is said about one record: category, rule, deciding codes, each complication."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from duikou.engines.casemix import scheme
from duikou.engines.casemix.grouper import Effect, Explanation, explain
from tests.casemix_schemes import INVENTED, pages_of, write_scheme


def explained(tmp_path: Path, **record: Any) -> Explanation:
    read = scheme.load(write_scheme(tmp_path / "s", INVENTED))
    return explain(pages_of(record).row(0, named=True), read)


def english(found: Explanation) -> list[str]:
    return [text.en for text in found.lines]


def test_rule_codes_and_complications(tmp_path: Path) -> None:
    found = explained(tmp_path, dx="C01 K01 K02 K04 X1", px="20.2 20.3")
    assert found.outcome.drg == "CA19"
    assert english(found) == [
        "principal diagnosis C01, main operation 20.2",
        "category MC: condition pdx(D) (mdc.csv:5)",
        "base group CA1: condition pdx(D) and (anypx(P:1) or (anypx(P:2) and anypx(P:3))) (adrg.csv:6)",
        "principal diagnosis C01 is in the list MC/D",
        "principal diagnosis C01 is in the list CA1/D",
        "operation 20.2 is in the list CA1/2",
        "operation 20.3 is in the list CA1/3",
        "other diagnosis K01: major complication (MCC), but not counted: "
        "exclusion table 1 of the principal diagnosis C01 takes it away",
        "other diagnosis K02: major complication (MCC)",
        "other diagnosis K04: complication (CC)",
        "other diagnosis X1: no complication",
        "with major complication (MCC)",
        "group CA19 (condition any)",
    ]
    assert [one.effect for one in found.complications] == [
        Effect.EXCLUDED,
        Effect.MCC,
        Effect.CC,
        Effect.NONE,
    ]
    assert found.complications[0].table == "1"


def test_every_sentence_is_there_in_chinese(tmp_path: Path) -> None:
    found = explained(tmp_path, dx="C01 K01", px="20.1")
    assert [text.zh for text in found.lines] == [
        "主要诊断 C01，主要手术操作 20.1",
        "主要诊断大类 MC：条件 pdx(D)（mdc.csv:5）",
        "核心组 CA1：条件 pdx(D) and (anypx(P:1) or (anypx(P:2) and anypx(P:3)))（adrg.csv:6）",
        "主要诊断 C01 在表 MC/D 中",
        "主要诊断 C01 在表 CA1/D 中",
        "手术操作 20.1 在表 CA1/1 中",
        "其他诊断 K01：本为严重并发症或合并症（MCC），因与主要诊断 C01 同属排除表 1 而不计",
        "不伴并发症或合并症",
        "分入 CA19（条件 any）",
    ]


def test_a_category_that_was_entered_in_vain(tmp_path: Path) -> None:
    found = explained(tmp_path, dx="C01 A01", px="20.1")
    assert found.passed[0].en == "MA: the record enters the category, but no rule in it fits; on to the next"


def test_facts_decide(tmp_path: Path) -> None:
    found = explained(tmp_path, dx="B01", age_years=0, age_days=28, admission_weight=1499)
    assert [text.en for text in found.reasons] == [
        "principal diagnosis B01 is in the list MB/D",
        "age in days: 28 (condition <=28)",
        "principal diagnosis B01 is in the list BR1/D",
        "weight in grams: 1499 (condition >0)",
        "weight in grams: 1499 (condition <1500)",
    ]


@pytest.mark.parametrize(
    ("record", "last"),
    [
        ({"dx": "- C01"}, "not grouped: there is no principal diagnosis"),
        ({"dx": "K01"}, "not grouped: this code opens no category as principal diagnosis"),
        ({"dx": "C03", "sex": 1}, "not grouped: the principal diagnosis is valid, but no rule fits"),
    ],
)
def test_why_not(record: dict[str, Any], last: str, tmp_path: Path) -> None:
    assert last in english(explained(tmp_path, **record))


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    found = explained(tmp_path, dx="B01")
    assert found.outcome.status == "missing_age"
    assert any("not known without: age in days" in line for line in english(found))
    assert any("缺少：日龄" in text.zh for text in found.lines)
