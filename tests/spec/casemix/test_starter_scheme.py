"""The project's own scheme: loads, groups every category as intended, says that it is not official."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from duikou.engines.casemix import grouper, scheme
from duikou.engines.casemix.data import STARTER
from duikou.engines.casemix.scheme import Grade, Scheme
from duikou.engines.text import Text
from tests.drg_data import DATA, ROOT, needs_drg_data

Page = dict[str, object]


@pytest.fixture(scope="module")
def starter() -> Scheme:
    return scheme.load(STARTER)


def grouped(pages: list[Page], starter: Scheme) -> list[tuple[str, str, str]]:
    """Return category, group and status of pages of a woman of 45 unless they say otherwise."""
    usual: Page = {"sex": 2, "age_years": 45, "age_days": None, "admission_weight": None}
    texts = ("pdx", "dx01", "dx02", "px01", "px02")
    rows = [{"id": str(number), **usual, **dict.fromkeys(texts), **page} for number, page in enumerate(pages)]
    schema = {"id": pl.String, **dict.fromkeys(usual, pl.Int32), **dict.fromkeys(texts, pl.String)}
    found = grouper.group(pl.DataFrame(rows, schema=schema), starter)
    return list(zip(found["mdc"], found["drg"], found["status"], strict=True))


MAN: Page = {"sex": 1}
CHILD: Page = {"age_years": 8}
NEWBORN: Page = {"age_years": 0, "age_days": 3}

CASES: list[tuple[str, Page, str]] = [
    ("heart transplant goes before everything", {"pdx": "I42.000", "px01": "37.5100"}, "AB19"),
    ("ventilation of a grown-up", {"pdx": "J96.000", "px01": "96.7201"}, "AK15"),
    ("tracheostomy alone is not life support", {"pdx": "J38.600", "px01": "31.1x00"}, "DB49"),
    ("tracheostomy and ventilation are", {"pdx": "J96.000", "px01": "31.1x00", "px02": "96.7200"}, "AG19"),
    ("newborn of 1,499 g", {**NEWBORN, "pdx": "P07.101", "admission_weight": 1499}, "PR15"),
    ("newborn of 1,500 g", {**NEWBORN, "pdx": "P07.101", "admission_weight": 1500}, "PR25"),
    ("newborn of 2,499 g", {**NEWBORN, "pdx": "P07.101", "admission_weight": 2499}, "PR25"),
    ("newborn of 2,500 g", {**NEWBORN, "pdx": "P07.101", "admission_weight": 2500}, "PS15"),
    ("jaundice needs no weight", {**NEWBORN, "pdx": "P59.900"}, "PT15"),
    ("newborn on a ventilator", {**NEWBORN, "pdx": "P22.000", "px01": "96.7100"}, "PK15"),
    ("healthy newborn", {**NEWBORN, "pdx": "Z38.000"}, "PW19"),
    ("opportunistic infection", {"pdx": "B20.600"}, "YR15"),
    ("two regions broken", {"pdx": "S72.000", "dx01": "S22.300"}, "ZZ15"),
    ("two bones of one region", {"pdx": "S72.000", "dx01": "S82.100"}, "IR15"),
    ("several regions in one code", {"pdx": "T02.900", "px01": "79.3500"}, "ZB15"),
    ("prostate resection", {**MAN, "pdx": "N40.x00", "px01": "60.2900x001"}, "MB15"),
    ("cervical cancer removed", {"pdx": "C53.900", "px01": "68.6100"}, "NB15"),
    ("cervical cancer (5)", {"pdx": "C53.900"}, "NR15"),
    ("stroke with pneumonia and sepsis", {"pdx": "I63.900", "dx01": "J18.900", "dx02": "A41.900"}, "BR11"),
    ("stroke with pneumonia", {"pdx": "I63.900", "dx01": "J18.900"}, "BR13"),
    ("stroke (16)", {"pdx": "I63.900"}, "BR15"),
    ("a complication of the same table weighs nothing", {"pdx": "I63.900", "dx01": "I61.900"}, "BR15"),
    ("thrombolysis", {"pdx": "I63.900", "px01": "99.1001"}, "BK19"),
    ("cataract operated", {"pdx": "H25.900", "px01": "13.4100x001"}, "CB19"),
    ("cleft lip repaired (20)", {**CHILD, "pdx": "Q36.900", "px01": "27.5400"}, "DC19"),
    ("cleft palate (20)", {**CHILD, "pdx": "Q35.900"}, "DR29"),
    ("lung removed", {"pdx": "C34.100", "px01": "32.4100"}, "EB15"),
    ("lung cancer (9)", {"pdx": "C34.100"}, "ER15"),
    ("tuberculosis (7)", {"pdx": "A15.000"}, "ES35"),
    ("heart attack with stent (15)", {"pdx": "I21.900", "px01": "00.6600"}, "FL15"),
    ("heart attack (15)", {"pdx": "I21.900"}, "FR15"),
    ("septal defect closed (2)", {**CHILD, "pdx": "Q21.000", "px01": "35.5300"}, "FB35"),
    ("septal defect (2)", {**CHILD, "pdx": "Q21.000"}, "FU19"),
    ("oesophageal cancer (10)", {"pdx": "C15.900"}, "GR15"),
    ("oesophagus removed (10)", {"pdx": "C15.900", "px01": "42.4100"}, "GB15"),
    ("gastric cancer (11)", {"pdx": "C16.900"}, "GR25"),
    ("colon cancer (12)", {"pdx": "C18.900"}, "GR35"),
    ("rectal cancer (13)", {"pdx": "C20.x00"}, "GR45"),
    ("rectum removed (13)", {"pdx": "C20.x00", "px01": "48.6300"}, "GB35"),
    ("gall bladder removed", {"pdx": "K80.100", "px01": "51.2300"}, "HC15"),
    ("artificial hip", {"pdx": "M16.900", "px01": "81.5100"}, "IC15"),
    ("breast cancer removed (4)", {"pdx": "C50.900", "px01": "85.4300"}, "JB15"),
    ("breast cancer (4)", {"pdx": "C50.900"}, "JR15"),
    ("type 1 diabetes (18)", {"pdx": "E10.900"}, "KR15"),
    ("overactive thyroid (19)", {"pdx": "E05.900"}, "KS19"),
    ("dialysis (3)", {"pdx": "N18.500", "px01": "39.9500"}, "LK15"),
    ("end-stage kidney disease (3)", {"pdx": "N18.500"}, "LR15"),
    ("caesarean", {"pdx": "O82.000", "px01": "74.1x00"}, "OB15"),
    ("delivery", {"pdx": "O80.000"}, "OR15"),
    ("haemophilia (17)", {"pdx": "D66.x00"}, "QR19"),
    ("child's leukaemia, at 14 (1)", {"age_years": 14, "pdx": "C91.000", "px01": "99.2500"}, "RR15"),
    ("leukaemia at 15", {"age_years": 15, "pdx": "C91.000"}, "RR35"),
    ("chronic myeloid leukaemia (14)", {"pdx": "C92.100"}, "RR25"),
    ("course of chemotherapy", {"pdx": "Z51.100", "px01": "99.2500"}, "RK29"),
    ("sepsis", {"pdx": "A41.900"}, "SR15"),
    ("schizophrenia (6)", {"pdx": "F20.900"}, "TR15"),
    ("bipolar disorder (6)", {"pdx": "F31.900"}, "TR15"),
    ("alcohol", {**MAN, "pdx": "F10.200"}, "UR19"),
    ("poisoning", {"pdx": "T60.000"}, "VS15"),
    ("burns with graft", {"pdx": "T24.300", "px01": "86.6900"}, "WB15"),
    ("follow-up", {"pdx": "Z09.800"}, "XR29"),
]


@pytest.mark.parametrize(("why", "page", "drg"), CASES)
def test_a_page_is_grouped_as_intended(why: str, page: Page, drg: str, starter: Scheme) -> None:
    assert grouped([page], starter) == [(f"MDC{drg[0]}", drg, "grouped")], why


REFUSED: list[tuple[Page, str]] = [
    ({"pdx": "W10.000"}, "invalid_pdx"),
    ({"pdx": "B95.600"}, "invalid_pdx"),
    ({"pdx": "Z37.000"}, "invalid_pdx"),
    ({"pdx": "K99.000"}, "unknown_code"),
    ({"pdx": None}, "missing_pdx"),
    ({"pdx": "N40.x00", "sex": 9}, "missing_sex"),
    ({"pdx": "N40.x00", "sex": 2}, "ungrouped"),
    ({"pdx": "P59.900"}, "ungrouped"),
    ({**NEWBORN, "pdx": "P07.101"}, "missing_weight"),
]


@pytest.mark.parametrize(("page", "status"), REFUSED)
def test_a_page_that_no_group_takes_says_why(page: Page, status: str, starter: Scheme) -> None:
    assert grouped([page], starter) == [("0000", "0000", status)]


def table(name: str) -> list[dict[str, str]]:
    with (STARTER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_it_has_every_letter_and_says_that_it_is_not_official(starter: Scheme) -> None:
    assert sorted(row["mdc"] for row in table("mdc")) == [f"MDC{chr(65 + at)}" for at in range(26)]
    assert not starter.official
    assert "非官方" in starter.title.zh
    assert "not official" in starter.title.en


def test_the_check_finds_nothing_but_that_it_is_not_official() -> None:
    assert [(one.grade, one.where) for one in scheme.check(STARTER)] == [(Grade.NOTE, "scheme.toml")]


def test_every_category_that_a_stay_can_be_for_falls_into_a_group(starter: Scheme) -> None:
    """Man or woman, newborn or grown-up: some page with the category alone is grouped."""
    principal = {row["dx"] for row in table("mdc_dx")}
    people: list[Page] = [MAN, {}, {**NEWBORN, "admission_weight": 3000}]
    pages: list[Page] = [{**person, "pdx": code} for code in sorted(principal) for person in people]
    found = grouped(pages, starter)
    reached = {str(page["pdx"]) for page, result in zip(pages, found, strict=True) if result[2] == "grouped"}
    assert principal - reached == set()


def test_every_group_is_named_in_both_languages_and_no_name_stands_for_two() -> None:
    for name in ("mdc", "adrg", "drg"):
        rows = table(name)
        assert all(row["name_zh"] and row["name_en"].isascii() for row in rows)
        assert len({row["name_zh"] for row in rows}) == len(rows)
        assert len({row["name_en"] for row in rows}) == len(rows)


def test_a_group_is_surgical_only_by_operations() -> None:
    operated = {row["adrg"] for row in table("adrg_px")}
    for row in table("adrg"):
        by_operation = row["adrg"] in operated or "VALID" in row["condition"]
        assert by_operation == (row["adrg"][1] in "ABCDEFGHIJKLMNOPQ"), row["adrg"]


def test_the_tables_are_what_the_short_lists_say() -> None:
    script = ROOT / "scripts" / "starter_scheme.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@needs_drg_data
def test_nearly_all_codes_of_the_published_edition_are_known_and_most_may_be_principal() -> None:
    codes = pl.read_csv(DATA / "codes-yb2.0" / "icd10_yb2_dx.csv")["dx"].str.slice(0, 3)
    known = {row["dx"] for row in table("dx_codes")}
    assert set(codes) - known == set()
    principal = pl.Series([row["dx"] for row in table("mdc_dx")])
    from_a_to_u_and_z = codes.filter(~codes.str.contains("^[V-Y]"))
    assert from_a_to_u_and_z.is_in(principal.implode()).mean() > 0.99


def test_the_starter_folder_is_part_of_the_package() -> None:
    assert Path(STARTER, "scheme.toml").is_file()


def test_categories_and_groups_have_names_in_both_languages(starter: Scheme) -> None:
    codes = {row[name] for name in ("mdc", "adrg", "drg") for row in table(name)}
    assert codes == set(starter.names)
    assert starter.names["BR15"] == Text("脑梗死，无合并症", "Cerebral infarction, without complication")
