"""How well addresses are resolved, measured on addresses whose county is known."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from duikou.engines.casemix.residence.model import RESOLVED
from duikou.engines.casemix.residence.resolver import Resolver


@dataclass(frozen=True, slots=True)
class Sample:
    """An address and the county where it was on a day; None where a person could not tell either."""

    address: str
    day: dt.date
    code: str | None


@dataclass(slots=True)
class Accuracy:
    """Counts over a sample."""

    total: int = 0
    right: int = 0  # resolved to the true county, or rightly left unknown
    wrong: int = 0  # resolved to another county: what does harm
    unknown: int = 0  # left unknown though it was known
    reasons: Counter[str] = field(default_factory=Counter)
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)  # (true, found) of the wrong ones

    @property
    def share_right(self) -> float:
        """Share of all addresses that came out right."""
        return self.right / self.total if self.total else 0.0

    @property
    def share_wrong(self) -> float:
        """Share of all addresses that came to a wrong county."""
        return self.wrong / self.total if self.total else 0.0


def measure(resolver: Resolver, samples: Iterable[Sample]) -> Accuracy:
    """Compare what is found with what is true."""
    accuracy = Accuracy()
    for sample in samples:
        found = resolver.resolve(sample.address, sample.day)
        accuracy.total += 1
        accuracy.reasons[found.reason] += 1
        if found.code == sample.code:
            accuracy.right += 1
        elif found.reason in RESOLVED:
            accuracy.wrong += 1
            accuracy.confusion[sample.code or "", found.code or ""] += 1
        else:
            accuracy.unknown += 1
    return accuracy
