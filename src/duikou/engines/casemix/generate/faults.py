"""Kinds of faults that are planted into clean front pages, and a few that only look like faults.

`faults.csv` names each kind, the column where it must be found, the checks of the catalogue
that must name it there (none: legal writing that nothing may refuse), whether the record must
be kept apart, and whether it is a fault only in a submission of one hospital and month.
How it is made, and in which records, is said here.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Final

import polars as pl

from duikou.engines.text import Text

Row = Mapping[str, str]
Changes = dict[str, str | None]
Spoil = Callable[[Row], Changes]

DUPLICATE: Final = "duplicate"
"""The kind that needs a second record: the whole record once more."""

DAY: Final = "%Y-%m-%d"
FULL_WIDTH: Final = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
MONTH_BEFORE: Final = 35  # days that certainly reach another month
SHIFTED: Final = (
    *("visit_no", "admitted", "discharged", "sex", "birth_date", "age_years", "age_days"),
    *("birth_weight", "admission_weight", "stay_days", "route", "disposition", "department"),
    *("payment", "residence", "total", "own", "pdx", "pdx_condition"),
)
"""Columns of which each takes the value of the one before; the first keeps its own."""

OPERATION_PARTS: Final = ("", "_date", "_level", "_incision", "_anaesthesia")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of fault."""

    name: str
    title: Text
    column: str
    checks: tuple[str, ...]
    rejected: bool
    submission: bool
    fits: pl.Expr
    spoil: Spoil


@cache
def kinds() -> tuple[Kind, ...]:
    """All kinds, in the order of the table."""
    text = resources.files(__package__).joinpath("faults.csv").read_text(encoding="utf-8")
    return tuple(
        Kind(
            name=line["name"],
            title=Text(line["zh"], line["en"]),
            column=line["column"],
            checks=tuple(line["checks"].split()),
            rejected=line["rejected"] == "1",
            submission=line["submission"] == "1",
            fits=_FITS.get(line["name"], pl.lit(True)),
            spoil=_SPOILS[line["name"]],
        )
        for line in csv.DictReader(text.splitlines())
    )


def _put(**changes: str | None) -> Spoil:
    return lambda _row: dict(changes)


def _moved(text: str, days: int) -> str:
    """A day, or a day with a time behind it, so many days later."""
    return (dt.date.fromisoformat(text[:10]) + dt.timedelta(days)).isoformat() + text[10:]


def _years_before(text: str, years: int) -> str:
    return f"{int(text[:4]) - years:04d}{text[4:]}".replace("-02-29", "-02-28")


def _plus(text: str, yuan: int) -> str:
    return f"{float(text) + yuan:.2f}"


def _month_earlier(row: Row) -> Changes:
    """The whole stay earlier, with everything that hangs on it: right in itself, of another month."""
    names = ("admitted", "discharged", "birth_date", *(f"px{place:02d}_date" for place in range(1, 5)))
    return {name: _moved(row[name], -MONTH_BEFORE) for name in names if row.get(name)}


def _without_operations(_row: Row) -> Changes:
    return {f"px{place:02d}{part}": None for place in range(1, 5) for part in OPERATION_PARTS}


