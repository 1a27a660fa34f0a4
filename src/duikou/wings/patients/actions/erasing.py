"""Records that are due: proposed for erasure by one person, decided by another. Never by itself."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.actions import act, require_reason
from duikou.core.errors import Conflict, Denied
from duikou.core.models import StoredDocument
from duikou.core.scope import Actor
from duikou.wings.patients import followers, retention
from duikou.wings.patients.actions import _common
from duikou.wings.patients.catalogue import RETENTION, cite
from duikou.wings.patients.models import Consent, Correction, Erasure, Patient, Share

State = Erasure.State


def propose_erasure(*, actor: Actor, patient: Patient, reason: str) -> Erasure:
    """Put a record forward that need not be kept any more. Raises Conflict for one that must (PAT-05)."""
    with act("patient.propose_erasure", actor=actor, permission="patient.review", on=patient) as event:
        reason = require_reason(reason)
        _common.standing(patient)
        until = _due(patient)
        try:
            with transaction.atomic():
                made = Erasure.objects.create(
                    patient=patient,
                    scope_path=patient.scope_path,
                    due_on=until,
                    reason=reason,
                    proposed_by_id=actor.user_id,
                    demonstration=patient.demonstration,
                )
        except IntegrityError as error:
            raise Conflict(_("已有人提出销毁，待第二人核准。")) from error
        event.note(patient, after={"kept_until": until}, reason=reason)
    return made


def decide_erasure(*, actor: Actor, erasure: Erasure, agreed: bool, remark: str = "") -> Erasure:
    """A second person decides; agreed, everything personal goes, in all records merged into it, too."""
    with act(
        "patient.decide_erasure",
        actor=actor,
        permission="patient.review",
        on=erasure.scope_path,
        target=erasure.patient,
    ) as event:
        if erasure.proposed_by_id == actor.user_id:
            raise Denied(_("销毁须由第二人核准，不能核准自己提出的。"))
        remark = guard.line(remark, "remark", _("说明"), 500, required=not agreed)
        patient = _common.locked(erasure.patient_id)[erasure.patient_id]
        if agreed:
            _due(patient)
        won = Erasure.objects.filter(pk=erasure.pk, state=State.PROPOSED).update(
            state=State.DONE if agreed else State.REFUSED,
            decided_at=timezone.now(),
            decided_by=actor.user_id,
            remark=remark,
        )
        if not won:
            raise Conflict(_("已经有人办理。请刷新页面。"))
        if agreed:
            _erase(patient)
        erasure.refresh_from_db()
        event.note(patient, after={"agreed": agreed}, reason=remark)
    return erasure


def _due(patient: Patient) -> dt.date:
    until = retention.kept_until(patient)
    if until >= timezone.localdate():
        raise Conflict(
            _("档案须保存到 %(until)s，现在不能销毁（规则 %(rule)s）。")
            % {"until": until, "rule": cite(RETENTION)}
        )
    if Share.objects.live().filter(patient=patient).exists():
        raise Conflict(_("档案仍与他院共享（转诊、会诊未结束），现在不能销毁。"))
    return until


def _erase(patient: Patient) -> None:
    """Everything personal goes; the number, the looks and the purposes of the consents stay."""
    family, fresh = {patient.pk}, {patient.pk}
    while fresh:
        fresh = set(Patient.objects.filter(merged_into__in=fresh).values_list("pk", flat=True))
        family |= fresh
    consents = Consent.objects.filter(patient__in=family)
    papers = [pk for pk in consents.values_list("document", flat=True) if pk]
    consents.update(
        giver_name="", giver_relation="", why_not_patient="", witness_one="", witness_two="",
        circumstances="", withdrawn_note="", kept_at="", document=None,
    )  # fmt: skip
    StoredDocument.objects.filter(pk__in=papers).delete()  # the files go with the next sweep
    Correction.objects.filter(patient__in=family).delete()
    Patient.objects.filter(pk__in=family).update(
        name="", name_key="", sex=Patient.Sex.UNSTATED, birth_date=None, identity_kind="none",
        identity_sealed="", identity_index="", phone_sealed="", payment="", residence=None,
        erased_at=timezone.now(),
    )  # fmt: skip
    followers.erased(frozenset(family))
