"""Rules of diagnoses: FP-4."""

from __future__ import annotations

from collections.abc import Iterator

from tests.unit.engines.casemix.checks.oracle.asking import (
    first_diagnosis,
    looks_unlike,
    missing,
    of_each,
    rule,
    when,
)
from tests.unit.engines.casemix.checks.oracle.record import One, category, female, male, within

when("FP-401", "pdx", lambda one: one.pdx is not None and not category(one.pdx))


@rule("FP-402")
def _(one: One) -> Iterator[str]:
    if not one.has("dx01"):
        return
    yield from (column for column in one.diagnoses if one.page[column] and not category(one.page[column]))


first_diagnosis("FP-403", female, lambda one: one.sex == 1, "sex")
first_diagnosis("FP-404", male, lambda one: one.sex == 2, "sex")
first_diagnosis(
    "FP-405",
    lambda code: within(code, "O00-O99"),
    lambda one: one.age_years is not None and not 10 <= one.age_years <= 60,
    "age_years",
)
when(
    "FP-406",
    "pathology",
    lambda one: within(one.pdx, "C00-C99", "D00-D48") and missing(one, "pathology"),
    "pdx",
)
when(
    "FP-407",
    "pathology_no",
    lambda one: not missing(one, "pathology") and missing(one, "pathology_no"),
    "pathology",
)
when(
    "FP-408",
    "external_cause",
    lambda one: within(one.pdx, "S00-T99") and missing(one, "external_cause"),
    "pdx",
)
when(
    "FP-409",
    "external_cause",
    lambda one: (
        not missing(one, "external_cause")
        and not any(within(one.page[c], "S00-T99") for c in ("pdx", *one.diagnoses))
    ),
    "pdx",
)
of_each("FP-410", ["external_cause"], looks_unlike(r"(?s)[V-Yv-y][0-9].*"))
when("FP-411", "pdx", lambda one: within(one.pdx, "V00-Y99"))


@rule("FP-412")
def _(one: One) -> Iterator[str]:
    if not one.has("dx01"):
        return
    yield from (column for column in one.diagnoses if one.pdx and one.page[column] == one.pdx)
