"""What the policy pack says about remote consultation: limits of time, rules that refusals cite."""

from __future__ import annotations

import datetime as dt

from duikou.wings.hospitals.catalogue import pack
from duikou.wings.patients.catalogue import cite, number, rule

APPROVAL, INVITATION, EXPERT, OPINION, DIAGNOSIS, LIMITS, ESCALATION, TIMES, GROUP = (
    "CON-02", "TEL-05", "TEL-06", "TEL-07", "TEL-09", "TEL-10", "TEL-11", "TEL-12", "DIS-05",
)  # fmt: skip
# Which limit runs in which state; no clock while nobody of the other side, or the sender alone, must act.
STEPS = {
    "submitted": "approve",
    "sent": "answer",
    "accepted": "answer",
    "assigned": "opinion",
    "answered": "acknowledge",
}


def hours(urgency: str, step: str) -> float:
    """How long a step may take."""
    value = rule(LIMITS).value(f"{urgency}_{step}")
    assert isinstance(value, int | float)
    return float(value)


def percent(level: str) -> int:
    """After which share of its time, beyond its end, a clock is told to the office or the superior."""
    return number(ESCALATION, f"{level}_after_percent")


def due(urgency: str, state: str, now: dt.datetime) -> dt.datetime | None:
    """Until when somebody must act in a state that is entered now; None without a clock."""
    step = STEPS.get(state)
    return now + dt.timedelta(hours=hours(urgency, step)) if step else None


def title_choices() -> list[tuple[str, str]]:
    """Titles that can be asked for: of doctors, from the second rank up."""
    from duikou.wings.hospitals.catalogue import words

    found = [one for one in pack().titles.values() if one.series.value == "physician" and one.rank >= 2]
    return [(one.title.zh, words(one.title)) for one in sorted(found, key=lambda one: one.rank)]


__all__ = [
    "APPROVAL", "DIAGNOSIS", "ESCALATION", "EXPERT", "GROUP", "INVITATION", "LIMITS", "OPINION", "STEPS",
    "TIMES", "cite", "due", "hours", "number", "pack", "percent", "rule", "title_choices",
]  # fmt: skip
