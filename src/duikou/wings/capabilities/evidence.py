"""Techniques as evidence: the first case of a technique fulfils an obligation to bring it in."""

from __future__ import annotations

from collections.abc import Sequence

from duikou.core.links import link
from duikou.core.scope import Actor
from duikou.engines.text import Text
from duikou.wings.hospitals import catalogue
from duikou.wings.hospitals.models import Capability
from duikou.wings.obligations.evidence import Found, Offer, register_kind
from duikou.wings.obligations.models import Obligation


def register() -> None:
    """Offer techniques with a first case to the ledger."""
    register_kind("technique", Text("技术能力记录", "capability record"), resolve, offers)


def resolve(actor: Actor, obligation: Obligation, reference: str) -> Found | None:
    """The technique of the obligation's recipient, if a case of it was done."""
    row = _practised(obligation).get(reference)
    if row is None or row.first_case_on is None:
        return None
    return Found(
        catalogue.technique_label(row.technique),
        row.first_case_on,
        url=link("capabilities:technique", row.hospital_id, row.technique),
    )


def offers(actor: Actor, obligation: Obligation) -> Sequence[Offer]:
    """All such techniques, earliest first case first."""
    return [
        Offer(key, f"{catalogue.technique_label(row.technique)} · {row.first_case_on}")
        for key, row in _practised(obligation).items()
    ]


def _practised(obligation: Obligation) -> dict[str, Capability]:
    rows = Capability.objects.filter(
        hospital=obligation.pairing.recipient_id, first_case_on__isnull=False
    ).order_by("first_case_on", "technique")
    return {row.technique: row for row in rows}
