"""What the policy pack says about referrals: tiers, conditions, clocks; with the rules to cite."""

from __future__ import annotations

import datetime as dt

from django.utils.text import capfirst

from duikou.core.faces import words
from duikou.policy.referrals import Condition, Tier, tier_of
from duikou.wings.hospitals.catalogue import pack
from duikou.wings.patients.catalogue import cite, number

DIVISION, TIERS, SIGNING, CLOCKS, ESCALATION, RETURN, ONE = (
    "REF-01", "DIS-02", "REF-04", "REF-05", "REF-06", "REF-07", "REF-08",
)  # fmt: skip

__all__ = [
    "CLOCKS", "DIVISION", "ESCALATION", "ONE", "RETURN", "SIGNING", "TIERS", "answer_time", "cite",
    "condition_choices", "condition_label", "conditions", "hours", "number", "outcome_days", "problem_label",
    "tier", "tier_choices", "tier_for", "tiers",
]  # fmt: skip


def tiers() -> dict[str, Tier]:
    """Groups of diseases by id."""
    return dict(pack().tiers)


def tier(tier_id: str) -> Tier | None:
    """A group of diseases; None where the pack has none such (any more)."""
    return pack().tiers.get(tier_id)


def tier_for(code: str) -> Tier | None:
    """The group that a diagnosis code, or a DRG, belongs to."""
    return tier_of(pack().tiers, code)


def tier_choices() -> list[tuple[str, str]]:
    """Groups for form fields."""
    return [(one.id, capfirst(words(one.title))) for one in pack().tiers.values()]


def problem_label(tier_id: str, diagnosis: str = "") -> str:
    """Name of a group; what stands for it where there is none."""
    found = tier(tier_id)
    return capfirst(words(found.title)) if found else diagnosis


def conditions(direction: str) -> dict[str, Condition]:
    """Conditions for a direction by id."""
    return {one.id: one for one in pack().referral_conditions.values() if one.direction == direction}


def condition_choices(direction: str) -> list[tuple[str, str]]:
    """Conditions for form fields."""
    return [(one.id, capfirst(words(one.title))) for one in conditions(direction).values()]


def condition_label(condition_id: str) -> str:
    """Name of a condition; its id where the pack has none such (any more)."""
    found = pack().referral_conditions.get(condition_id)
    return capfirst(words(found.title)) if found else condition_id


def hours(parameter: str) -> dt.timedelta:
    """A time of the clocks."""
    return dt.timedelta(hours=number(CLOCKS, parameter))


def answer_time(urgency: str) -> dt.timedelta:
    """How long the receiving side has for its answer."""
    if urgency == "emergency":
        return dt.timedelta(minutes=number(CLOCKS, "answer_minutes_emergency"))
    return hours(f"answer_hours_{urgency}")


def outcome_days() -> int:
    """Days after which the outcome is asked for."""
    return number(RETURN, "outcome_days")
