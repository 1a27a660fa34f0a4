"""What the planner asks of a proposal: locks, prohibitions, limits, which rules count and how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

LEVELS = (
    "coverage", "city_table", "quotas", "fit", "priority", "stability", "evenness", "suitability", "travel",
)  # fmt: skip
"""The default order, most important first. A level without anything to say is left out."""


@dataclass(frozen=True, slots=True)
class Options:
    """Wishes of the planner. Hospitals are named by key or by name, as registered or as printed.

    `off` takes rules out of the problem: PAIR-01 … PAIR-05, `PAIR-05/gap`, and `load`, by
    which a hospital without a number of its own (Chinese medicine) keeps at least one
    recipient and takes no more than it has or a general hospital may have. `prices`
    weigh one unit of breach of a rule inside its level (1 where not given).
    `parameters` replace those of the policy pack.

    `order` names the levels that count, most important first. With `weights` there is
    one level instead, the weighted sum of those named.
    """

    locks: tuple[tuple[str, str], ...] = ()
    prohibitions: tuple[tuple[str, str], ...] = ()
    recipients: tuple[tuple[str, str], ...] = ()  # county (code or name), hospital to be a recipient there
    max_changes: int | None = None
    max_distance: int | None = None  # metres; pairs of unknown distance are not judged
    ceiling: int | None = None  # no supporter ever has more recipients
    city_tables: bool = True  # whether each city's own table must reach its counties (PAIR-04)
    evenness: bool = False  # whether loads near their target are wanted for their own sake
    off: frozenset[str] = frozenset()
    prices: Mapping[str, int] = field(default_factory=dict)
    parameters: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    order: tuple[str, ...] = LEVELS
    weights: Mapping[str, int] | None = None


DEFAULT = Options()
