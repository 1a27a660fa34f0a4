"""How far counties and techniques have come: milestones of a year over the recipients of a round."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from duikou.core.scope import Actor
from duikou.policy.model import MilestoneYear, Technique
from duikou.wings.capabilities.models import Approval
from duikou.wings.hospitals import catalogue
from duikou.wings.hospitals.models import Capability, Hospital
from duikou.wings.pairings.models import Pairing, Round
from duikou.wings.places.models import Division

State = Capability.State


@dataclass(slots=True)
class HospitalLine:
    """A recipient: its number of techniques by state."""

    hospital: Hospital
    states: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class CountyLine:
    """A county: a technique counts once, in the best state that one of its recipients has reached."""

    county: Division
    hospitals: list[HospitalLine] = field(default_factory=list)
    best: dict[str, str] = field(default_factory=dict)

    def count(self, state: str) -> int:
        """Techniques whose best state it is."""
        return sum(found == state for found in self.best.values())


@dataclass(frozen=True, slots=True)
class TechniqueLine:
    """A technique: how many recipients are how far."""

    technique: Technique
    independent: int
    learning: int
    none: int


@dataclass(frozen=True, slots=True)
class Progress:
    """Milestones of one year in the actor's area."""

    year: MilestoneYear
    techniques: Sequence[Technique]
    counties: Sequence[CountyLine]
    lines: Sequence[TechniqueLine]

    @property
    def recipients(self) -> int:
        """Hospitals counted."""
        return sum(len(line.hospitals) for line in self.counties)


def is_demonstration() -> bool:
    """Whether invented approvals are among what is counted."""
    return Approval.objects.filter(demonstration=True).exists()


_RANK = {State.NONE: 0, State.LEARNING: 1, State.INDEPENDENT: 2}


def progress(actor: Actor, round_: Round, year: MilestoneYear, only: str = "") -> Progress:
    """Count in two queries. `only` narrows to one technique."""
    techniques = [t for t in catalogue.techniques().values() if t.year == year.year and only in ("", t.id)]
    pairings = (
        Pairing.objects.visible_to(actor, "capability.view")
        .filter(round=round_)
        .select_related("recipient", "recipient_division__parent")
        .order_by("recipient_division__code", "recipient__name")
    )
    counties: dict[int, CountyLine] = {}
    lines: dict[int, HospitalLine] = {}
    county_of: dict[int, CountyLine] = {}
    for pairing in pairings:
        if pairing.recipient_id in lines:
            continue
        county = counties.setdefault(pairing.recipient_division_id, CountyLine(pairing.recipient_division))
        lines[pairing.recipient_id] = HospitalLine(pairing.recipient)
        county.hospitals.append(lines[pairing.recipient_id])
        county_of[pairing.recipient_id] = county
    wanted = [technique.id for technique in techniques]
    rows = Capability.objects.filter(hospital__in=lines, technique__in=wanted).values_list(
        "hospital_id", "technique", "state"
    )
    by_technique: dict[str, Counter[str]] = defaultdict(Counter)
    for hospital_id, technique, state in rows:
        lines[hospital_id].states[state] += 1
        by_technique[technique][state] += 1
        best = county_of[hospital_id].best
        if _RANK[State(state)] >= _RANK[State(best.get(technique, State.NONE))]:
            best[technique] = state
    return Progress(
        year,
        techniques,
        list(counties.values()),
        [
            TechniqueLine(
                t,
                found[State.INDEPENDENT],
                found[State.LEARNING],
                len(lines) - found[State.INDEPENDENT] - found[State.LEARNING],
            )
            for t in techniques
            for found in [by_technique[t.id]]
        ],
    )
