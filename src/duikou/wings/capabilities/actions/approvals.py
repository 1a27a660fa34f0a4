"""Each hospital approves a technique for itself, and takes its approval back."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import act, require_reason
from duikou.core.errors import Conflict, refused
from duikou.core.scope import Actor
from duikou.wings.capabilities.actions._common import not_paired, paired, past_day, proof, row_of
from duikou.wings.capabilities.models import Approval, Performance
from duikou.wings.capabilities.standing import settle
from duikou.wings.hospitals.models import Capability, Hospital

Upload = tuple[str, bytes]


def approve(
    *,
    actor: Actor,
    recipient: Hospital,
    technique: str,
    hospital: Hospital,
    on: dt.date,
    number: str,
    document: Upload | None = None,
) -> Approval:
    """A hospital (the recipient itself, or its supporter of that day) lets the technique be practised.

    `number` names the paper of its committee. Raises Denied for somebody of another hospital,
    Invalid for a hospital that does not support the recipient, Conflict when it has approved already.
    """
    with act(
        "technique.approve", actor=actor, permission="capability.approve", on=hospital.scope_path
    ) as event:
        past_day(on)
        if hospital.pk != recipient.pk and not paired(hospital, recipient, on):
            raise refused("hospital", not_paired(hospital, recipient, on))
        capability = row_of(recipient, technique)
        approval = _approve(actor, capability, hospital, Approval.Kind.LEAVE, on, number, document)
        settle(capability, timezone.localdate())
        event.note(capability, after=_noted(approval))
    return approval


def declare_independent(
    *,
    actor: Actor,
    recipient: Hospital,
    technique: str,
    on: dt.date,
    number: str,
    document: Upload | None = None,
) -> Approval:
    """The recipient states that it masters the technique without its supporter.

    Demands its own approval on that day and a case done alone until then.
    """
    with act(
        "technique.independent", actor=actor, permission="capability.approve", on=recipient.scope_path
    ) as event:
        past_day(on)
        capability = row_of(recipient, technique)
        held = _open(capability, recipient, Approval.Kind.LEAVE).filter(on__lte=on)
        if not held.exists():
            raise refused("on", _("%(on)s 本院尚未批准开展这项技术。请先登记本院的批准。") % {"on": on})
        alone = Performance.objects.filter(capability=capability, withdrawn_at=None, by=Performance.By.OWN)
        if not alone.filter(on__lte=on).exists():
            raise refused("on", _("%(on)s 之前没有本院独立开展的病例。请先登记，再认定。") % {"on": on})
        approval = _approve(actor, capability, recipient, Approval.Kind.INDEPENDENT, on, number, document)
        settle(capability, timezone.localdate())
        event.note(capability, after=_noted(approval))
    return approval


def end_approval(*, actor: Actor, approval: Approval, on: dt.date, reason: str) -> Approval:
    """Take an approval back from a day on, with the reason; what was done under it stays on record."""
    with act(
        "technique.approval_ended", actor=actor, permission="capability.approve", on=approval.hospital_path
    ) as event:
        reason = require_reason(reason)
        past_day(on, after=approval.on)
        won = Approval.objects.filter(pk=approval.pk, ended_on=None).update(ended_on=on, ended_reason=reason)
        if not won:
            raise Conflict(_("这项批准已经停止。请刷新页面。"))
        approval.refresh_from_db()
        capability = row_of(approval.capability.hospital, approval.capability.technique)
        settle(capability, timezone.localdate())
        event.note(capability, before=_noted(approval), after={"ended_on": on}, reason=reason)
    return approval


def _approve(
    actor: Actor,
    capability: Capability,
    hospital: Hospital,
    kind: str,
    on: dt.date,
    number: str,
    document: Upload | None,
) -> Approval:
    if not (number := number.strip()):
        raise refused("number", _("请填写批准文号或会议纪要编号，以便查证。"))
    if _open(capability, hospital, kind).exists():
        raise Conflict(_("%(hospital)s 已登记过这项批准。") % {"hospital": hospital.name})
    return Approval.objects.create(
        capability=capability,
        kind=kind,
        hospital=hospital,
        hospital_path=hospital.scope_path,
        recipient_path=capability.hospital.scope_path,
        on=on,
        number=number,
        document=proof(document, scope_path=hospital.scope_path, actor=actor),
        approved_by_id=actor.user_id,
    )


def _open(capability: Capability, hospital: Hospital, kind: str) -> QuerySet[Approval]:
    return Approval.objects.filter(capability=capability, hospital=hospital, kind=kind, ended_on=None)


def _noted(approval: Approval) -> dict[str, object]:
    return {
        "technique": approval.capability.technique,
        "recipient": approval.capability.hospital.name,
        "hospital": approval.hospital.name,
        "kind": approval.kind,
        "on": approval.on,
        "number": approval.number,
    }
