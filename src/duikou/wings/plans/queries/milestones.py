"""The techniques that the pack sets for a year: what the recipient masters, and which task carries them."""

from __future__ import annotations

from dataclasses import dataclass

from duikou.policy.model import MilestoneYear, Technique
from duikou.wings.hospitals.models import Capability
from duikou.wings.pairings.models import Pairing
from duikou.wings.plans.demands import demands
from duikou.wings.plans.models import YearTask


@dataclass(frozen=True, slots=True)
class Milestone:
    """One technique of one pairing."""

    technique: Technique
    recipient: Capability | None  # None: nothing recorded
    supporter: Capability | None
    task: YearTask | None  # of the pairing, in any year

    @property
    def reached(self) -> bool:
        """Whether the recipient does it on its own."""
        return self.recipient is not None and self.recipient.state == Capability.State.INDEPENDENT


def milestones(pairing: Pairing) -> list[tuple[MilestoneYear, list[Milestone]]]:
    """Milestone years of the pack with their techniques (CAP-03), in two queries."""
    pack = demands(pairing.round.policy_pack).pack
    hospitals = [pairing.recipient_id, pairing.supporter_id]
    recorded = {
        (row.hospital_id, row.technique): row for row in Capability.objects.filter(hospital__in=hospitals)
    }
    tasks = YearTask.objects.filter(plan__pairing=pairing).exclude(technique="").exclude(state="dropped")
    carried = {row.technique: row for row in tasks}
    return [
        (
            year,
            [
                Milestone(
                    one,
                    recorded.get((pairing.recipient_id, one.id)),
                    recorded.get((pairing.supporter_id, one.id)),
                    carried.get(one.id),
                )
                for one in pack.techniques.values()
                if one.year == year.year
            ],
        )
        for year in sorted(pack.milestone_years.values(), key=lambda year: year.year)
    ]
