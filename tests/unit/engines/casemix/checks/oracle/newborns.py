"""Rules of newborns and of births: FP-3."""

from __future__ import annotations

import re

from tests.unit.engines.casemix.checks.oracle.asking import (
    first_diagnosis,
    looks_unlike,
    missing,
    of_each,
    when,
)
from tests.unit.engines.casemix.checks.oracle.record import One, within


def newborn(one: One) -> bool:
    return one.age_years == 0 and one.age_days is not None and 0 <= one.age_days <= 28


when("FP-301", "age_days", lambda one: one.age_years == 0 and missing(one, "age_days"), "age_years")
when(
    "FP-302",
    "birth_weight",
    lambda one: newborn(one) and missing(one, "birth_weight"),
    "age_days",
    "age_years",
)
when(
    "FP-303",
    "admission_weight",
    lambda one: newborn(one) and missing(one, "admission_weight"),
    "age_days",
    "age_years",
)
first_diagnosis(
    "FP-304",
    lambda code: bool(re.match(r"Z37\.?[02356]", code)),
    lambda one: one.birth_weight is None,
    "birth_weight",
)
first_diagnosis(
    "FP-305", lambda code: within(code, "O80-O84"), lambda one: one.birth_weight is None, "birth_weight"
)
of_each(
    "FP-311",
    ["birth_weight", "admission_weight"],
    lambda one, c: one.page[c] is not None and not 100 <= one.page[c] <= 9999,
)
of_each("FP-312", [f"birth_weight_{n}" for n in range(2, 6)], looks_unlike(r"[1-9][0-9]{2,3}(\.0+)?"))
when(
    "FP-313",
    "admission_weight",
    lambda one: (one.admission_weight or 0) > 0 and (one.age_days is None or one.age_days > 28),
    "age_days",
)
when("FP-314", "pdx", lambda one: within(one.pdx, "P00-P99") and (one.age_years or 0) > 0, "age_years")
