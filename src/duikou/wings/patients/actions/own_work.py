"""A look at what a hospital made itself of another hospital's patient, after the share has ended."""

from __future__ import annotations

from django.db import transaction

from duikou.core.scope import Actor
from duikou.wings.patients.actions.looks import _write
from duikou.wings.patients.models import Access, Patient


def note_own_work(*, actor: Actor, patient: Patient, where: str) -> None:
    """Write such a look down in the record of looks. The caller has asked whether the work is the actor's."""
    with transaction.atomic():
        _write(actor, patient, Access.Grounds.OWN, Access.Purpose.CARE, where)
