"""What the policy demands of figures: the goal of the in-county rate, how many diseases a plan looks at.

Numbers come from the rules of the installation's pack, and are shown with their clauses. A
pack without the rule leaves what the indicator's own definition says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from duikou.engines.casemix.indicators import definition_of
from duikou.policy import Pack
from duikou.wings.hospitals import catalogue

GOAL = (("GOAL-02", "in_county_percent"),)
TOP = (("CAP-01", "out_referral_top_n"), ("CAP-02", "out_referral_top_n"))
YEARS = (("CAP-01", "out_referral_years"), ("CAP-02", "out_referral_years"))


@dataclass(frozen=True, slots=True)
class Demand:
    """A number and the rules that it comes from; without rules it is the definition's own."""

    value: int
    rules: tuple[str, ...]
    clause: str
    pack: str

    @property
    def source(self) -> str:
        """Clauses and rules as one reference, e.g. ``S1 §一 (GOAL-02)``."""
        return f"{self.clause} ({', '.join(self.rules)})" if self.rules else self.clause


def goal() -> Demand:
    """The in-county rate that is to be reached, in percent."""
    return _demand(catalogue.pack(), GOAL, "in_county_rate", "goal")


def top() -> Demand:
    """So many out-referral diseases are the reason for departments; the most satisfies all rules."""
    return _demand(catalogue.pack(), TOP, "out_referral_list", "k")


def years() -> Demand:
    """So many years the list of these diseases looks back."""
    return _demand(catalogue.pack(), YEARS, "out_referral_list", "years")


def settings_of(indicator: str) -> dict[str, Any]:
    """What of an indicator's parameters the policy sets."""
    defaults = definition_of(indicator).defaults
    found: dict[str, Any] = {"goal": goal().value} if "goal" in defaults else {}
    return {"k": top().value, "years": years().value} if indicator == "out_referral_list" else found


def _demand(pack: Pack, wanted: tuple[tuple[str, str], ...], indicator: str, parameter: str) -> Demand:
    found = {
        rule: int(pack.rules[rule].parameters[name].value or 0)  # type: ignore[arg-type]
        for rule, name in wanted
        if rule in pack.rules and name in pack.rules[rule].parameters
    }
    if not found:
        definition = definition_of(indicator)
        return Demand(int(definition.defaults[parameter]), (), definition.clause, "")
    most = max(found.values())
    rules = tuple(rule for rule, value in found.items() if value == most)
    clauses = dict.fromkeys(str(clause) for rule in rules for clause in pack.rules[rule].clauses)
    return Demand(most, rules, "; ".join(clauses), pack.id)
