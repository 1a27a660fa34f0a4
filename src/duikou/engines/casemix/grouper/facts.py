"""From the columns of a page to the facts that conditions ask for.

The rules, in one place for the oracle and for the vectorised kernel: the weight is that at
admission, else that at birth. An age in days that is missing is at least 365 per full year
from one year on; an age in years that is missing follows from the days. A sex other than
male or female is not stated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

COLUMNS: Final[Mapping[str, str]] = {
    "sex": "sex",
    "age_years": "age_years",
    "age_days": "age_days",
    "birth_weight": "birth_weight",
    "admission_weight": "admission_weight",
    "stay": "stay_days",
    "disposition": "disposition",
    "icu_hours": "icu_hours",
    "ventilator_hours": "ventilator_hours",
    "department": "department",
}
"""Fact -> column of a page; one that the file lacks is stated nowhere."""

YEAR: Final = 365
FOUR_YEARS: Final = 1461


def completed(facts: dict[str, float | str | None]) -> dict[str, float | str | None]:
    """Derive what follows from other facts of one record."""
    if facts.get("sex") not in (1, 2):
        facts["sex"] = None
    years, days = facts.get("age_years"), facts.get("age_days")
    if days is None and isinstance(years, int | float) and years >= 1:
        facts["age_days"] = years * YEAR
    if years is None and isinstance(days, int | float):
        facts["age_years"] = days * 4 // FOUR_YEARS if days >= YEAR else 0
    admission = facts.get("admission_weight")
    facts["weight"] = facts.get("birth_weight") if admission is None else admission
    return facts
