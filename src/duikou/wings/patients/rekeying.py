"""All sealed values written anew with the keys of today, after a change (`duikou patients rekey`)."""

from __future__ import annotations

from django.db import transaction

from duikou.core.actions import act
from duikou.core.scope import SYSTEM
from duikou.wings.patients.models import Correction, Patient
from duikou.wings.patients.sealing import blind_index, seal, unseal

BATCH = 500


def rekey() -> int:
    """Seal every number, phone and former value anew, and index every number; returns how many records.

    All or nothing. Raises InvalidToken when neither the key nor one of the former keys opens a value.
    """
    with act("patient.rekey", actor=SYSTEM, permission="patient.edit") as event, transaction.atomic():
        count = 0
        batch: list[Patient] = []
        for patient in Patient.objects.select_for_update().order_by("pk").iterator(chunk_size=BATCH):
            number, phone = patient.identity, patient.phone
            patient.identity_sealed, patient.phone_sealed = seal(number), seal(phone)
            patient.identity_index = blind_index(patient.identity_kind, number)
            batch.append(patient)
            count += 1
            if len(batch) == BATCH:
                _save(batch)
        _save(batch)
        for correction in Correction.objects.order_by("pk").iterator(chunk_size=BATCH):
            Correction.objects.filter(pk=correction.pk).update(
                former_sealed=seal(unseal(correction.former_sealed))
            )
        event.note(label="rekey", after={"records": count})
    return count


def _save(batch: list[Patient]) -> None:
    Patient.objects.bulk_update(batch, ["identity_sealed", "phone_sealed", "identity_index"], batch_size=100)
    batch.clear()
