"""Relations that let another hospital see a patient: made by the wings that need them, or by hand."""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.actions import act
from duikou.core.errors import Conflict, refused
from duikou.core.scope import Actor
from duikou.wings.hospitals.models import Hospital
from duikou.wings.patients.actions import _common
from duikou.wings.patients.models import Patient, Share

Kind = Share.Kind


def share(
    *,
    actor: Actor,
    patient: Patient,
    hospital: Hospital,
    kind: str,
    path: str = "",
    reference: str = "",
    until: dt.datetime | None = None,
    reason: str = "",
) -> Share:
    """Let another hospital (or its department at `path`) see a patient while the relation lasts.

    Referrals and consultations say which one they are in `reference` and end it with `unshare`; a relation
    by hand (`care`) needs a reason and an end. Doing it twice for one reference changes nothing. Whether the
    patient agreed is for the caller to ask (`consents.demand`).
    """
    with act("patient.share", actor=actor, permission="patient.edit", on=patient) as event:
        _common.standing(patient)
        path = path or hospital.scope_path
        if kind not in Kind.values:
            raise refused("kind", _("请选择关系。"))
        if not path.startswith(hospital.scope_path) or hospital.pk == patient.hospital_id:
            raise refused("hospital", _("请选择另一家医院；本院科室之间请更正档案的科室。"))
        if kind == Kind.CARE:
            reason = guard.line(reason, "reason", _("理由"), 500)
            if until is None:
                raise refused("until", _("请填写共享到何时为止。"))
        if until is not None and until <= timezone.now():
            raise refused("until", _("结束时间须在现在之后。"))
        same = {"patient": patient, "path": path, "kind": kind, "reference": reference}
        if reference and (made := Share.objects.live().filter(**same).first()):
            return made
        try:
            with transaction.atomic():
                # One whose time ran out is closed first: the new one is another.
                Share.objects.filter(**same, ended_at=None, until__lte=timezone.now()).update(
                    ended_at=timezone.now()
                )
                made = Share.objects.create(
                    hospital=hospital,
                    until=until,
                    reason=reason,
                    shared_by_id=actor.user_id,
                    demonstration=patient.demonstration,
                    **same,
                )
        except IntegrityError as error:
            raise Conflict(_("已经与%(name)s共享。请刷新页面。") % {"name": hospital.name}) from error
        event.note(
            patient, after={"with": hospital.name, "kind": kind, "reference": reference}, reason=reason
        )
    return made


def unshare(*, actor: Actor, relation: Share) -> Share:
    """End a relation: by the hospital that holds the record, or by the one that saw it."""
    patient = relation.patient
    place = patient.scope_path if actor.may("patient.edit", patient.scope_path) else relation.path
    with act("patient.unshare", actor=actor, permission="patient.edit", on=place, target=patient) as event:
        won = Share.objects.filter(pk=relation.pk, ended_at=None).update(
            ended_at=timezone.now(), ended_by=actor.user_id
        )
        if not won:
            raise Conflict(_("共享已经结束。请刷新页面。"))
        relation.refresh_from_db()
        event.note(
            patient,
            before={"with": relation.hospital.name, "kind": relation.kind, "reference": relation.reference},
            scope_path=patient.scope_path,
        )
    return relation
