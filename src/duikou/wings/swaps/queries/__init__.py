"""Every read of the swaps wing."""

from duikou.wings.swaps.queries.plans import (
    Pair,
    SwapRate,
    job_of,
    one_plan,
    one_repair,
    one_stay,
    pairings_for_plans,
    pairs_of,
    people_of,
    plans_of,
    repairs_of,
    stays_of,
    swap_rate,
)
from duikou.wings.swaps.queries.waiting import waits_for

__all__ = [
    "Pair",
    "SwapRate",
    "job_of",
    "one_plan",
    "one_repair",
    "one_stay",
    "pairings_for_plans",
    "pairs_of",
    "people_of",
    "plans_of",
    "repairs_of",
    "stays_of",
    "swap_rate",
    "waits_for",
]
