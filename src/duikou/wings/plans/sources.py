"""Where plans learn for what a county's people leave it: from a wing further on, that registers itself.

Discharges come later in the story, so this wing cannot read them; without a provider, or
without data of the county, departments are proposed from declared needs alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from duikou.core.scope import Actor
from duikou.engines.text import Text


@dataclass(frozen=True, slots=True)
class Disease:
    """One of the diseases for which most residents are treated outside their county."""

    rank: int
    code: str
    name: Text
    cases: int  # stays outside the county
    share: str  # of all stays outside, as people read it: 12.3%


@dataclass(frozen=True, slots=True)
class NeededDepartment:
    """A department that would treat some of these diseases (codes, the most pressing first)."""

    specialty: str
    title: Text
    diseases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CountyNeeds:
    """For what the residents of a county leave it, over a stretch of months."""

    first: str  # 2011-03
    last: str
    diseases: tuple[Disease, ...]
    departments: tuple[NeededDepartment, ...]
    demonstration: bool = False  # computed from invented stays, too


Provider = Callable[[Actor, str, int, int], CountyNeeds | None]
"""(actor, county code, how many diseases, of how many years) → needs; None without data, or where the
county does not lie in the actor's area."""

_providers: list[Provider] = []


def register_needs(provider: Provider) -> None:
    """Let a wing answer for what counties need; the last one registered is asked."""
    _providers[:] = [provider]


def needs_of(actor: Actor, county: str, most: int, years: int) -> CountyNeeds | None:
    """What a county's people leave it for; None while nobody can tell."""
    if not _providers or not most or not years:
        return None
    return _providers[0](actor, county, most, years)
