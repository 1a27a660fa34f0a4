"""What is known of hospitals beyond the pairing tables. All of it is optional; what is absent is unknown.

An unknown value is never replaced by an invented one: its score part is neutral for
every candidate that lacks it and marked in `Candidates.unknown`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from duikou.engines.pairing.model import Hospital

ESTIMATE = "estimate"
DISTANCE_KINDS = ("measured", "matrix", ESTIMATE)


@dataclass(frozen=True, slots=True)
class Distance:
    """Length of the road between two hospitals, and how it is known."""

    metres: int
    kind: str = ESTIMATE  # measured, matrix, estimate


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A registered hospital that the present round does not name and that may be paired."""

    hospital: Hospital
    supporter: bool = False  # else a recipient
    table: str = "2"  # of a supporter: "1" the province's, "2" the cities'


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts by hospital key; by supporter and recipient key where two hospitals are concerned.

    Needs are departments with a weight (declared weak departments, a list of frequent
    referrals out of the county, milestones of the year); strengths are departments
    that can give support. Months are person-months a year.
    """

    distances: Mapping[tuple[str, str], Distance] = field(default_factory=dict)
    needs: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    strengths: Mapping[str, frozenset[str]] = field(default_factory=dict)
    capacity_months: Mapping[str, int] = field(default_factory=dict)  # before other aid programmes
    aid_months: Mapping[str, int] = field(default_factory=dict)  # what those take (PAIR-07)
    asked_months: Mapping[str, int] = field(default_factory=dict)
    priorities: Mapping[str, int] = field(default_factory=dict)  # by code of the county
    newcomers: Sequence[Newcomer] = ()
    closed: frozenset[str] = frozenset()


NOTHING = Facts()
