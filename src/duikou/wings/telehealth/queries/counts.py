"""Numbers of consultations per pair, department, doctor and month: for authorities, who see nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, F, Q
from django.db.models.functions import TruncMonth

from duikou.core.scope import Actor, within
from duikou.wings.telehealth.models import Consultation

State, Adoption = Consultation.State, Consultation.Adoption
KEYS: dict[str, tuple[Any, ...]] = {
    "pair": ("inviting__name", "invited__name"),
    "department": ("inviting__name", "department__name"),
    "doctor": ("opinions__signed_hospital", "opinions__signed_name"),
    "month": (),
}


@dataclass(slots=True)
class Line:
    """One pair, department, doctor or month with its numbers."""

    first: str
    second: str
    sent: int
    diagnoses: int
    declined: int
    signed: int
    counted: int
    adopted: int
    rated: float | None  # by the inviting side, of the opinion
    demonstration: bool


def counts(actor: Actor, by: str) -> list[Line]:
    """Consultations of the actor's area that were sent, in two queries."""
    rows = _rows(actor)
    if by == "month":
        grouped = rows.annotate(first=TruncMonth("sent_at")).values("first")
    else:
        first, second = KEYS[by]
        if by == "doctor":
            rows = rows.filter(opinions__isnull=False)
        grouped = rows.values(first=F(first), second=F(second))
    found = grouped.annotate(
        sent=Count("pk", distinct=True),
        diagnoses=Count("pk", filter=Q(kind__in=Consultation.DIAGNOSES), distinct=True),
        declined=Count("pk", filter=Q(state=State.DECLINED), distinct=True),
        signed=Count("pk", filter=Q(answered_at__isnull=False), distinct=True),
        counted=Count("pk", filter=Q(state__in=Consultation.COUNTED), distinct=True),
        adopted=Count("pk", filter=Q(adoption__in=(Adoption.FULL, Adoption.PART)), distinct=True),
        invented=Count("pk", filter=Q(demonstration=True), distinct=True),
        rated=Avg("ratings__useful", filter=Q(ratings__side="inviting")),
    )
    lines = []
    for row in found:
        first = row.pop("first")
        row["first"] = first.strftime("%Y-%m") if by == "month" else first or ""
        row["second"] = row.get("second") or ""
        row["demonstration"] = bool(row.pop("invented"))
        row["rated"] = None if row["rated"] is None else round(row["rated"], 1)
        lines.append(Line(**row))
    return sorted(lines, key=lambda line: (line.first, line.second))


def _rows(actor: Actor) -> Any:
    area = within(actor.paths("consult.count"), ("home_path", "host_path"))
    return Consultation.objects.filter(area, sent_at__isnull=False).order_by()
