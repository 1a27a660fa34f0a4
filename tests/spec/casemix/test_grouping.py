"""Grouping by a small invented scheme: which rule decides, which severity, which status."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest

from duikou.engines.casemix import grouper, scheme
from tests.casemix_schemes import INVENTED, pages_of, write_scheme

NONE = ("0000", "00", "0000")
RECORDS: list[tuple[str, dict[str, Any], tuple[str, str, str], str]] = [
    ("first rule of the order", {"dx": "C01", "px": "20.1 30.1"}, ("MC", "CA1", "CA19"), "grouped"),
    ("two numbered lists", {"dx": "C01", "px": "20.2 20.3"}, ("MC", "CA1", "CA19"), "grouped"),
    ("one of two numbered lists", {"dx": "C01", "px": "20.3"}, ("MC", "CR1", "CR15"), "grouped"),
    ("a code of two numbered lists counts for the first", {"dx": "C01", "px": "20.2 20.1"},
     ("MC", "CA1", "CA19"), "grouped"),
    ("main operation only", {"dx": "C02", "px": "99.9 30.1"}, ("MC", "CR1", "CR15"), "grouped"),
    ("gate by operation comes first", {"dx": "C02 A01", "px": "10.1"}, ("MA", "AA1", "AA19"), "grouped"),
    ("no rule in a category: the next is tried", {"dx": "C01 A01", "px": "20.1"},
     ("MC", "CA1", "CA19"), "grouped"),
    ("major complication", {"dx": "C02 K02"}, ("MC", "CR1", "CR11"), "grouped"),
    ("minor complication", {"dx": "C02 K03"}, ("MC", "CR1", "CR13"), "grouped"),
    ("excluded by the principal diagnosis", {"dx": "C02 K04"}, ("MC", "CR1", "CR15"), "grouped"),
    ("excluded major, minor stays", {"dx": "C01 K01 K04"}, ("MC", "CR1", "CR13"), "grouped"),
    ("two body sites", {"dx": "S01 S03"}, ("MZ", "ZR1", "ZR13"), "grouped"),
    ("a code of two sites counts for the last", {"dx": "S02 S01"}, ("MZ", "ZR1", "ZR15"), "grouped"),
    ("one body site: the next category", {"dx": "S01 S01", "sex": 2}, ("MC", "CR2", "CR29"), "grouped"),
    ("28 days", {"dx": "B01", "age_years": 0, "age_days": 28, "admission_weight": 1499},
     ("MB", "BR1", "BR19"), "grouped"),
    ("1500 g", {"dx": "B01", "age_years": 0, "age_days": 28, "admission_weight": 1500},
     ("MB", "BR2", "BR25"), "grouped"),
    ("29 days", {"dx": "B01", "age_years": 0, "age_days": 29, "sex": 2}, ("MC", "CR2", "CR29"), "grouped"),
    ("no rule fits", {"dx": "C03", "sex": 1}, NONE, "ungrouped"),
    ("age missing", {"dx": "B01"}, NONE, "missing_age"),
    ("weight missing", {"dx": "B01", "age_years": 0, "age_days": 3}, NONE, "missing_weight"),
    ("weight missing, not asked for", {"dx": "B02", "age_years": 0, "age_days": 3},
     ("MB", "BR2", "BR25"), "grouped"),
    ("sex not stated", {"dx": "C03", "sex": 9}, NONE, "missing_sex"),
    ("sex not asked for", {"dx": "C01", "sex": 9}, ("MC", "CR1", "CR15"), "grouped"),
    ("opens no category", {"dx": "K01 C01"}, NONE, "invalid_pdx"),
    ("no principal diagnosis", {"dx": "- C01"}, NONE, "missing_pdx"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "record", "groups", "status"), RECORDS, ids=[one[0] for one in RECORDS])
def test_a_record(
    what: str, record: dict[str, Any], groups: tuple[str, str, str], status: str, tmp_path: Path
) -> None:
    read = scheme.load(write_scheme(tmp_path / "s", INVENTED))
    found = grouper.group(pages_of(record), read)
    assert found.rows() == [("1", *groups, status)]


def test_a_code_table_refuses_unknown_codes(tmp_path: Path) -> None:
    tables = {**INVENTED, "dx_codes.csv": "dx\nC01\nC02", "px_codes.csv": "px\n20.1"}
    read = scheme.load(write_scheme(tmp_path / "s", tables))
    records = [{"dx": "C03", "sex": 2}, {"dx": "C01 X99", "px": "20.1"}, {"dx": "C01", "px": "20.2 20.1"}]
    assert grouper.group(pages_of(*records), read)["status"].to_list() == [
        "unknown_code",
        "grouped",
        "unknown_code",
    ]


def test_operated_records_of_medical_groups_go_to_the_group_of_doubt(tmp_path: Path) -> None:
    toml = """
        [redirect]
        kind = "medical"
        condition = "ppx(VALID)"
        adrg = "{letter}QY"
        drg = "{letter}QY"
    """
    read = scheme.load(write_scheme(tmp_path / "s", {**INVENTED, "scheme.toml": toml}))
    found = grouper.group(
        pages_of(
            {"dx": "C02", "px": "10.1"},
            {"dx": "C02", "px": "30.1"},
            {"dx": "C02", "px": "99.9"},
            {"dx": "C02"},
        ),
        read,
    )
    assert found["adrg"].to_list() == ["CQY", "CA2", "CR1", "CR1"]
    assert found["drg"].to_list() == ["CQY", "CA29", "CR15", "CR15"]


def test_codes_are_cut_to_the_length_of_the_scheme(tmp_path: Path) -> None:
    tables = {**INVENTED, "scheme.toml": "dx_length = 3\npx_length = 4\n"}
    read = scheme.load(write_scheme(tmp_path / "s", tables))
    found = grouper.group(pages_of({"dx": "C01.900x001 K02.1", "px": "20.1901"}), read)
    assert found.rows() == [("1", "MC", "CA1", "CA19", "grouped")]


def test_a_scheme_may_say_what_a_missing_fact_is_taken_to_be(tmp_path: Path) -> None:
    tables = {**INVENTED, "scheme.toml": "[assume]\nsex = 2\n"}
    read = scheme.load(write_scheme(tmp_path / "s", tables))
    assert grouper.group(pages_of({"dx": "C03"}), read)["adrg"].to_list() == ["CR2"]


def test_a_file_without_a_column_states_it_nowhere(tmp_path: Path) -> None:
    read = scheme.load(write_scheme(tmp_path / "s", INVENTED))
    pages = pages_of({"dx": "C01"}, {"dx": "B01"}).select("id", "pdx")
    assert grouper.group(pages, read)["status"].to_list() == ["grouped", "missing_age"]


SPLIT = """
    CR1,1,CR1C,mcc and age_years<6,
    CR1,2,CR11,mcc,
    CR1,3,CR1D,age_years<6,
    CR1,4,CR1H,none and age_years>=70,
    CR1,5,CR13,mcc_or_cc,
    CR1,6,CR15,any,
