"""Whether a patient's consent stands: asked before each referral, consultation, recording, lesson."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.errors import Conflict
from duikou.wings.patients.catalogue import purpose_label, purposes
from duikou.wings.patients.models import Consent, Patient


def standing_at(at: dt.datetime) -> Q:
    """Condition: the consent stands at a time.

    From when it was given until it is withdrawn; an oral one only until its hours end, and again from when
    it was confirmed in writing.
    """
    return (
        Q(given_at__lte=at)
        & (Q(withdrawn_at=None) | Q(withdrawn_at__gt=at))
        & (Q(stands_until=None) | Q(stands_until__gt=at) | Q(confirmed_at__lte=at))
    )


def stands(consent: Consent, at: dt.datetime) -> bool:
    """The same of a row at hand."""
    if at < consent.given_at or (consent.withdrawn_at is not None and at >= consent.withdrawn_at):
        return False
    if consent.stands_until is None or at < consent.stands_until:
        return True
    return consent.confirmed_at is not None and at >= consent.confirmed_at


def standing(patient: Patient, purpose: str, at: dt.datetime | None = None) -> Consent | None:
    """The consent of a patient to a purpose that stands at a time (default: now), the latest one."""
    holder = survivor(patient)
    rows = Consent.objects.filter(standing_at(at or timezone.now()), patient=holder, purpose=purpose)
    return rows.order_by("-given_at", "-pk").first()


def demand(patient: Patient, purpose: str, at: dt.datetime | None = None) -> Consent:
    """The consent that stands. Raises Conflict, with rule and clause, when there is none."""
    found = standing(patient, purpose, at)
    if found is None:
        asked = purposes()[purpose]
        clause = "; ".join(str(clause) for clause in asked.clauses)
        raise Conflict(
            _("患者对“%(purpose)s”没有有效的同意（规则 %(rule)s，%(clause)s）。请先登记同意，再办理。")
            % {"purpose": purpose_label(purpose), "rule": asked.rule, "clause": clause}
        )
    return found


def survivor(patient: Patient) -> Patient:
    """The record that a merged one leads to; itself otherwise."""
    while patient.merged_into is not None:
        patient = patient.merged_into
    return patient


def to_confirm() -> QuerySet[Consent]:
    """Oral consents that nobody has confirmed or withdrawn."""
    return Consent.objects.filter(
        way=Consent.Way.ORAL, confirmed_at=None, withdrawn_at=None, patient__erased_at=None
    )
