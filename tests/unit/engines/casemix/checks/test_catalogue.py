"""The catalogue of checks: every rule has a good and a bad example, and says what it found and expected."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from duikou.engines.casemix.checks import Checked, Codes, catalogue, run
from tests.unit.engines.casemix.checks.plain import SOUND, TODAY, Record, raw_frame, typed_frame

EXAMPLES: dict[str, dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("examples.toml").read_text("utf-8")
)
RULES = {check.id: check for check in catalogue().checks}
CODES = Codes.of({"K35.800x001", "I10.x00x002", "E11.900"}, {"47.0100", "88.7600"})

every_rule = pytest.mark.parametrize("rule", EXAMPLES)


def checked(records: Sequence[Record], rule: str = "") -> Checked:
    """A batch of records, checked; code tables, hospital and month only where the rule is about them."""
    raw = raw_frame(records)
    return run(
        raw,
        typed_frame(raw),
        expected_hospital="470000001" if rule == "FP-003" else None,
        expected_month=202403 if rule == "FP-004" else None,
        codes=CODES if rule in ("FP-009", "FP-010") else None,
        today=TODAY,
    )


def records_of(example: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> list[Record]:
    changes = [example] if isinstance(example, Mapping) else example
    return [{**SOUND, **change} for change in changes]


def test_the_sound_record_has_no_fault() -> None:
    result = checked([SOUND])
    assert result.faults.is_empty(), result.faults.to_dicts()
    assert (result.records, len(result.rejected), result.refusals) == (1, 0, ())


def test_every_rule_has_its_examples() -> None:
    assert set(EXAMPLES) == set(RULES)


@every_rule
def test_the_good_example_passes(rule: str) -> None:
    records = records_of(EXAMPLES[rule]["good"])
    faults = checked(records, rule).faults
    assert faults.filter(rule=rule).is_empty(), faults.to_dicts()


@every_rule
def test_the_bad_example_is_found_named_and_located(rule: str) -> None:
    example = EXAMPLES[rule]
    records = records_of(example["bad"])
    result = checked(records, rule)
    faults = result.faults.filter(rule=rule).to_dicts()
    assert [(one["row"], one["column"]) for one in faults] == [(len(records) + 1, example["column"])], (
        result.faults.to_dicts()
    )
    (fault,) = faults
    assert fault["severity"] == RULES[rule].severity
    if rule != "FP-001":
        assert fault["found"] == (records[-1].get(example["column"]) or "")
    assert fault["id"] == typed_frame(raw_frame(records))["id"][-1]
    assert example.get("expected", "") in fault["expected_zh"]
    for words in (fault["expected_zh"], fault["expected_en"]):
        assert words
        assert "{" not in words
    assert (fault["row"] in result.rejected) == any(
        one["severity"] == "reject" and one["row"] == fault["row"] for one in result.faults.to_dicts()
    )
