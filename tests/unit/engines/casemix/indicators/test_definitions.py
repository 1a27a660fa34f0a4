"""Definitions are complete in both languages, and wrong parameters are refused."""

from __future__ import annotations

from typing import Any

import pytest

from duikou.engines.casemix.indicators import DEFINITIONS, PARAMETERS, BadParameter
from duikou.engines.casemix.indicators.compute import compute
from duikou.engines.casemix.indicators.reference import Given
from tests.unit.engines.casemix.indicators.stays import Engine, stay

MARKS = {"seed", "found", "recalled", "inferred"}


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_definition_says_all_there_is_to_say(name: str) -> None:
    one = DEFINITIONS[name]

    texts = [one.title, one.formula, one.unit, *([one.limits] if one.limits else [])]
    assert all(text.zh.strip() and text.en.strip() for text in texts)
    assert one.mark in MARKS
    assert one.better in {"higher", "lower", "none"}
    assert one.clause
    assert one.version >= 1
    assert set(one.default_by) <= set(one.by)
    assert set(one.defaults) <= set(PARAMETERS)
    assert "minimum" in one.defaults


@pytest.mark.parametrize("name", DEFINITIONS)
def test_columns_of_a_result_are_those_that_the_definition_promises(name: str) -> None:
    engine = Engine()
    given = Given([stay()])
    schema = compute(name, engine.tables(given)).schema()

    one = DEFINITIONS[name]
    result = ["numerator", "denominator", "value", "cases", "suppressed"]
    assert list(schema) == [*one.default_by, *one.detail, *result, *one.extra]
    assert {str(schema[column]) for column in result[:4]} == {"int64"}


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"colour": 1}, "没有参数 colour"),
        ({"from_month": 202613}, "月份 yyyymm"),
        ({"from_month": "2026-05"}, "2026-05"),
        ({"from_month": 202605, "to_month": 202604}, "大于"),
        ({"reference_from": 202605, "reference_to": 202604}, "reference_from"),
        ({"minimum": -1}, "整数"),
        ({"minimum": True}, "整数"),
        ({"trim_low": 101}, "0 到 100"),
        ({"trim_low": 60, "trim_high": 40}, "trim_low"),
        ({"weights": "guessed"}, "imported"),
        ({"by": ["residence"]}, "不能按 residence"),
        ({"by": ["hospital", "hospital"]}, "重复"),
        ({"by": 5}, "逗号"),
    ],
)
def test_wrong_parameters_are_refused(parameters: dict[str, Any], words: str) -> None:
    with pytest.raises(BadParameter, match=words):
        DEFINITIONS["cmi"].settings(parameters)


def test_words_of_a_command_line_are_read() -> None:
    settings = DEFINITIONS["cmi"].settings({"by": "city, year", "from_month": "202601", "minimum": "3"})

    assert (settings["by"], settings["from_month"], settings["minimum"]) == (("city", "year"), 202601, 3)


@pytest.mark.parametrize(
    ("name", "parameters", "words"),
    [
        ("no_such", {}, "没有指标 no_such"),
        ("cmi", {"weights": "imported"}, "须给出权重表"),
        ("cmi", {"reference": "listed"}, "参照医院名单"),
        ("cmi_change", {"base_from": 202501}, "须同时给出"),
    ],
)
def test_what_cannot_be_computed_is_refused(name: str, parameters: dict[str, Any], words: str) -> None:
    from duikou.engines.casemix.indicators.tables import Tables

    tables = Tables(Engine().tables(Given([stay()])).cells)

    with pytest.raises(BadParameter, match=words):
        compute(name, tables, parameters)


def test_a_result_says_how_it_came_about() -> None:
    from duikou.engines.casemix.indicators.compute import result

    engine = Engine()
    found = result(engine.connection, "cmi", engine.tables(Given([stay()])), {"minimum_group": 0})

    assert found.provenance["indicator"] == "cmi"
    assert found.provenance["version"] == DEFINITIONS["cmi"].version
    assert found.provenance["parameters"]["minimum_group"] == 0
    assert found.provenance["parameters"]["by"] == ["hospital"]
    assert "GROUP BY" in found.provenance["sql"]
