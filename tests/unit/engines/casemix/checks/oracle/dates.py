"""Rules of dates, ages and the stay: FP-2."""

from __future__ import annotations

import datetime as dt

from tests.unit.engines.casemix.checks.oracle.asking import when
from tests.unit.engines.casemix.checks.oracle.record import One
from tests.unit.engines.casemix.checks.plain import TODAY


def later(one: One, day: dt.date | None, other: dt.date | None) -> bool:
    return day is not None and other is not None and day > other


when("FP-201", "discharged", lambda one: later(one, one.admitted, one.discharged), "admitted")
when("FP-202", "birth_date", lambda one: (one.days_old or 0) < 0, "admitted")
when("FP-203", "discharged", lambda one: one.given("discharged") and one.discharged.date() > TODAY)
when("FP-204", "admitted", lambda one: one.given("admitted") and one.admitted.year < 1990)
when("FP-205", "discharged", lambda one: (one.stay or 0) > 365, "admitted")
when("FP-206", "age_years", lambda one: one.given("age_years") and not 0 <= one.age_years <= 120)


def years_old(one: One) -> int | None:
    return None if one.days_old is None else one.days_old * 400 // 146097


when("FP-207", "birth_date", lambda one: (years_old(one) or 0) > 120, "admitted")
when(
    "FP-208",
    "age_years",
    lambda one: (
        one.given("age_years") and years_old(one) is not None and abs(one.age_years - years_old(one)) > 1
    ),
    "birth_date",
    "admitted",
)
when("FP-209", "stay_days", lambda one: one.given("stay_days") and one.stay_days < 1)
when(
    "FP-210",
    "stay_days",
    lambda one: (
        one.given("stay_days", "admitted", "discharged")
        and one.stay_days != one.stay
        and one.discharged >= one.admitted
    ),
    "admitted",
    "discharged",
)
when("FP-211", "age_days", lambda one: one.given("age_days") and not 0 <= one.age_days <= 365)
when("FP-212", "age_days", lambda one: (one.age_days or 0) > 0 and (one.age_years or 0) > 0, "age_years")
when(
    "FP-213",
    "age_days",
    lambda one: (
        (one.age_days or 0) > 0
        and one.days_old is not None
        and 0 <= one.days_old <= 365
        and abs(one.age_days - one.days_old) > 1
    ),
    "birth_date",
    "admitted",
)
