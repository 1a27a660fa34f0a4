"""Rules of the file and of single cells: FP-0 and FP-1."""

from __future__ import annotations

import re
from collections.abc import Iterator

from duikou.engines.casemix.columns import FEES
from tests.unit.engines.casemix.checks.oracle.asking import (
    looks_unlike,
    missing,
    not_in,
    number_not_in,
    of_each,
    rule,
    unreadable,
)
from tests.unit.engines.casemix.checks.oracle.record import One, words

KEYS = ("hospital", "record_no", "visit_no")
of_each(
    "FP-005", KEYS, lambda one, c: bool(re.fullmatch(r"[0-9]+(\.[0-9]+)?[eE]\+?[0-9]+", one.raw[c] or ""))
)
of_each("FP-006", KEYS, lambda one, c: (one.raw[c] or "").endswith(".0"))
of_each(
    "FP-007",
    words("sex age_years age_days birth_weight admission_weight stay_days route disposition pdx_condition"),
    lambda one, c: (one.raw[c] or "").endswith(".0"),
)
of_each("FP-011", KEYS, lambda one, c: bool(re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", one.raw[c] or "")))

of_each("FP-101", words("hospital record_no admitted discharged sex age_years pdx total"), missing)
of_each(
    "FP-102",
    words(
        "visit_no birth_date stay_days route disposition department payment pdx_condition occupation marital "
        "allergy quality"
    ),
    missing,
)
of_each("FP-111", words("admitted discharged sex age_years disposition total"), unreadable)
of_each(
    "FP-112",
    words("birth_date age_days birth_weight admission_weight stay_days route pdx_condition own"),
    unreadable,
)
of_each("FP-113", [f"fee_{name}" for name in FEES], unreadable)
of_each("FP-121", ["sex"], number_not_in({0, 1, 2, 9}))
of_each("FP-122", ["disposition"], number_not_in({1, 2, 3, 4, 5, 9}))
of_each("FP-123", ["route"], number_not_in({1, 2, 3, 9}))
of_each("FP-124", ["pdx_condition"], number_not_in({1, 2, 3, 4}))
of_each("FP-126", ["payment"], looks_unlike(r"0?[1-9](\.?[0-9]{1,2})?"))
of_each("FP-127", ["blood_group"], not_in("1 2 3 4 5 6"))
of_each("FP-128", ["rh"], not_in("1 2 3 4"))
of_each("FP-129", ["quality"], not_in("1 2 3"))
of_each("FP-130", ["readmission_plan", "allergy"], not_in("1 2"))
of_each("FP-131", ["marital"], not_in("1 2 3 4 9"))


@rule("FP-103")
def _(one: One) -> Iterator[str]:
    if not one.has("dx01", "dx01_condition"):
        return
    for column in one.diagnoses:
        if one.has(f"{column}_condition") and one.page[column] and one.text(f"{column}_condition") is None:
            yield column


@rule("FP-125")
def _(one: One) -> Iterator[str]:
    if not one.has("dx01", "dx01_condition"):
        return
    for column in one.diagnoses:
        wrong = one.has(f"{column}_condition") and not_in("1 2 3 4")(one, f"{column}_condition")
        if wrong and one.page[column]:
            yield column