"""


@pytest.mark.parametrize(
    ("record", "drg", "status"),
    [
        ({"dx": "C02 K02", "age_years": 5}, "CR1C", "grouped"),
        ({"dx": "C02 K02", "age_years": 6}, "CR11", "grouped"),
        ({"dx": "C02", "age_years": 5}, "CR1D", "grouped"),
        ({"dx": "C02", "age_years": 69}, "CR15", "grouped"),
        ({"dx": "C02", "age_years": 70}, "CR1H", "grouped"),
        ({"dx": "C02 K03", "age_years": 70}, "CR13", "grouped"),
        ({"dx": "C02"}, "0000", "missing_age"),
    ],
)
def test_groups_may_be_split_by_age(record: dict[str, Any], drg: str, status: str, tmp_path: Path) -> None:
    lines = [line for line in INVENTED["drg.csv"].strip().splitlines() if "CR1,1" not in line]
    tables = {**INVENTED, "drg.csv": "\n".join([line for line in lines if ",CR1" not in line]) + SPLIT}
    read = scheme.load(write_scheme(tmp_path / "s", tables))
    found = grouper.group(pages_of(record), read)
    assert found.select("drg", "status").rows() == [(drg, status)]


def test_a_scheme_can_be_sent_to_another_process(tmp_path: Path) -> None:
    read = scheme.load(write_scheme(tmp_path / "s", INVENTED))
    sent = pickle.loads(pickle.dumps(read))
    assert sent.checksum == read.checksum
    assert grouper.group(pages_of({"dx": "C01"}), sent)["drg"].to_list() == ["CR15"]