_SPOILS: Final[Mapping[str, Spoil]] = {
    "discharge_before_admission": lambda row: {"discharged": _moved(row["admitted"], -2)},
    "discharge_in_the_future": lambda row: {"discharged": "2099" + row["discharged"][4:]},
    "born_after_admission": lambda row: {"birth_date": _moved(row["admitted"][:10], 3)},
    "born_200_years_ago": lambda row: {"birth_date": _years_before(row["birth_date"], 200)},
    "age_200": _put(age_years="200"),
    "age_not_of_birth": lambda row: {"age_years": str(int(row["age_years"]) - 9)},
    "stay_not_of_dates": lambda row: {"stay_days": str(int(row["stay_days"]) + 4)},
    "stay_zero": _put(stay_days="0"),
    "impossible_date": lambda row: {"admitted": f"{row['admitted'][:5]}13-45{row['admitted'][10:]}"},
    "negative_fee": lambda row: {"fee_laboratory": f"-{row['fee_laboratory']}"},
    "total_zero": _put(total="0.00", own="0.00"),
    "total_below_items": lambda row: {"total": _plus(row["total"], -100), "own": "0.00"},
    "total_above_items": lambda row: {"total": _plus(row["total"], 100)},
    "total_in_words": _put(total="壹万元"),
    "own_above_total": lambda row: {"own": _plus(row["total"], 500)},
    "own_negative": _put(own="-1.00"),
    "part_above_whole": lambda row: {"fee_antimicrobials": _plus(row["fee_western_drugs"], 10)},
    "operation_fee_without_operation": _without_operations,
    "blood_without_rh": _put(rh=None),
    "no_code": _put(pdx="待查"),
    "unknown_code": _put(pdx="Q99.998"),
    "no_principal_diagnosis": _put(pdx=None),
    "no_sex": _put(sex=None),
    "no_route": _put(route=None),
    "sex_not_in_list": _put(sex="3"),
    "disposition_not_in_list": _put(disposition="8"),
    "woman_s_diagnosis_of_man": _put(sex="1"),
    "man_s_diagnosis_of_woman": _put(sex="2"),
    "man_s_operation_of_woman": _put(px01="60.2900"),
    "newborn_without_weight": _put(admission_weight=None),
    "newborn_without_days": _put(age_days=None),
    "weight_out_of_range": _put(birth_weight="33"),
    "tumour_without_pathology": _put(pathology=None, pathology_no=None),
    "injury_without_cause": _put(external_cause=None),
    "death_without_autopsy": _put(autopsy=None),
    "transfer_without_receiver": _put(receiver=None),
    "readmission_without_purpose": _put(readmission_plan="2"),
    "operation_outside_stay": lambda row: {"px01_date": _moved(row["discharged"][:10], 9)},
    "operation_level": _put(px01_level="7"),
    "scientific_notation": _put(record_no="2.02401E+11"),
    "trailing_zero": lambda row: {"visit_no": f"{row['visit_no']}.0"},
    "control_character": lambda row: {"record_no": row["record_no"] + "\x07"},
    "shifted": lambda row: {after: row.get(before) for before, after in pairwise(SHIFTED)},
    "other_hospital": _put(hospital="demo-other"),
    "other_month": _month_earlier,
    "legal_full_width_code": lambda row: {"pdx": row["pdx"].translate(FULL_WIDTH)},
    "legal_lower_case_code": lambda row: {"pdx": f" {row['pdx'].lower()} "},
    "legal_other_date_form": lambda row: {"birth_date": row["birth_date"].replace("-", "/")},
    "legal_compact_date": lambda row: {"birth_date": row["birth_date"].replace("-", "")},
    DUPLICATE: _put(),
}
"""How each kind is made: what changes in a record."""


def _above(name: str, limit: float) -> pl.Expr:
    return pl.col(name).cast(pl.Float64, strict=False) > limit


def _given(name: str) -> pl.Expr:
    return pl.col(name).is_not_null()


_OPERATED = _given("px01_anaesthesia")  # a real operation, with all that belongs to it
_CODE = pl.col("pdx").str

_FITS: Final[Mapping[str, pl.Expr]] = {
    "age_200": _above("age_years", 20),
    "age_not_of_birth": _above("age_years", 20),
    "negative_fee": _above("fee_laboratory", 1),
    "total_below_items": _above("total", 200),
    "operation_fee_without_operation": _OPERATED & _above("fee_operation", 0),
    "blood_without_rh": _above("fee_blood", 0),
    "unknown_code": _CODE.contains("^[EGHIJKLM]"),
    "woman_s_diagnosis_of_man": _CODE.contains("^(C53|C56|D25|N73|N80|N83|O)"),
    "man_s_diagnosis_of_woman": _CODE.contains("^(C61|N40)"),
    "man_s_operation_of_woman": _OPERATED & (pl.col("sex") == "2"),
    "newborn_without_weight": _given("age_days") & _given("admission_weight"),
    "newborn_without_days": _given("age_days") & pl.col("admission_weight").is_null(),
    "weight_out_of_range": _given("birth_weight"),
    "tumour_without_pathology": _CODE.starts_with("C") & _given("pathology"),
    "injury_without_cause": _given("external_cause"),
    "death_without_autopsy": pl.col("disposition") == "5",
    "transfer_without_receiver": pl.col("disposition") == "2",
    "readmission_without_purpose": (pl.col("disposition") == "1") & pl.col("readmission_purpose").is_null(),
    "operation_outside_stay": _given("px01_date"),
    "operation_level": _given("px01_level"),
}
"""Records that a kind can be made of; every record where nothing is said."""
