"""Invented stays as text under the canonical names: the narrow layout."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from duikou.engines.casemix.columns import FEES
from duikou.engines.casemix.generate.province import Province
from duikou.engines.casemix.generate.stays import (
    COMMUNITY,
    DEATH,
    HOME,
    MINOR,
    OPERATIONS,
    OTHERS,
    TRANSFER,
    Stays,
    operation_codes,
    other_codes,
)
from duikou.engines.casemix.generate.writing import day, moment, money, number, pick, where

MARK: Final = "DEMO"
"""Every invented record's number begins with it."""

PAYMENT_CODES: Final = ("1", "2", "7", "9")
ROUTE_CODES: Final = ("1", "2", "3", "9")
CAUSES: Final = ("V89.200", "V49.900", "W18.x00", "W01.x00", "W19.x00", "W22.x00")
CARCINOMA, BENIGN = "M80100/3", "M80000/0"
TRANSFERRED_TO: Final = {TRANSFER: "演示上级医院", COMMUNITY: "演示乡镇卫生院"}
FARMER, PUPIL, RETIRED, WORKER = "27", "31", "80", "24"
UNMARRIED, MARRIED, WIDOWED = "1", "2", "3"
LEVELS: Final = ("1", "2", "3", "4")
VISITS: Final = ("1", "2", "3")
HEALED_WELL, GENERAL_ANAESTHESIA = "2", "01"

Columns = dict[str, pl.Series]


def narrow(stays: Stays, province: Province, *, checked: bool = True) -> pl.DataFrame:
    """The stays as text; with `checked` also fees and what only the checks read."""
    columns = _base(stays, province) | _codes(stays)
    if checked:
        columns |= {f"fee_{name}": money(stays.fees[place]) for place, name in enumerate(FEES)}
        columns |= _patient(stays) | _diagnoses(stays, province) | _operations(stays) | _end(stays, province)
    return pl.DataFrame(columns)


def _base(stays: Stays, province: Province) -> Columns:
    running = pl.Series(np.arange(stays.first + 1, stays.first + len(stays) + 1))
    ills = province.illnesses
    return {
        "row": (running + 1).cast(pl.UInt32),
        "hospital": pick([one.key for one in province.hospitals], stays.hospital),
        "record_no": MARK + running.cast(pl.String).str.zfill(9),
        "visit_no": pick(VISITS, stays.total % 3),
        "admitted": moment(stays.admitted, stays.admitted_minute),
        "discharged": moment(stays.discharged, stays.discharged_minute),
        "sex": pick(["2", "1"], stays.male.astype(np.int64)),
        "birth_date": day(stays.birth),
        "age_years": number(stays.age),
        "age_days": where(stays.age == 0, number(stays.age_days)),
        "birth_weight": where(stays.birth_weight > 0, number(stays.birth_weight)),
        "admission_weight": where(stays.admission_weight > 0, number(stays.admission_weight)),
        "stay_days": number(stays.stay_days),
        "route": pick(ROUTE_CODES, stays.route),
        "disposition": number(stays.disposition),
        "department": pick([one.department for one in ills], stays.illness),
        "payment": pick(PAYMENT_CODES, stays.payment),
        "residence": pick([unit.code for unit in province.counties], stays.county),
        "total": money(stays.total),
        "own": money(stays.own),
        "pdx": pick([one.code for one in ills], stays.illness),
        "pdx_condition": pl.repeat("1", len(stays), eager=True),
    }


def _codes(stays: Stays) -> Columns:
    others, operations = pl.Series(other_codes()), pl.Series(operation_codes())
    columns = {f"dx{place + 1:02d}": pick(others, stays.others[:, place]) for place in range(OTHERS)}
    return columns | {
        f"px{place + 1:02d}": pick(operations, stays.operations[:, place]) for place in range(OPERATIONS)
    }


def _patient(stays: Stays) -> Columns:
    adult = np.where(stays.age < 24, 0, np.where((stays.age > 75) & ~stays.male, 2, 1))
    work = np.select([stays.age < 22, stays.age >= 60, stays.payment == 0], [1, 2, 3], 0)
    return {
        "marital": pick([UNMARRIED, MARRIED, WIDOWED], adult),
        "occupation": pick([FARMER, PUPIL, RETIRED, WORKER], work),
        "allergy": pl.repeat("1", len(stays), eager=True),
        "blood_group": pick(["1", "2", "3", "4", "6"], stays.total % 5),
        "rh": pl.repeat("2", len(stays), eager=True),
    }


def _diagnoses(stays: Stays, province: Province) -> Columns:
    codes = [one.code for one in province.illnesses]
    departments = [one.department for one in province.illnesses]
    causes = np.where(
        np.array([code[0] in "ST" for code in codes])[stays.illness], stays.total % len(CAUSES), -1
    )
    tumour = [
        CARCINOMA if code[0] == "C" else BENIGN if "D00" <= code[:3] <= "D48" else None for code in codes
    ]
    examined = np.array([code is not None for code in tumour])[stays.illness]
    return {
        "department_in": pick(departments, stays.illness),
        "outpatient_dx": pick(codes, stays.illness),
        "external_cause": pick(CAUSES, causes),
        "pathology": pick(tumour, stays.illness),
        "pathology_no": where(
            examined, "BL" + pl.Series(np.arange(len(stays)) + stays.first).cast(pl.String)
        ),
    } | {f"dx{place + 1:02d}_condition": where(stays.others[:, place] >= 0, "1") for place in range(OTHERS)}


def _operations(stays: Stays) -> Columns:
    """The main operation on the first or second day, the others one day later where the stay allows it."""
    columns: Columns = {}
    minor = len(operation_codes()) - len(MINOR)
    length = (stays.discharged - stays.admitted).astype(np.int64)
    for place in range(OPERATIONS):
        code, name = stays.operations[:, place], f"px{place + 1:02d}"
        done, real = code >= 0, (code >= 0) & (code < minor)
        columns |= {
            f"{name}_date": where(done, day(stays.admitted + np.minimum(length, place + stays.total % 2))),
            f"{name}_level": pick(LEVELS, np.where(real, code % 3 + 1, np.where(done, 0, -1))),
            f"{name}_incision": where(real, HEALED_WELL),
            f"{name}_anaesthesia": where(real, GENERAL_ANAESTHESIA),
        }
    return columns


def _end(stays: Stays, province: Province) -> Columns:
    way = stays.disposition
    courses = np.array([one.code.startswith("Z51") for one in province.illnesses])
    again = courses[stays.illness] & (way == HOME)
    places = np.select([way == TRANSFER, way == COMMUNITY], [0, 1], -1)
    return {
        "autopsy": where(way == DEATH, "2"),
        "quality": pl.repeat("1", len(stays), eager=True),
        "receiver": pick(list(TRANSFERRED_TO.values()), places),
        "readmission_plan": pick(["1", "2"], again.astype(np.int64)),
        "readmission_purpose": where(again, "继续放化疗"),
    }
