"""The table form of formulas over attributes, by a small invented scheme."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from duikou.engines.casemix import grouper, scheme
from duikou.engines.casemix.grouper import reference
from duikou.engines.casemix.scheme import BadScheme
from tests.casemix_schemes import pages_of, write_scheme

RULES = """
    list_mdc,eval_order,drg,base_drg,surgical,reroute_mdc,formula,severity_suppression
    0,1,0,0,NA,0,MARK,
    0,2,0,0,NA,0,STOP,
    0,3,1,1,SURGICAL,0,organ & MCC,
    0,4,2,1,SURGICAL,0,organ,
    0,5,0,0,NA,9,PDX:wound & SEVERAL,
    1,1,10,10,SURGICAL,0,MCC & cut,
    1,2,11,10,SURGICAL,0,(CC | HURRY) & cut,
    1,3,12,10,SURGICAL,0,cut & ~ANY:wound,
    1,4,0,0,NA,29,odd,
    1,5,13,13,MEDICAL,0,PDX:plain & SDX:grave & MCC,grave
    1,6,14,13,MEDICAL,0,PDX:plain,
    1,7,15,15,MEDICAL,0,ONLY:wound,
    2,1,20,20,MEDICAL,0,NONE & ANY:plain,
    2,2,21,20,MEDICAL,0,ANY:plain,
    3,1,30,30,MEDICAL,0,ANY:plain,
    9,1,90,90,MEDICAL,0,MCC & PDX:wound,
    29,1,98,98,SURGICAL,0,odd,
"""
SCHEME = {
    "rules.csv": RULES,
    "dx.csv": """
        dx,mdc,severity,attributes
        A1,1,NCC,plain
        A2,1,CC,plain
        A3,1,NCC,wound head
        A4,1,NCC,wound chest
        A5,2,NCC,plain
        M1,1,MCC,
        M2,1,MCC,grave
        C1,1,CC,
        E1,0,NCC,outer
    """,
    "px.csv": "px,attributes\nP1,organ\nP2,cut\nP3,odd\nP4,cut hurried\nP5,odd organ",
    "pdx_exclusion_group.csv": "pdx,group\nA1,7",
    "exclusion_groups.csv": "group,excluded_dx\n7,C1 M1",
    "gender_mdc.csv": "dx,male_mdc,female_mdc\nA5,2,3",
    "scheme.toml": """
        form = "formulas"
        no_group = { mdc = "", adrg = "", drg = "999" }
        idle = ["MARK"]
        stops = ["STOP"]
        [flags]
        STOP = "PDX:outer"
        SEVERAL = "at_least(2, ANY:head, ANY:chest)"
        HURRY = "count(anypx, hurried)>=2"
    """,
}

RECORDS: list[tuple[str, dict[str, Any], tuple[str, str, str], str]] = [
    ("first list first", {"dx": "A1 M2", "px": "P1"}, ("0", "1", "1"), "grouped"),
    ("severity in the formula", {"dx": "A1", "px": "P1"}, ("0", "1", "2"), "grouped"),
    ("excluded by group", {"dx": "A1 M1", "px": "P1"}, ("0", "1", "2"), "grouped"),
    ("major is not minor", {"dx": "A2 M1 C1", "px": "P2"}, ("1", "10", "10"), "grouped"),
    ("minor", {"dx": "A2 C1", "px": "P2"}, ("1", "10", "11"), "grouped"),
    ("flag that counts", {"dx": "A2", "px": "P4 P4"}, ("1", "10", "11"), "grouped"),
    ("negation", {"dx": "A2", "px": "P4"}, ("1", "10", "12"), "grouped"),
    ("negation fails", {"dx": "A2 A3", "px": "P2"}, ("1", "13", "14"), "grouped"),
    ("any position of operations", {"dx": "A2", "px": "P3 P2"}, ("1", "10", "12"), "grouped"),
    ("rerouted, keeps its category", {"dx": "A2", "px": "P3"}, ("1", "98", "98"), "grouped"),
    ("suppressed diagnosis does not weigh", {"dx": "A2 M2"}, ("1", "13", "14"), "grouped"),
    ("another one does", {"dx": "A2 M2 M1"}, ("1", "13", "13"), "grouped"),
    ("only such diagnoses", {"dx": "A3 A3"}, ("1", "15", "15"), "grouped"),
    ("not only", {"dx": "A3 C1"}, ("", "", "999"), "ungrouped"),
    ("rerouted to another category", {"dx": "A3 A4 M1"}, ("9", "90", "90"), "grouped"),
    ("rerouted for good", {"dx": "A3 A4"}, ("", "", "999"), "ungrouped"),
    ("category of men", {"dx": "A5", "sex": 1}, ("2", "20", "20"), "grouped"),
    ("none is no complication at all", {"dx": "A5 C1", "sex": 1}, ("2", "20", "21"), "grouped"),
    ("category of women", {"dx": "A5", "sex": 2}, ("3", "30", "30"), "grouped"),
    ("sex unknown", {"dx": "A5"}, ("", "", "999"), "missing_sex"),
    ("a stop ends the search", {"dx": "E1", "px": "P1"}, ("", "", "999"), "invalid_pdx"),
    ("unknown diagnosis", {"dx": "Z9", "px": "P1"}, ("", "", "999"), "unknown_code"),
    ("unknown operation is passed over", {"dx": "A2", "px": "Z9 P2"}, ("1", "10", "12"), "grouped"),
]


@pytest.mark.parametrize(("what", "record", "groups", "status"), RECORDS, ids=[one[0] for one in RECORDS])
def test_a_record(
    what: str, record: dict[str, Any], groups: tuple[str, str, str], status: str, tmp_path: Path
) -> None:
    read = scheme.load(write_scheme(tmp_path / "s", SCHEME))
    found = grouper.group(pages_of(record), read)
    assert found.rows() == [("1", *groups, status)]


def test_the_oracle_says_the_same(tmp_path: Path) -> None:
    read = scheme.load(write_scheme(tmp_path / "s", SCHEME))
    pages = pl.concat([pages_of(record) for _, record, *_ in RECORDS], how="diagonal")
    assert_frame_equal(grouper.group(pages, read), reference.group_all(pages, read))


@pytest.mark.parametrize(
    ("old", "new", "zh"),
    [
        ("1,6,14,13,MEDICAL,0,PDX:plain,", "1,6,14,13,MEDICAL,0,PDX:nowhere,", "不认识“PDX:nowhere”"),
        ("1,6,14,13,MEDICAL,0,PDX:plain,", "1,6,14,13,MEDICAL,0,XXX:plain,", "不认识“XXX:plain”"),
        ("1,6,14,13,MEDICAL,0,PDX:plain,", "1,6,14,13,MEDICAL,0,PDX:plain,nowhere", "severity_suppression"),
        ("1,4,0,0,NA,29,odd,", "1,4,0,0,NA,77,odd,", "“77”不在表 rules 中"),
        ("1,4,0,0,NA,29,odd,", "1,x,0,0,NA,29,odd,", "eval_order 应为整数"),
    ],
)
def test_a_bad_rule_is_refused(old: str, new: str, zh: str, tmp_path: Path) -> None:
    assert old in RULES
    with pytest.raises(BadScheme) as refused:
        scheme.load(write_scheme(tmp_path / "s", {**SCHEME, "rules.csv": RULES.replace(old, new)}))
    assert zh in refused.value.message.zh
    assert refused.value.message.zh.startswith("rules.csv:")
