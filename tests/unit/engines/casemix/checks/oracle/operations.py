"""Rules of operations: FP-5."""

from __future__ import annotations

import datetime as dt

from tests.unit.engines.casemix.checks.oracle.asking import (
    first_operation,
    missing,
    not_in,
    of_operations,
    when,
)
from tests.unit.engines.casemix.checks.oracle.record import One, chapter
from tests.unit.engines.casemix.checks.plain import day_of


def operated_on(one: One, column: str) -> dt.date | None:
    text = one.text(f"{column}_date")
    return moment.date() if text and (moment := day_of(text)) else None


def outside(one: One, column: str) -> bool:
    day = operated_on(one, column)
    return None not in (one.page[column], day) and (
        (one.given("admitted") and day < one.admitted.date())
        or (one.given("discharged") and day > one.discharged.date())
    )


def surgery(one: One, column: str) -> bool:
    return 1 <= chapter(one.page[column]) <= 86


of_operations("FP-501", "", lambda one, c: one.page[c] is not None and chapter(one.page[c]) < 0)
first_operation("FP-502", range(65, 76), 1)
first_operation("FP-503", range(60, 65), 2)
of_operations("FP-504", "date", lambda one, c: one.has("admitted", "discharged") and outside(one, c))
of_operations("FP-505", "date", lambda one, c: one.page[c] is not None and operated_on(one, c) is None)
of_operations(
    "FP-506", "level", lambda one, c: one.page[c] is not None and not_in("1 2 3 4")(one, f"{c}_level")
)
of_operations("FP-507", "level", lambda one, c: surgery(one, c) and missing(one, f"{c}_level"))
of_operations("FP-508", "anaesthesia", lambda one, c: surgery(one, c) and missing(one, f"{c}_anaesthesia"))
of_operations("FP-509", "incision", lambda one, c: surgery(one, c) and missing(one, f"{c}_incision"))
when("FP-510", "px01", lambda one: one.px01 is None and one.px02 is not None, "px02")
when("FP-511", "px01", lambda one: one.fee("operation") > 0 and one.px01 is None, "fee_operation")
when(
    "FP-512",
    "fee_anaesthesia",
    lambda one: one.text("px01_anaesthesia") not in (None, "99") and one.fee("anaesthesia") <= 0,
    "px01_anaesthesia",
)
when(
    "FP-513",
    "fee_surgical",
    lambda one: one.text("px01_level") in ("3", "4") and surgery(one, "px01") and one.fee("surgical") <= 0,
    "px01",
    "px01_level",
)
