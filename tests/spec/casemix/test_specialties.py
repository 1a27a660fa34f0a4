"""Which departments a county's diseases ask for."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from duikou.engines.casemix import major_diseases, specialties
from duikou.engines.casemix.data import STARTER
from duikou.engines.casemix.specialties import BadSpecialties, Specialties
from duikou.policy import load_pack


@pytest.fixture(scope="module")
def table() -> Specialties:
    return specialties.load()


def principal() -> set[str]:
    with (STARTER / "mdc_dx.csv").open(encoding="utf-8", newline="") as file:
        return {row["dx"] for row in csv.DictReader(file)}


def test_the_22_of_the_plan_come_first_with_its_ids_and_names(table: Specialties) -> None:
    plan = sorted(load_pack("zhejiang-2014").specialties.values(), key=lambda one: one.order)
    named = [one for one in table.all if one.named]
    assert len(named) == 22
    assert list(table.all[:22]) == named
    assert [(one.id, one.title.zh, one.title.en) for one in named] == [
        (one.id, one.title.zh, one.title.en) for one in plan
    ]


def test_every_disease_has_one_main_department(table: Specialties) -> None:
    owners = Counter(category for one in table.all for category in one.main)
    assert [category for category, count in owners.items() if count > 1] == []
    assert principal() - set(owners) == set()


def test_every_group_has_a_department(table: Specialties) -> None:
    with (STARTER / "adrg.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["adrg"] for row in rows if table.of_group(row["mdc"], row["adrg"]) is None] == []
    letters = [chr(65 + at) for at in range(26)]
    for kind in ("medical", "surgical"):
        given = Counter("".join(getattr(one, kind) for one in table.all))
        assert all(count == 1 for count in given.values())
        assert set(given) >= set(letters) - ({"U"} if kind == "surgical" else set())


def test_departments_that_serve_others_have_no_diseases(table: Specialties) -> None:
    for one in table.all:
        assert one.supports == (not one.main and not one.shares), one.id


def test_all_assignments_are_marked_as_inferred(table: Specialties) -> None:
    assert table.mark == "inferred"


CODES = [
    ("I21.900", ["cardiology"]),
    ("I63", ["neurology"]),
    ("I61.900", ["neurosurgery", "neurology"]),
    ("C34.900", ["oncology", "respiratory", "thoracic_surgery"]),
    ("C53.900", ["oncology", "obstetrics_gynaecology"]),
    ("N18.500", ["nephrology"]),
    ("Q21.000", ["paediatrics", "cardiology", "thoracic_surgery"]),
    ("E11.900", ["endocrinology"]),
    ("S72.000", ["orthopaedics"]),
    ("K80.100", ["general_surgery", "gastroenterology"]),
    ("V01.000", []),
]


@pytest.mark.parametrize(("code", "expected"), CODES)
def test_a_disease_belongs_to(code: str, expected: list[str], table: Specialties) -> None:
    assert [one.id for one in table.of_code(code)] == expected


GROUPS = [
    ("MDCB", "BB1", "neurosurgery"),
    ("MDCB", "BK1", "neurology"),
    ("MDCB", "BR1", "neurology"),
    ("MDCF", "FB1", "thoracic_surgery"),
    ("MDCF", "FL1", "cardiology"),
    ("MDCF", "FR1", "cardiology"),
    ("MDCZ", "ZB1", "orthopaedics"),
    ("0000", "00", None),
]


@pytest.mark.parametrize(("mdc", "adrg", "expected"), GROUPS)
def test_a_group_belongs_to(mdc: str, adrg: str, expected: str | None, table: Specialties) -> None:
    found = table.of_group(mdc, adrg)
    assert (found and found.id) == expected


def test_needs_become_departments_in_their_order(table: Specialties) -> None:
    found = table.departments(["C34", "I63", "I61", "J44", "C16", "I63"])
    assert [(one.specialty.id, one.main, one.shares) for one in found] == [
        ("oncology", ("C34", "C16"), ()),
        ("neurology", ("I63",), ("I61",)),
        ("neurosurgery", ("I61",), ()),
        ("respiratory", ("J44",), ("C34",)),
        ("thoracic_surgery", (), ("C34",)),
        ("gastroenterology", (), ("C16",)),
        ("general_surgery", (), ("C16",)),
    ]


def test_every_major_disease_has_a_department(table: Specialties) -> None:
    for disease in major_diseases.load().diseases:
        for code in disease.codes:
            assert all(table.of_code(each) for each in code.each()), disease.id


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mark = ", "the table of specialties"),
        ('[[specialty]]\nid = "a"\nzh = "甲"\nen = "a"\nmain = "5-6"\n', "5-6"),
        (
            'mark = "inferred"\n[[specialty]]\nid = "a"\nzh = "甲"\nen = "a"\nmain = "C50"\n'
            '[[specialty]]\nid = "b"\nzh = "乙"\nen = "b"\nmain = "C49-C51"\n',
            "C50 belongs to a and to b",
        ),
    ],
)
def test_a_wrong_table_is_refused(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "specialties.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadSpecialties, match=expected):
        specialties.load(path)
