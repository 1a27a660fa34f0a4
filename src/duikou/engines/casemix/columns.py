"""The tables that pass between the rooms of this engine: their columns, types and units.

Front pages are read as text (RAW), typed (PAGES), grouped by a scheme (GROUPED) and
reduced to what indicators need (FACTS). Names, identity numbers, telephones and
addresses are in none of them: they are left behind when the file is read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import polars as pl

Schema = Mapping[str, pl.DataType | type[pl.DataType]]

PAGES: Final[Schema] = {
    "row": pl.UInt32,  # line of the table as a spreadsheet shows it: the header is 1, the first record 2
    "id": pl.String,  # key of the record: hospital, record and visit, unless the file has one of its own
    "hospital": pl.String,  # organisation code (组织机构代码), or the name where the layout has no code
    "record_no": pl.String,  # record number (病案号)
    "visit_no": pl.String,  # number of admissions (住院次数)
    "admitted": pl.Datetime("ms"),  # wall time of the hospital, without zone
    "discharged": pl.Datetime("ms"),
    "sex": pl.Int8,  # 1 male, 2 female, 0 unknown, 9 not stated
    "birth_date": pl.Date,
    "age_years": pl.Int16,
    "age_days": pl.Int32,  # mandatory under one year
    "birth_weight": pl.Int32,  # g, of the first child
    "admission_weight": pl.Int32,  # g, mandatory up to 28 days
    "stay_days": pl.Int32,  # discharge minus admission in days; the same day counts 1
    "route": pl.Int8,  # way of admission (入院途径)
    "disposition": pl.Int8,  # way of discharge (离院方式): 2 transfer, 3 to a community, 5 death
    "department": pl.String,  # department of discharge (出院科别)
    "payment": pl.String,  # kind of payment (医疗付费方式)
    "residence": pl.String,  # division code of the county of residence; null = not known
    "total": pl.Int64,  # fen (分)
    "own": pl.Int64,  # fen paid by the patient
    "pdx": pl.String,  # principal diagnosis
    "pdx_condition": pl.Int8,  # 1 present on admission, 2 uncertain, 3 unknown, 4 not present
}
"""Typed front pages. Beside them: diagnoses `dx01`…, operations `px01`… (the main first), `fee_*`."""

FEES: Final = (
    "service",
    "treatment",
    "nursing",
    "service_other",
    "pathology",
    "laboratory",
    "imaging",
    "clinical_diagnosis",
    "non_surgical",
    "physiotherapy",
    "surgical",
    "anaesthesia",
    "operation",
    "rehabilitation",
    "chinese_medicine",
    "western_drugs",
    "antimicrobials",
    "chinese_patent_drugs",
    "chinese_herbs",
    "blood",
    "albumin",
    "globulin",
    "coagulation",
    "cytokines",
    "examination_materials",
    "treatment_materials",
    "surgical_materials",
    "other",
)
"""Fee items in the order of the form, each a column `fee_<name>` in fen."""

CHECKED: Final = (
    "department_in",  # department of admission (入院科别)
    "marital",
    "occupation",
    "outpatient_dx",  # code of the outpatient or emergency diagnosis (门急诊诊断)
    "external_cause",  # code of the external cause of injury or poisoning
    "pathology",  # code of the pathological diagnosis
    "pathology_no",  # number of the pathological examination
    "allergy",  # 1 no, 2 yes
    "allergy_drugs",
    "autopsy",  # of a patient who died: 1 yes, 2 no
    "blood_group",
    "rh",
    "quality",  # quality of the record: 1 A, 2 B, 3 C
    "receiver",  # institution the patient was passed to: a hospital, or any where there is one column
    "receiver_community",  # the same, a community or township institution, where it has a column of its own
    "readmission_plan",  # of coming back within 31 days: 1 no, 2 yes
    "readmission_purpose",
    "coma_before_days",  # of patients with a head injury, before admission
    "coma_before_hours",
    "coma_before_minutes",
    "coma_after_days",
    "coma_after_hours",
    "coma_after_minutes",
    "birth_weight_2",  # g, of further children of one birth
    "birth_weight_3",
    "birth_weight_4",
    "birth_weight_5",
)
"""Columns that only the checks read, where a layout has them: in RAW, never in PAGES or FACTS.

Beside them, for each diagnosis and operation of the page: `dxNN_condition`; `pxNN_date`,
`pxNN_level`, `pxNN_incision` and `pxNN_anaesthesia`.
"""

GROUPED: Final[Schema] = {
    "id": pl.String,
    "mdc": pl.String,
    "adrg": pl.String,
    "drg": pl.String,
    "status": pl.String,
}
"""What the grouper says of each page, in the order of the pages."""

FACTS: Final[Schema] = {
    "hospital": pl.String,  # key of the hospital in the register
    "hospital_county": pl.String,  # division code of its county on the day of discharge
    "city": pl.String,  # division code of its city: partition of the store
    "month": pl.Int32,  # yyyymm of discharge: partition of the store
    "discharged": pl.Date,
    "residence": pl.String,  # division code of the county of residence; null = not known
    "age": pl.Int16,  # full years
    "sex": pl.Int8,
    "stay_days": pl.Int32,
    "disposition": pl.Int8,
    "died": pl.Boolean,
    "operated": pl.Boolean,  # a main operation is given
    "pdx": pl.String,
    "disease": pl.String,  # category of the principal diagnosis: its first three characters
    "major_disease": pl.Int8,  # number of the major disease (1–20); 0 = none
    "complications": pl.Int8,  # number of other diagnoses
    "payment": pl.String,
    "mdc": pl.String,
    "adrg": pl.String,
    "drg": pl.String,
    "grouped": pl.Boolean,
    "total": pl.Int64,  # fen
    "batch": pl.String,  # the submission it came with
}
"""One stay as the store keeps it and the indicators read it."""

FAULTS: Final[Schema] = {
    "row": pl.UInt32,
    "id": pl.String,
    "column": pl.String,  # name of the column in the file's own layout
    "rule": pl.String,  # id in the catalogue of checks
    "severity": pl.String,  # reject, warn or note
    "found": pl.String,
    "expected_zh": pl.String,
    "expected_en": pl.String,
}
"""What the checks found, one line for each rule that a page breaks."""

GROUPING: Final = (
    "id",
    "sex",
    "age_years",
    "age_days",
    "birth_weight",
    "admission_weight",
    "stay_days",
    "disposition",
    "pdx",
)
"""Columns of PAGES that a grouper may ask for, beside diagnoses and operations."""

FRAME_ROWS: Final = 1 << 18
"""So many records are worked on at a time where a file is streamed."""


def other_diagnoses(columns: list[str]) -> list[str]:
    """Return the columns of other diagnoses among these, in order."""
    return sorted(name for name in columns if name.startswith("dx") and name[2:].isdigit())


def operations(columns: list[str]) -> list[str]:
    """Return the columns of operations among these, the main one first."""
    return sorted(name for name in columns if name.startswith("px") and name[2:].isdigit())
