"""Rules of the discharge and of coma: FP-6."""

from __future__ import annotations

import re

from tests.unit.engines.casemix.checks.oracle.asking import looks_unlike, missing, not_in, of_each, when

when("FP-601", "autopsy", lambda one: one.disposition == 5 and missing(one, "autopsy"), "disposition")
of_each("FP-602", ["autopsy"], not_in("1 2"))
when(
    "FP-603",
    "autopsy",
    lambda one: one.text("autopsy") == "1" and one.disposition not in (5, None),
    "disposition",
)
when("FP-604", "receiver", lambda one: one.disposition == 2 and missing(one, "receiver"), "disposition")
when(
    "FP-605",
    "receiver",
    lambda one: one.disposition == 3 and missing(one, "receiver") and not one.has("receiver_community"),
    "disposition",
)
when(
    "FP-606",
    "receiver_community",
    lambda one: one.disposition == 3 and missing(one, "receiver_community"),
    "disposition",
)
when(
    "FP-607",
    "readmission_purpose",
    lambda one: one.text("readmission_plan") == "2" and missing(one, "readmission_purpose"),
    "readmission_plan",
)
when(
    "FP-608",
    "readmission_plan",
    lambda one: one.disposition == 5 and one.text("readmission_plan") == "2",
    "disposition",
)
when(
    "FP-609",
    "allergy_drugs",
    lambda one: one.text("allergy") == "2" and missing(one, "allergy_drugs"),
    "allergy",
)
COMA = [f"coma_{moment}_" for moment in ("before", "after")]
of_each("FP-610", [f"{name}hours" for name in COMA], looks_unlike(r"([01]?[0-9]|2[0-3])(\.0+)?"))
of_each("FP-611", [f"{name}minutes" for name in COMA], looks_unlike(r"[0-5]?[0-9](\.0+)?"))
of_each("FP-612", [f"{name}days" for name in COMA], looks_unlike(r"[0-9]{1,5}(\.0+)?"))


def number(text: str | None) -> float | None:
    return float(text) if text and re.fullmatch(r"[-+]?[0-9]+(\.[0-9]*)?", text) else None


when(
    "FP-613",
    "coma_after_days",
    lambda one: (
        (number(one.text("coma_after_days")) or 0) > (one.stay or 10**9) and one.discharged >= one.admitted
    ),
    "admitted",
    "discharged",
)
when(
    "FP-614",
    "readmission_plan",
    lambda one: one.disposition not in (5, None) and missing(one, "readmission_plan"),
    "disposition",
)
