"""What `demo load` and `demo clear` share: the wings that bring demonstration data, in the story's order."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from duikou.cli.boot import boot

GENERATORS = (
    "duikou.wings.pairings.demo",
    "duikou.wings.agreements.demo",
    "duikou.wings.plans.demo",
    "duikou.wings.capabilities.demo",
    "duikou.wings.postings.demo",
    "duikou.wings.training.demo",
    "duikou.wings.rosters.demo",
    "duikou.wings.swaps.demo",
    "duikou.wings.obligations.demo",
    "duikou.wings.presence.demo",
    "duikou.wings.credits.demo",
    "duikou.wings.patients.demo",
    "duikou.wings.imaging.demo",
    "duikou.wings.pathology.demo",
    "duikou.wings.telehealth.demo",
    "duikou.wings.education.demo",
    "duikou.wings.referrals.demo",
    "duikou.wings.discharges.demo",
)


def generators(name: str) -> list[Callable[..., dict[str, int]]]:
    """`load` or `clear` of each wing."""
    boot()
    found: list[Any] = [getattr(import_module(module), name) for module in GENERATORS]
    return found
