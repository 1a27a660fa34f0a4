"""Which major disease a stay is for: a row for each case that decides something."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from duikou.engines.casemix import major_diseases
from duikou.engines.casemix.major_diseases import BadDiseases, MajorDiseases
from duikou.policy import load_pack

CASES = [
    ("C91.000", 14, None, 1, "leukaemia of a child"),
    ("C91.000", 15, None, 0, "not of a child"),
    ("C91.000", None, None, 0, "age not known"),
    ("C92.400x001", 3, None, 1, "promyelocytic, with extension"),
    ("C91.100", 3, None, 0, "another leukaemia: only in the wide reading"),
    ("Q21.000", 5, None, 2, "septal defect"),
    ("Q21.200", 5, None, 0, "another defect: only in the wide reading"),
    ("Q21.000", 40, None, 0, "grown-up"),
    ("N18.000", 60, None, 3, "old code"),
    ("N18.500", 60, None, 3, "new code"),
    ("N18.300", 60, None, 0, "earlier stage"),
    ("C50.900", 50, None, 4, ""),
    ("C53.900", 50, None, 5, ""),
    ("F20.000", 30, None, 6, ""),
    ("F32.900", 30, None, 0, "depression"),
    ("A15.000", 30, "U84.300", 7, "resistance among the other diagnoses"),
    ("A15.000x003", 30, None, 0, "no word of resistance"),
    ("A16.200", 30, "U84.300", 7, "last of the range"),
    ("A16.300", 30, "U84.300", 0, "after the range"),
    ("B20.600", 30, None, 8, ""),
    ("B24.x01", 30, None, 0, "without infection: only in the wide reading"),
    ("C34.100", 60, None, 9, ""),
    ("C15.900", 60, None, 10, ""),
    ("C16.900", 60, None, 11, ""),
    ("C18.700", 60, None, 12, ""),
    ("C19.x00", 60, None, 0, "between colon and rectum: policy decides"),
    ("C20.x00", 60, None, 13, ""),
    ("C92.100", 40, None, 14, ""),
    ("I21.900", 60, None, 15, ""),
    ("I22.900", 60, None, 0, "second infarction: policy decides"),
    ("I63.900", 60, None, 16, ""),
    ("D66.x00", 20, None, 17, ""),
    ("D67.x00", 20, None, 17, ""),
    ("E10.900", 20, None, 18, ""),
    ("E11.900", 20, None, 0, "type 2"),
    ("E05.000", 20, None, 19, ""),
    ("Q37.900", 1, None, 20, ""),
    ("J18.900", 1, None, 0, "none of them"),
    (None, 1, None, 0, "no diagnosis"),
]


def numbers(reading: MajorDiseases, *stays: tuple[str | None, int | None, str | None]) -> list[int]:
    schema = {"pdx": pl.String, "age_years": pl.Int16, "dx01": pl.String}
    return reading(pl.DataFrame(list(stays), schema=schema, orient="row")).to_list()


@pytest.mark.parametrize(("pdx", "age", "other", "number", "why"), CASES)
def test_a_stay_is_for(pdx: str | None, age: int | None, other: str | None, number: int, why: str) -> None:
    assert numbers(major_diseases.load(), (pdx, age, other)) == [number], why


def test_all_twenty_are_reached() -> None:
    stays = [(pdx, age, other) for pdx, age, other, _, _ in CASES]
    assert set(numbers(major_diseases.load(), *stays)) == set(range(21))


def test_the_wide_reading_takes_the_wide_codes_and_keeps_the_narrower_ones() -> None:
    wide = major_diseases.load(wide=True)
    assert numbers(wide, ("C91.100", 3, None), ("Q21.200", 5, None), ("B24.x01", 30, None)) == [1, 2, 8]
    assert numbers(wide, ("C92.100", 3, None), ("C92.100", 40, None)) == [14, 14]


def test_policy_decides_where_an_optional_code_counts() -> None:
    stay = ("C19.x00", 60, None)
    assert numbers(major_diseases.load(optional={"C19": 12}), stay) == [12]
    assert numbers(major_diseases.load(optional={"C19": 13, "I22": 15}), stay, ("I22.000", 60, None)) == [
        13,
        15,
    ]
    with pytest.raises(BadDiseases, match="C19 is no optional code of disease 9"):
        major_diseases.load(optional={"C19": 9})


def test_pages_without_other_diagnoses_are_read() -> None:
    pages = pl.DataFrame({"pdx": ["A15.000", "C50.900"], "age_years": [30, 50]})
    assert major_diseases.load()(pages).to_list() == [0, 4]


def test_the_age_of_an_infant_may_stand_in_days() -> None:
    pages = pl.DataFrame({"pdx": ["Q21.000"] * 2, "age_years": [None, None], "age_days": [40, None]})
    pages = pages.with_columns(pl.col("age_years").cast(pl.Int16))
    assert major_diseases.load()(pages).to_list() == [2, 0]


def test_names_codes_and_limits_are_those_of_the_policy_pack() -> None:
    pack = load_pack("national-2012").diseases
    ours = {disease.number: disease for disease in major_diseases.load().diseases}
    assert sorted(ours) == list(range(1, 21))
    for theirs in pack.values():
        own = ours[theirs.number]
        assert (own.id, own.title.zh, own.title.en) == (theirs.id, theirs.title.zh, theirs.title.en)
        assert own.age_max == theirs.age_max
        assert own.sources == tuple(clause.document for clause in theirs.clauses)
        codes = [(code.code, code.mark, code.use) for code in own.codes]
        codes += [(code, "recalled", "optional") for code in own.also]
        assert codes == [(code.code, code.mark, code.use) for code in theirs.codes]
        assert all(code.to_be_confirmed == (code.mark == "recalled") for code in own.codes)


def entry(number: int, code: str, use: str = "core") -> str:
    codes = f'[["{code}", "found", "{use}"]]'
    return f'[[disease]]\nnumber = {number}\nid = "a"\nzh = "甲"\nen = "a"\ncodes = {codes}\n'


REFUSED = [
    ("[[disease", "the table of major diseases"),
    (entry(1, "C50", use="sometimes"), "sometimes"),
    (entry(1, "C5x"), "5x"),
    (entry(1, "C50") + entry(2, "C50-C51"), "C50 belongs to the diseases 1 and 2"),
]


@pytest.mark.parametrize(("text", "expected"), REFUSED)
def test_a_wrong_table_is_refused(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "diseases.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadDiseases, match=expected):
        major_diseases.load(path)


def test_a_table_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadDiseases):
        major_diseases.load(tmp_path / "absent.toml")
