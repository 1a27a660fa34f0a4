"""Names of disease categories."""

from __future__ import annotations

import csv

from duikou.engines.casemix import disease_names, major_diseases
from duikou.engines.casemix.data import FOLDER, STARTER
from duikou.engines.text import Text


def rows(path: str) -> list[dict[str, str]]:
    with (FOLDER / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_code_has_the_name_of_its_category() -> None:
    assert disease_names.name_of("I63.900x002") == Text("脑梗死", "Cerebral infarction")
    assert disease_names.name_of("I63") == disease_names.name_of("I63.900")
    assert disease_names.name_of("W01.000") is None


def test_each_category_is_there_once_in_order_and_may_be_a_principal_diagnosis() -> None:
    listed = [row["code"] for row in rows("categories.csv")]
    assert listed == sorted(set(listed))
    with (STARTER / "mdc_dx.csv").open(encoding="utf-8", newline="") as file:
        assert set(listed) - {row["dx"] for row in csv.DictReader(file)} == set()


def test_no_name_stands_for_two_categories() -> None:
    for column in ("name_zh", "name_en"):
        names = [row[column] for row in rows("categories.csv")]
        assert all(names)
        assert sorted(name for name in set(names) if names.count(name) > 1) == []


def test_the_major_diseases_and_the_invented_illnesses_have_names() -> None:
    codes = {
        each
        for one in major_diseases.load().diseases
        for code in one.codes
        if code.use == "core"
        for each in code.each()
    }
    with (FOLDER.parent / "generate" / "illnesses.csv").open(encoding="utf-8", newline="") as file:
        codes |= {row["code"] for row in csv.DictReader(file)}
    assert sorted(code for code in codes if disease_names.name_of(code) is None) == []
