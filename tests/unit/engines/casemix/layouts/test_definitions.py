"""The layouts as data: their headers equal the interfaces', their fields are columns of theirs."""

from __future__ import annotations

import csv
import string
import tomllib
from importlib.resources import files

import pytest

from duikou.engines.casemix.columns import CHECKED, FEES, PAGES
from duikou.engines.casemix.layouts.definition import expand, layout, layouts
from tests.drg_data import DATA, needs_drg_data


@needs_drg_data
@pytest.mark.parametrize(
    ("layout_id", "file", "count"),
    [("hqms-2019", "hqms_layout_2019_642.csv", 642), ("hqms-2020", "hqms_layout_2020_811.csv", 811)],
)
def test_hqms_columns_are_those_of_the_interface_in_its_order(layout_id: str, file: str, count: int) -> None:
    with (DATA / "hqms" / file).open(encoding="utf-8", newline="") as lines:
        codes = [row["code"] for row in csv.DictReader(lines)]
    assert len(codes) == count
    assert list(layout(layout_id).columns) == codes


def test_n041_has_232_columns_in_blocks_of_the_interface() -> None:
    columns = layout("n041").columns
    assert len(columns) == len(set(columns)) == 232
    assert columns[:5] == ("USERNAME", "YLFKFS", "JKKH", "ZYCS", "BAH")
    assert columns[42:47] == ("MZZD", "JBBM", "ZYZD", "JBDM", "RYBQ")
    numbers = [int(column[4:]) for column in columns[47:92] if column.startswith("JBDM")]
    assert numbers == [8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15]
    assert columns[114] == "SSJCZBM1"
    assert columns[191:197] == ("LYFS", "YZZY_YLJG", "WSY_YLJG", "SFZZYJH", "MD", "RYQ_T")
    assert columns[202:205] == ("ZFY", "ZFJE", "YLFUF")
    assert columns[-1] == "QTF"


def test_other_diagnoses_of_n041_are_taken_by_number_and_not_by_place() -> None:
    fields = layout("n041").fields
    assert [fields[f"dx{n:02d}"] for n in (1, 2, 8, 15)] == ["JBDM1", "JBDM2", "JBDM8", "JBDM15"]


@pytest.mark.parametrize("layout_id", ["hqms-2020", "hqms-2019", "n041"])
def test_every_field_is_a_column_of_the_layout_and_is_taken_once(layout_id: str) -> None:
    found = layout(layout_id)
    columns = list(found.fields.values())
    assert set(columns) <= set(found.columns)
    assert len(columns) == len(set(columns))
    assert set(found.required) | set(found.witnesses) <= set(found.fields)
    assert found.address in found.columns
    assert [found.fields[f"fee_{name}"] for name in FEES] == list(found.columns[-len(FEES) :])


@pytest.mark.parametrize("found", layouts(), ids=lambda found: found.id)
def test_names_identity_numbers_telephones_and_addresses_are_no_fields(found) -> None:
    private = {"A11", "A20", "A22", "A24", "A26", "A27", "A29", "A30", "A32", "A34", "A35", "A47"}
    private |= {"XM", "SFZH", "XZZ", "DH", "HKDZ", "GZDWJDZ", "DWDH", "LXRXM", "DZ", "DH2", "JKKH", "CSD"}
    assert not private & set(found.fields.values())


def test_hqms_fields_are_names_of_the_contract() -> None:
    families = ("dx", "px", "fee_")
    plain = {name for name in layout("hqms-2020").fields if not name.startswith(families)}
    assert plain - {"ventilator_hours"} <= set(PAGES) | set(CHECKED)
    assert {"pdx", "admitted", "discharged", "total", "own", "disposition"} <= plain


@pytest.mark.parametrize(
    ("pattern", "columns"),
    [
        ("A B", ["A", "B"]),
        ("C06x##C*3", ["C06x01C", "C06x02C", "C06x03C"]),
        ("(A## B#)*2 Z", ["A01", "B1", "A02", "B2", "Z"]),
        ("(Q# J#)*8,1", ["Q8", "J8", "Q1", "J1"]),
    ],
)
def test_patterns_are_written_out(pattern: str, columns: list[str]) -> None:
    assert list(expand(pattern)) == columns


def test_every_refusal_says_the_same_in_both_languages() -> None:
    path = files("duikou.engines.casemix.layouts") / "wording.toml"
    for reason, wording in tomllib.loads(path.read_text(encoding="utf-8")).items():
        zh, en = (
            {part[1] for part in string.Formatter().parse(wording[key]) if part[1]} for key in ("zh", "en")
        )
        assert zh == en, reason
