"""Front pages for the tests of checks: one record without fault, and the plainest reader there is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import polars as pl

from duikou.engines.casemix.columns import FEES, PAGES

TODAY = dt.date(2026, 11, 27)
EMPTY = ("", "-", "--", "—", "——", "－", "/", "\\", "\\N", "无", "NULL", "null")
DATES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d")
MONEY = ("total", "own", *(f"fee_{name}" for name in FEES))

Record = Mapping[str, str | None]

SOUND: Record = {
    "hospital": "470000001",
    "record_no": "0012345",
    "visit_no": "1",
    "admitted": "2024-03-01 08:30:00",
    "discharged": "2024-03-09 10:00:00",
    "sex": "1",
    "birth_date": "1970-05-06",
    "age_years": "53",
    "age_days": None,
    "birth_weight": None,
    "birth_weight_2": None,
    "birth_weight_3": None,
    "birth_weight_4": None,
    "birth_weight_5": None,
    "admission_weight": None,
    "stay_days": "8",
    "route": "2",
    "disposition": "1",
    "department": "04.01",
    "department_in": "04.01",
    "payment": "1",
    "marital": "2",
    "occupation": "27",
    "total": "12000.00",
    "own": "3000.5",
    "pdx": "K35.800x001",
    "pdx_condition": "1",
    "dx01": "I10.x00x002",
    "dx01_condition": "1",
    "dx02": "E11.900",
    "dx02_condition": "1",
    "dx03": None,
    "dx03_condition": None,
    "outpatient_dx": "K35.800x001",
    "external_cause": None,
    "pathology": None,
    "pathology_no": None,
    "allergy": "1",
    "allergy_drugs": None,
    "autopsy": None,
    "blood_group": "1",
    "rh": "2",
    "quality": "1",
    "px01": "47.0100",
    "px01_date": "2024-03-02",
    "px01_level": "3",
    "px01_incision": "2",
    "px01_anaesthesia": "01",
    "px02": "88.7600",
    "px02_date": "2024-03-01",
    "px02_level": "1",
    "px02_incision": None,
    "px02_anaesthesia": None,
    "receiver": None,
    "readmission_plan": "1",
    "readmission_purpose": None,
    "coma_before_days": None,
    "coma_before_hours": None,
    "coma_before_minutes": None,
    "coma_after_days": None,
    "coma_after_hours": None,
    "coma_after_minutes": None,
    **{f"fee_{name}": "0" for name in FEES},
    "fee_service": "400",
    "fee_nursing": "300.00",
    "fee_surgical": "5000",
    "fee_anaesthesia": "1500",
    "fee_operation": "3000",
    "fee_western_drugs": "4000",
    "fee_antimicrobials": "1000",
    "fee_treatment_materials": "2300",
}
"""An appendectomy without any fault, with every column that some check reads."""


def raw_frame(records: Sequence[Record], first_row: int = 2) -> pl.DataFrame:
    """A RAW frame of records that have the same columns."""
    columns = list(dict.fromkeys(name for record in records for name in record))
    data = {name: [record.get(name) for record in records] for name in columns}
    rows = range(first_row, first_row + len(records))
    schema = {"row": pl.UInt32, **dict.fromkeys(columns, pl.String)}
    return pl.DataFrame({"row": rows, **data}, schema=schema)


def typed_frame(raw: pl.DataFrame) -> pl.DataFrame:
    """The PAGES of a RAW frame."""
    rows = [typed(record) for record in raw.to_dicts()]
    others = [name for name in raw.columns if name not in PAGES and is_typed(name)]
    kinds = {name: pl.Int64 if name.startswith("fee_") else pl.String for name in others}
    return pl.DataFrame(rows, schema={**PAGES, **kinds})


def is_typed(name: str) -> bool:
    """Whether a column beside PAGES is typed: codes and fees."""
    return name.startswith("fee_") or (name[:2] in ("dx", "px") and name[2:].isdigit())


def typed(record: Mapping[str, object]) -> dict[str, object]:
    """One record with the values of its texts; None where there is nothing or it cannot be read."""
    page: dict[str, object] = {"row": record["row"]}
    for name in [*PAGES, *record]:
        text = record.get(name)
        if name == "id":
            page[name] = "|".join(
                str(record.get(part) or "") for part in ("hospital", "record_no", "visit_no")
            )
        elif name != "row" and (name in PAGES or is_typed(name)):
            page[name] = value(name, text if isinstance(text, str) else None)
    return page


def value(name: str, text: str | None) -> object:
    """What one cell says."""
    if text is None or text.strip() in EMPTY:
        return None
    text = text.strip()
    kind = PAGES.get(name, pl.Int64 if name.startswith("fee_") else pl.String)
    if kind == pl.String:
        return text
    if kind == pl.Date:
        return moment.date() if (moment := day_of(text)) else None
    if kind == pl.Datetime("ms"):
        return day_of(text)
    try:
        number = float(text) * (100 if name in MONEY else 1)
    except ValueError:
        return None
    limit = {pl.Int8: 2**7, pl.Int16: 2**15}.get(kind, 2**31) if name not in MONEY else 2**62
    sound = "e" not in text.lower() and abs(number - round(number)) < 1e-6 and abs(number) < limit
    return round(number) if sound else None


def day_of(text: str) -> dt.datetime | None:
    """A date or a date with time; None if it is none."""
    for form in DATES:
        try:
            return dt.datetime.strptime(text, form)
        except ValueError:
            continue
    return None
