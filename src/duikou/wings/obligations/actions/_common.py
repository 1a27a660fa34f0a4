"""What several acts share: the obligation as it is now, and its sums."""

from __future__ import annotations

from django.utils.translation import gettext as _

from duikou.core.errors import Conflict, Invalid, Missing
from duikou.wings.obligations.models import Evidence, Obligation
from duikou.wings.obligations.quantities import fault, total
from duikou.wings.obligations.standing import stage


def locked(obligation: Obligation, version: int | None = None) -> Obligation:
    """The obligation as it is now, held until the act is over.

    Raises Conflict when it is closed, or when somebody has changed it since `version` was read.
    """
    rows = Obligation.objects.select_for_update(no_key=True).filter(pk=obligation.pk)
    found = rows.first()
    if found is None:
        raise Missing(_("没有这项责任，或它不在您的范围内。"))
    if found.closed_on is not None:
        raise Conflict(
            _("这项责任已于 %(day)s 失效（%(reason)s），不能再办理。")
            % {"day": found.closed_on.isoformat(), "reason": found.closed_reason}
        )
    if version is not None and found.version != version:
        raise Conflict(_("这项责任刚被他人改动。请刷新后再试。"))
    return found


def check_quantity(quantity: int, unit: str, field: str = "quantity") -> None:
    """Raise Invalid for a number that cannot be."""
    if words := fault(quantity, unit):
        raise Invalid(words, fields={field: [words]})


def count_evidence(obligation: Obligation) -> None:
    """Sum up the evidence of a locked obligation, and save it as a new version."""
    rows = list(Evidence.objects.filter(obligation=obligation, withdrawn_at=None))
    counted = [row for row in rows if row.counts]
    obligation.given = total(obligation.unit, ((row.on, row.quantity) for row in counted))
    obligation.accepted = total(
        obligation.unit, ((row.on, row.quantity) for row in counted if row.is_accepted)
    )
    obligation.evidence_count = len(counted)
    save(obligation)


def save(obligation: Obligation) -> None:
    """Save a locked obligation with its stage, as a new version."""
    obligation.stage = stage(obligation.party, obligation.words)
    obligation.version += 1
    obligation.save()
