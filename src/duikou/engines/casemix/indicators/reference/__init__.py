"""The same indicators written out in plain Python over single stays: the oracle of the expressions.

Slow and obvious: dictionaries, whole numbers, one quotient at a time. It shares the
definitions with the expressions and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from duikou.engines.casemix.indicators.reference import hospitals, residents
from duikou.engines.casemix.indicators.reference.change import cmi_change
from duikou.engines.casemix.indicators.reference.common import Given, Row, Rows, Settings

__all__ = ["REFERENCE", "Given", "reference"]

REFERENCE: Final[Mapping[str, Callable[[Given, Settings], Rows]]] = {
    "cases": hospitals.cases,
    "groups": hospitals.groups,
    "grouping_rate": hospitals.share_of(lambda stay: stay["grouped"]),
    "weights": hospitals.weights,
    "total_weight": hospitals.total_weight,
    "cmi": hospitals.cmi,
    "cost_index": hospitals.index_of("total"),
    "time_index": hospitals.index_of("days"),
    "risk_classes": hospitals.risk_classes,
    "low_risk_mortality": hospitals.mortality_of_class(1),
    "mid_low_risk_mortality": hospitals.mortality_of_class(2),
    "mortality_ratio": hospitals.mortality_ratio,
    "standardised_mortality": hospitals.standardised_mortality,
    "missing_specialties": hospitals.missing_specialties,
    "missing_specialty_list": hospitals.missing_specialty_list,
    "average_stay": hospitals.share_of(lambda stay: stay["stay_days"]),
    "median_stay": hospitals.median_stay,
    "average_cost": hospitals.share_of(lambda stay: stay["total"], scale=1),
    "operation_share": hospitals.share_of(lambda stay: stay["operated"]),
    "mortality": hospitals.share_of(lambda stay: stay["died"]),
    "in_county_rate": residents.share_of(residents.in_county, goal=True),
    "in_county_insured_rate": residents.share_of(residents.in_county, insured=True, goal=True),
    "in_county_cost_share": residents.share_of(residents.in_county, of="total"),
    "out_of_county_rate": residents.share_of(residents.outside),
    "in_city_rate": residents.share_of(residents.in_city),
    "residence_coverage": residents.residence_coverage,
    "outflow_destinations": residents.outflow_destinations,
    "outflow_diseases": residents.outflow("disease"),
    "outflow_groups": residents.outflow("drg"),
    "out_referral_list": residents.out_referral_list,
    "major_diseases_in_county": residents.major_diseases_in_county,
    "down_referral_candidates": residents.down_referral_candidates,
    "cmi_change": cmi_change,
}


def reference(name: str, given: Given, settings: Mapping[str, Any]) -> list[Row]:
    """Return the rows of an indicator, in the order of its keys."""
    rows, keys = REFERENCE[name](given, settings)
    return sorted(rows, key=lambda row: tuple(row[key] for key in keys))
