"""A study enters the record of a patient, and is taken out of use when it does not belong there."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.actions import act, require_reason
from duikou.core.errors import Conflict, refused
from duikou.core.scope import Actor
from duikou.wings.imaging.actions import _common
from duikou.wings.imaging.models import Study, StudyGrant
from duikou.wings.imaging.uids import is_uid, new_uid
from duikou.wings.patients.actions import reach
from duikou.wings.patients.models import Patient


def register(
    *,
    actor: Actor,
    patient: Patient,
    kind: str,
    modality: str = "",
    description: str = "",
    taken_at: dt.datetime | None = None,
    study_uid: str = "",
) -> Study:
    """Enter a study of a patient: at the hospital that holds the record, or at one it is shared with.

    Raises Conflict for a UID that is there already.
    """
    place = reach(actor, patient, "study.edit")
    with act("study.register", actor=actor, permission="study.edit", on=place, target=patient) as event:
        if patient.erased_at is not None or patient.merged_into is not None:
            raise Conflict(
                _("患者 %(number)s 的档案已合并或销毁，不能再登记检查。") % {"number": patient.number}
            )
        uid = study_uid or new_uid()
        if not is_uid(uid):
            raise refused("study_uid", _("Study UID 应为不超过 64 位的数字和点。"))
        if taken_at is not None and taken_at > timezone.now():
            raise refused("taken_at", _("检查时间在现在之后，请核对设备时钟。"))
        for field, text, most in (("description", description, 120), ("modality", modality, 16)):
            if fault := guard.fault_of_text(text, most):
                raise refused(field, fault)
        try:
            with transaction.atomic():
                made: Study = Study.objects.create(
                    patient=patient,
                    hospital=_common.hospital_at(place),
                    scope_path=place,
                    kind=kind,
                    modality=modality,
                    study_uid=uid,
                    description=description.strip(),
                    taken_at=taken_at,
                    received_by_id=actor.user_id,
                    demonstration=patient.demonstration,
                )
        except IntegrityError as error:
            raise Conflict(_("这份检查（UID %(uid)s）已经登记过。") % {"uid": uid}) from error
        event.note(made, after={"patient": patient.number, "kind": kind, "modality": modality})
    return made


def withdraw(*, actor: Actor, study: Study, reason: str) -> Study:
    """Take a study out of use (wrong patient, wrong pictures): nobody opens it then; nothing is erased."""
    with act("study.withdraw", actor=actor, permission="study.edit", on=study) as event:
        reason = require_reason(reason)
        won = Study.objects.filter(pk=study.pk).exclude(state=Study.State.WITHDRAWN)
        if not won.update(state=Study.State.WITHDRAWN):
            raise Conflict(_("这份检查已撤下，不能再使用。"))
        before = study.state
        study.refresh_from_db()
        ended = StudyGrant.objects.live().filter(study=study)
        ended.update(ended_at=timezone.now(), ended_by=actor.user_id)
        event.note(study, before={"state": before}, after={"state": study.state}, reason=reason)
    return study
