"""The vectorised checks say of random batches exactly what the slow oracle says."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from duikou.engines.casemix.checks import Checker, Codes, catalogue, run
from tests.examples import examples
from tests.unit.engines.casemix.checks import oracle
from tests.unit.engines.casemix.checks.plain import SOUND, TODAY, Record, raw_frame, typed_frame
from tests.unit.engines.casemix.checks.test_catalogue import EXAMPLES, records_of


def words(text: str, separator: str = " ") -> list[str]:
    return text.split(separator)


NOTHING = (None, "", "-", "—", " ", "无", "NULL")
CODES = words(
    "K35.800x001 I10.x00x002 E11.900 O80.000 O24.9 Z37.000 Z37.100 Z37 C16.900 D48.900 D06.1 N40.x00 S72.000 "
    "T40.200 W01.901 P07.300 Q55.000 Z39.2 A00 I1 阑尾炎 i10.x00 1E1.900 A001"
)
OPERATIONS = words("47.0100 88.7600 74.1x00 60.2900 65.0 00.6600 99.25 86.2200 47 阑尾切除 4701 a")
DATES = words(
    "2024-03-01 08:30:00|2024-03-09 10:00:00|2024-02-29|2024/03/05|20240301|2024-03-31 23:59:59|1970-05-06|"
    "1824-05-06|1904-03-01|1989-12-31|2026-11-27 23:00:00|2026-11-28|2024-13-01|急诊|2023-03-01|2024-02-20",
    "|",
)
NUMBERS = words(
    "0 1 2 3 4 5 6 9 8 28 29 53 53.0 54 120 121 200 365 366 -1 100 99 9999 10000 1.5 x 3200 24 60"
)
MONEY = words("0 0.01 -0.01 1 100 12000 12000.01 11999.98 3000.5 1500 4000 5000 10000000.01 1.005 o 1.5E+05")
WORDS = words(
    "1 2 3 99 01 1.1 自费 甲 + AB 12345.0 1.23457E+11 12\x003 0012345 470000001 470000002 10 M81400/3"
)


def pool(column: str) -> tuple[str | None, ...]:
    if column in ("admitted", "discharged", "birth_date") or column.endswith("_date"):
        return (*NOTHING, *DATES)
    if column in ("total", "own") or column.startswith("fee_"):
        return (*NOTHING, *MONEY)
    if column.removeprefix("dx").isdigit() or column in ("pdx", "outpatient_dx", "external_cause"):
        return (*NOTHING, *CODES)
    if column.removeprefix("px").isdigit():
        return (*NOTHING, *OPERATIONS)
    return (*NOTHING, *NUMBERS, *WORDS)


cells = st.sampled_from(sorted(SOUND)).flatmap(
    lambda column: st.tuples(st.just(column), st.sampled_from(pool(column)))
)


@st.composite
def batches(draw: st.DrawFn) -> list[Record]:
    gone = draw(st.sets(st.sampled_from(sorted(SOUND)), max_size=6)) - {"pdx"}
    community = {"receiver_community": None} if draw(st.booleans()) else {}
    records = []
    for number in range(draw(st.integers(1, 5))):
        wrong = dict(draw(st.lists(cells, max_size=8)))
        record = {**SOUND, "record_no": str(number), **community, **wrong}
        records.append({name: text for name, text in record.items() if name not in gone})
    return records


def found(records: list[Record], **asked: object) -> oracle.Found:
    raw = raw_frame(records)
    faults = run(raw, typed_frame(raw), today=TODAY, **asked).faults  # type: ignore[arg-type]
    return set(faults.select("row", "column", "rule").iter_rows())


def test_the_oracle_knows_every_rule() -> None:
    others = {"FP-001", "FP-002", "FP-003", "FP-004", "FP-008", "FP-009", "FP-010"}
    assert set(oracle.RULES) | others == {check.id for check in catalogue().checks}
    assert {check.id for check in catalogue().checks if check.domain} == set(oracle.DOMAIN)


@settings(max_examples=examples(120))
@given(batches())
@example([dict.fromkeys(SOUND)])
@example([{**SOUND, "coma_after_days": "1.23457E+11"}])
@example([dict(SOUND), dict(SOUND), {**SOUND, "visit_no": None}, {**SOUND, "visit_no": None}])
def test_random_batches(records: list[Record]) -> None:
    told, expected = found(records), oracle.faults_of(records)
    assert told == expected, [{**one, "only": one} for one in records]


@pytest.mark.parametrize("rule", EXAMPLES)
@pytest.mark.parametrize("kind", ["good", "bad"])
def test_the_examples(rule: str, kind: str) -> None:
    records = records_of(EXAMPLES[rule][kind])
    dx, px = {"K35.800x001", "I10.x00x002", "E11.900"}, {"47.0100", "88.7600"}
    told = found(records, expected_hospital="470000001", expected_month=202403, codes=Codes.of(dx, px))
    assert told == oracle.faults_of(records, hospital="470000001", month=202403, dx=dx, px=px)


@settings(max_examples=25)
@given(batches(), st.integers(1, 4))
def test_frames_say_together_what_the_whole_says(records: list[Record], size: int) -> None:
    raw = raw_frame(records)
    whole = run(raw, typed_frame(raw), today=TODAY)
    checker = Checker(today=TODAY)
    faults = set()
    for part in raw.iter_slices(size):
        verdict = checker.frame(part, typed_frame(part))
        faults |= set(verdict.faults.iter_rows())
    parts = checker.finish()
    forms = "FP-008"  # the usual form of dates is learnt from the first frame
    assert {one for one in faults if one[3] != forms} == {
        one for one in whole.faults.iter_rows() if one[3] != forms
    }
    assert parts.rejected.to_list() == whole.rejected.to_list()
    assert parts.counts.filter(rule="FP-101").equals(whole.counts.filter(rule="FP-101"))
    assert parts.completeness.equals(whole.completeness)
    assert parts.items.equals(whole.items)
    assert len(set(verdict.rejected) - set(parts.rejected)) == 0
