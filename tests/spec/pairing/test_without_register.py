"""What can be said of Zhejiang's tables from the printed names alone, without the register.

`duikou pairing audit FILE.csv` runs so on a machine without a database. Coverage of
counties and duplicates come out the same; kinds that a name does not show (a numbered
people's hospital that is a psychiatric centre) do not.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from duikou.engines.pairing.audit import audit, counts
from duikou.engines.pairing.coverage import coverage
from duikou.engines.pairing.model import Finding, Round
from duikou.engines.pairing.resolve import Context, infer
from tests.spec.pairing.test_zhejiang_2014 import (
    MAIN_HOSPITAL_NOT_NAMED,
    OUTSIDE_THE_CITIES_TABLES,
    TWO_SUPPORTERS,
    UNCOVERED_COUNTIES,
)
from tests.spec.pairing.zhejiang import RULES, START, divisions, real_round


@cache
def round_by_names() -> Round:
    """The real rows, each hospital being what its name says."""
    rows = []
    for row in real_round().rows:
        context = Context(row.table, row.group)
        supporter = infer(row.supporter_printed, START, context, divisions())
        recipient = infer(row.recipient_printed, START, context, divisions())
        rows.append(
            replace(
                row,
                supporter=supporter.hospital,
                recipient=recipient.hospital,
                supporter_resolution=supporter.resolution,
                recipient_resolution=recipient.resolution,
            )
        )
    return replace(real_round(), rows=tuple(rows))


@cache
def of_rule(rule: str) -> list[Finding]:
    return [finding for finding in audit(round_by_names(), RULES) if finding.rule == rule]


def test_the_same_size() -> None:
    assert counts(round_by_names()) == counts(real_round())


def test_the_same_uncovered_counties() -> None:
    assert [finding.subjects[0] for finding in of_rule("PAIR-03")] == UNCOVERED_COUNTIES
    assert {finding.subjects[0] for finding in of_rule("PAIR-04")} == set(OUTSIDE_THE_CITIES_TABLES)


def test_the_same_recipients_with_two_supporters() -> None:
    assert {finding.subjects[0] for finding in of_rule("PAIR-05")} == set(TWO_SUPPORTERS)


def test_main_hospitals_from_the_names_and_the_misprint_that_hides_one() -> None:
    expected = {name for names in MAIN_HOSPITAL_NOT_NAMED.values() for name in names}
    # 建德市第一人医院 is no 人民医院 as long as nobody says that it is a misprint.
    assert {finding.subjects[0] for finding in of_rule("PAIR-17")} == expected | {"建德市"}


def test_the_row_across_cities() -> None:
    (finding,) = of_rule("PAIR-18")
    assert finding.subjects == ("湖州市第三人民医院", "海宁市第四人民医院")


def test_the_former_city_of_shangyu() -> None:
    found = {finding.subjects[0]: finding.expected.zh for finding in of_rule("DATA-03")}
    assert found == {"上虞市妇幼保健院": "上虞区妇幼保健院", "上虞市人民医院": "上虞区人民医院"}


def test_the_two_names_of_longwan() -> None:
    assert [finding.subjects for finding in of_rule("DATA-04")] == [("龙湾区第一人民医院", "龙湾区人民医院")]


def test_districts_that_only_the_register_can_place() -> None:
    """宁波市第九医院 and 湖州交通医院 name no district; 江北区 then seems uncovered."""
    by_names = {unit.name for unit in coverage(round_by_names(), RULES).districts.uncovered}
    by_register = {unit.name for unit in coverage(real_round(), RULES).districts.uncovered}
    assert by_names - by_register == {"江北区"}
    assert by_register <= by_names
