"""Numbers of a hospital's patients and consents: for authorities, who see nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.utils import timezone

from duikou.core.scope import Actor, within
from duikou.wings.hospitals.models import Hospital
from duikou.wings.patients.consents import standing_at
from duikou.wings.patients.models import BreakGlass, Consent, Patient


@dataclass(slots=True)
class Line:
    """One hospital with its numbers."""

    hospital: Hospital
    patients: int = 0
    consents: dict[str, int] = field(default_factory=dict)  # standing today, by purpose
    withdrawn: int = 0
    emergencies: int = 0
    open: int = 0  # emergency accesses that nobody has reviewed
    unjustified: int = 0
    demonstration: bool = False

    @property
    def name(self) -> str:
        """The hospital's name, for sorting and filters."""
        return self.hospital.name


def counts(actor: Actor) -> list[Line]:
    """Hospitals of the actor's area that keep patients, in four queries."""
    area = within(actor.paths("patient.count"), ("scope_path",))
    lines = {one.pk: Line(one) for one in Hospital.objects.filter(area, patients__isnull=False).distinct()}
    patients = (
        Patient.objects.standing()
        .filter(hospital__in=lines)
        .order_by()
        .values("hospital")
        .annotate(n=Count("pk"), invented=Count("pk", filter=Q(demonstration=True)))
    )
    for row in patients:
        lines[row["hospital"]].patients = row["n"]
        lines[row["hospital"]].demonstration = bool(row["invented"])
    agreed = (
        Consent.objects.filter(patient__hospital__in=lines)
        .order_by()
        .values("patient__hospital", "purpose")
        .annotate(
            n=Count("patient", filter=standing_at(timezone.now()), distinct=True),
            gone=Count("pk", filter=Q(withdrawn_at__isnull=False)),
        )
    )
    for row in agreed:
        line = lines[row["patient__hospital"]]
        line.consents[row["purpose"]] = row["n"]
        line.withdrawn += row["gone"]
    opened = (
        BreakGlass.objects.filter(patient__hospital__in=lines)
        .order_by()
        .values("patient__hospital")
        .annotate(
            n=Count("pk"),
            waiting=Count("pk", filter=Q(reviewed_at=None)),
            bad=Count("pk", filter=Q(justified=False)),
        )
    )
    for row in opened:
        line = lines[row["patient__hospital"]]
        line.emergencies, line.open, line.unjustified = row["n"], row["waiting"], row["bad"]
    return sorted(lines.values(), key=lambda line: line.hospital.name)
