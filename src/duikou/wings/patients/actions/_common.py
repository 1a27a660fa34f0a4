"""What the acts share: objections, times, the claim on a record, where an actor stands."""

from __future__ import annotations

import datetime as dt
from itertools import chain
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.errors import Conflict, refused
from duikou.core.scope import Actor
from duikou.core.times import time_words
from duikou.wings.patients.models import Patient, Share


def happened(at: dt.datetime, field: str) -> dt.datetime:
    """A time that has come. Raises Invalid for one that has not."""
    if at > (now := timezone.now()):
        raise refused(
            field,
            _("时间 %(found)s 在现在（%(now)s）之后。请填写已经发生的时间。")
            % {"found": time_words(at), "now": time_words(now)},
        )
    return at


def standing(patient: Patient) -> None:
    """Raise Conflict for a record that was merged into another, or erased."""
    if patient.erased_at is not None:
        raise Conflict(_("患者 %(number)s 的档案已到期销毁，不能再办理。") % {"number": patient.number})
    if patient.merged_into is not None:
        raise Conflict(
            _("患者 %(number)s 已并入 %(other)s，请在后者的档案中办理。")
            % {"number": patient.number, "other": patient.merged_into.number}
        )


def claim(patient: Patient, version: int | None, **changes: Any) -> None:
    """Change a standing record, if it still is of `version`; of several at once exactly one wins."""
    guard.check(Patient, changes)
    rows = Patient.objects.standing().filter(pk=patient.pk)
    if version is not None:
        rows = rows.filter(version=version)
    won = rows.update(version=F("version") + 1, **changes)
    patient.refresh_from_db()
    if not won:
        standing(patient)
        raise Conflict(_("没有执行：该档案刚被他人改动。请刷新后再试。"))


def locked(*keys: int) -> dict[int, Patient]:
    """Records of these keys, locked in the order of their keys until the transaction ends."""
    rows = Patient.objects.select_for_update(of=("self",)).select_related("hospital", "merged_into")
    return {row.pk: row for row in rows.filter(pk__in=keys).order_by("pk")}


def reach(actor: Actor, patient: Patient, permission: str) -> str:
    """The path where the actor has a permission for a patient: of the holder, or of a live relation.

    The holder's where there is none, so that the refusal names the permission that lacks there.
    """
    shared = Share.objects.live().filter(patient=patient).values_list("path", flat=True)
    return actor.place_for(permission, chain((patient.scope_path,), shared))
