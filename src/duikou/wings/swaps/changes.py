"""What a repair changes, person by person, as the page and the API show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from duikou.core.faces import words
from duikou.wings.swaps.models import SwapRepair


@dataclass
class Change:
    """One person's stays that are given up, and those that come in their place."""

    name: str
    absent: bool
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)
    why: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


def changes_of(repair: SwapRepair) -> list[Change]:
    """The absent person first."""
    found: dict[str, Change] = {}
    absent = f"p{repair.person_id}"

    def change(row: Mapping[str, Any]) -> Change:
        return found.setdefault(row["person"], Change(row["name"], row["person"] == absent))

    for row in repair.result.get("gone", []):
        change(row).before.append(_span(repair, row))
    for row in repair.result.get("new", []):
        one = change(row)
        one.after.append(_span(repair, row))
        one.why.append(words(row["why"].get("text")))
        one.others += [words(other) for other in row["why"].get("others", [])]
    return sorted(found.values(), key=lambda one: (not one.absent, one.name))


def _span(repair: SwapRepair, row: Mapping[str, Any]) -> str:
    first, last = repair.plan.day(row["start"]), repair.plan.day(row["start"] + row["months"] - 1)
    return f"{row['place_name']} {first:%Y-%m} — {last:%Y-%m}"
