"""Two proposals pair by pair, and side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from duikou.core.errors import Invalid, Missing
from duikou.core.scope import Actor
from duikou.wings.pairings.models import Proposal, ProposalPair, ProposalResult
from duikou.wings.pairings.queries.proposals import pairs, proposals, result_of

_DROPPED = ProposalPair.Change.DROPPED
_COLUMNS = (
    "supporter_key", "recipient_key", "supporter_name", "recipient_name", "table", "group", "county",
    "county_code", "change", "parts",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ComparedPair:
    """A pair that occurs in one proposal at least; `first` and `second` say what becomes of it there.

    kept, added or dropped; empty: neither there nor in the present round. `differs`:
    it is in one plan and not in the other.
    """

    supporter_key: str
    recipient_key: str
    supporter: str
    recipient: str
    table: str
    group: str
    county: str
    county_code: str
    first: str
    second: str
    parts: Mapping[str, int]

    @property
    def differs(self) -> bool:
        """Whether exactly one of the two plans has it."""
        return (self.first in ("", _DROPPED)) != (self.second in ("", _DROPPED))


@dataclass(frozen=True, slots=True)
class ComparedLevel:
    """One level in both: values are comparable only where both have it."""

    name: str
    title: Mapping[str, str]
    unit: Mapping[str, str]
    first: int | None
    second: int | None


@dataclass(frozen=True)
class Comparison:
    """Two proposals of one round."""

    first: Proposal
    second: Proposal
    first_result: ProposalResult | None
    second_result: ProposalResult | None
    levels: list[ComparedLevel]
    pairs: list[ComparedPair]

    @property
    def differing(self) -> list[ComparedPair]:
        """Pairs that exactly one of the plans has."""
        return [pair for pair in self.pairs if pair.differs]


def comparison(actor: Actor, first: int, second: int) -> Comparison:
    """Compare two proposals of the same round, as far as the actor may see them; raises Missing, Invalid."""
    found = proposals(actor).in_bulk([first, second])
    one, other = (_there(found, pk) for pk in (first, second))
    if one.round_id != other.round_id:
        raise Invalid(_("只能比较同一轮次的两个方案。"))
    return Comparison(
        first=one,
        second=other,
        first_result=result_of(one),
        second_result=result_of(other),
        levels=_levels(result_of(one), result_of(other)),
        pairs=_pairs(actor, one, other),
    )


def _there(found: Mapping[Any, Any], pk: int) -> Proposal:
    if pk not in found:
        raise Missing(_("没有这个方案，或它不在您的范围内。"))
    proposal: Proposal = found[pk]
    return proposal


def _levels(one: ProposalResult | None, other: ProposalResult | None) -> list[ComparedLevel]:
    levels = [
        {level["name"]: level for level in (result.levels if result else [])} for result in (one, other)
    ]
    names = list(dict.fromkeys([*levels[0], *levels[1]]))
    found = []
    for name in names:
        first, second = (side.get(name) for side in levels)
        known = first or second
        assert known is not None
        found.append(
            ComparedLevel(
                name,
                known["title"],
                known["unit"],
                first["value"] if first else None,
                second["value"] if second else None,
            )
        )
    return found


def _pairs(actor: Actor, one: Proposal, other: Proposal) -> list[ComparedPair]:
    sides = [
        {
            (row["supporter_key"], row["recipient_key"]): row
            for row in pairs(actor, proposal).values(*_COLUMNS)
        }
        for proposal in (one, other)
    ]
    found = []
    for key in dict.fromkeys([*sides[0], *sides[1]]):
        first, second = (side.get(key) for side in sides)
        known = first or second
        assert known is not None
        found.append(
            ComparedPair(
                supporter_key=known["supporter_key"],
                recipient_key=known["recipient_key"],
                supporter=known["supporter_name"],
                recipient=known["recipient_name"],
                table=known["table"],
                group=known["group"],
                county=known["county"],
                county_code=known["county_code"],
                first=first["change"] if first else "",
                second=second["change"] if second else "",
                parts=known["parts"],
            )
        )
    return sorted(found, key=lambda pair: (not pair.differs, pair.table, pair.group, pair.supporter_key))
