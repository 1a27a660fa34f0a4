"""Rules of fees: FP-7."""

from __future__ import annotations

from duikou.engines.casemix.columns import FEES
from tests.unit.engines.casemix.checks.oracle.asking import missing, of_each, when
from tests.unit.engines.casemix.checks.oracle.record import One

WHOLE_FEES = [
    name for name in FEES if name not in ("physiotherapy", "anaesthesia", "operation", "antimicrobials")
]


when("FP-701", "total", lambda one: one.given("total") and one.total <= 0)
when("FP-702", "own", lambda one: one.given("own") and one.own < 0)
of_each("FP-703", [f"fee_{name}" for name in FEES], lambda one, c: (one.page[c] or 0) < 0)


def fee_sum(one: One) -> int:
    return sum(one.fee(name) for name in WHOLE_FEES)


when("FP-704", "total", lambda one: one.given("total") and fee_sum(one) > one.total + 1, "fee_service")
when(
    "FP-705",
    "total",
    lambda one: one.given("total") and 0 < fee_sum(one) < one.total - 1,
    "fee_service",
    "fee_other",
)
when("FP-706", "own", lambda one: one.given("own", "total") and one.own > one.total, "total")
when(
    "FP-707",
    "fee_physiotherapy",
    lambda one: one.given("fee_physiotherapy") and one.fee("physiotherapy") > one.fee("non_surgical"),
    "fee_non_surgical",
)
when(
    "FP-708",
    "fee_surgical",
    lambda one: one.fee("anaesthesia") + one.fee("operation") > one.fee("surgical"),
    "fee_anaesthesia",
    "fee_operation",
)
when(
    "FP-709",
    "fee_antimicrobials",
    lambda one: one.given("fee_antimicrobials") and one.fee("antimicrobials") > one.fee("western_drugs"),
    "fee_western_drugs",
)
when("FP-710", "rh", lambda one: one.fee("blood") > 0 and missing(one, "rh"), "fee_blood")
when(
    "FP-711",
    "fee_service",
    lambda one: (one.stay or 0) > 1 and (one.fee("service") <= 0 or one.fee("nursing") <= 0),
    "fee_nursing",
)
when(
    "FP-712",
    "fee_treatment_materials",
    lambda one: (
        (one.stay or 0) > 1
        and sum(one.fee(f"{name}_materials") for name in ("examination", "treatment", "surgical")) <= 0
    ),
    "fee_examination_materials",
    "fee_surgical_materials",
)
when(
    "FP-713",
    "fee_other",
    lambda one: one.given("total") and one.fee("other") > 0 and one.fee("other") >= one.total,
    "total",
)
when("FP-714", "total", lambda one: one.given("total") and one.total > 1_000_000_000)
