"""The receiving side: returned, accepted or declined; arrived, under treatment. One answer wins."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import guard
from duikou.core.actions import require_reason, together
from duikou.core.errors import Conflict, refused
from duikou.core.scope import SYSTEM, Actor
from duikou.wings.patients import actions as patients
from duikou.wings.patients import consents
from duikou.wings.referrals import clocks, places, signing
from duikou.wings.referrals.actions import _common
from duikou.wings.referrals.models import Referral, Service, Slot

Part = signing.Part
FURTHEST = 180  # days ahead of which nobody is appointed


@dataclass(frozen=True, slots=True)
class Appointment:
    """When and where the patient is received."""

    on: dt.date
    slot: Slot | None = None
    bed: str = ""
    note: str = ""


def give_back(*, actor: Actor, referral: Referral, reason: str, version: int | None = None) -> Referral:
    """Return it for completion, saying what is missing; the answer's clock stands still meanwhile."""
    reason = require_reason(reason)
    with together():
        _common.step(referral, "return", actor=actor, version=version, reason=reason)
        clocks.returned(referral, timezone.now())
    return referral


def accept(
    *,
    actor: Actor,
    referral: Referral,
    appointment: Appointment,
    version: int | None = None,
    factor: str = "",
) -> Referral:
    """Sign and accept for a day with a place left.

    Raises Denied for anybody but a doctor of the service's specialty, Conflict when somebody else
    answered first, the consent was withdrawn or no place is left.
    """
    _common.may(referral, "accept", actor)
    with together():
        person = signing.doctor(actor, referral.to_hospital, referral.service.specialty)
        consents.demand(referral.patient, "referral")
        # Who books a place of the service waits here for whoever is booking one.
        service = Service.objects.select_for_update(of=("self",)).get(pk=referral.service_id)
        slot = _place(referral, service, appointment)
        now = timezone.now()
        _common.step(
            referral,
            "accept",
            actor=actor,
            version=version,
            to_doctor_id=person.pk,
            answered_at=now,
            appointed_on=appointment.on,
            slot_id=slot.pk if slot else None,
            slot_starts=slot.starts if slot else None,
        )
        _common.keep(
            referral,
            bed=guard.line(appointment.bed, "bed", _("床位或接诊地点"), 120, required=False),
            answer_note=guard.line(appointment.note, "note", _("接收意见"), 500, required=False),
        )
        signing.sign(referral, Part.ACCEPTED, person, actor, factor)
        clocks.accepted(referral, now)
    return referral


def _place(referral: Referral, service: Service, appointment: Appointment) -> Slot | None:
    """The slot, when it has a place left; emergencies are taken on any day and count against none."""
    today = timezone.localdate()
    if not today <= appointment.on <= today + dt.timedelta(days=FURTHEST):
        raise refused(
            "on",
            _("预约日期应在今天起 %(days)s 天以内，实际为 %(found)s。")
            % {"days": FURTHEST, "found": appointment.on},
        )
    if referral.urgency == Referral.Urgency.EMERGENCY:
        return appointment.slot
    slot = appointment.slot
    if slot is not None:
        if slot.service_id != service.pk or slot.weekday != appointment.on.isoweekday():
            raise refused("slot", _("所选时段不是该服务当天的时段。请重新选择。"))
        taken = places.booked([service.pk], appointment.on, appointment.on)
        if taken[service.pk, appointment.on, slot.pk] >= slot.places:
            raise Conflict(
                _("%(day)s %(time)s 的 %(places)s 个名额已满，请另选时段。")
                % {"day": appointment.on, "time": f"{slot.starts:%H:%M}", "places": slot.places}
            )
    if places.left_in_week(service, appointment.on) <= 0:
        raise Conflict(
            _("“%(name)s”在 %(day)s 所在的一周已约满（每周 %(weekly)s 人），请另选日期。")
            % {"name": service.name, "day": appointment.on, "weekly": service.weekly}
        )
    return slot


def decline(*, actor: Actor, referral: Referral, reason: str, version: int | None = None) -> Referral:
    """Do not accept, with the reason; the record is shut again. It cannot be answered later."""
    reason = require_reason(reason)
    with together():
        now = timezone.now()
        _common.step(referral, "decline", actor=actor, version=version, reason=reason, answered_at=now)
        clocks.stop(referral, now)
        _common.shut_record(referral, actor)
    return referral


def receive(
    *,
    actor: Actor,
    referral: Referral,
    at: dt.datetime | None = None,
    version: int | None = None,
    factor: str = "",
) -> Referral:
    """An emergency has arrived before anybody answered: received and signed in one step."""
    _common.may(referral, "receive", actor)
    with together():
        if referral.urgency != Referral.Urgency.EMERGENCY:
            raise Conflict(_("只有急诊转诊可以先接收后答复。请先接受转诊。"))
        person = signing.doctor(actor, referral.to_hospital)
        now = timezone.now()
        arrived = _common.happened(at, "at", referral.sent_at)
        _common.step(
            referral,
            "receive",
            actor=actor,
            version=version,
            to_doctor_id=person.pk,
            answered_at=now,
            arrived_at=arrived,
            appointed_on=timezone.localdate(arrived),
        )
        signing.sign(referral, Part.ACCEPTED, person, actor, factor)
        _seen(referral, arrived)
    return referral


def arrive(
    *, actor: Actor, referral: Referral, at: dt.datetime | None = None, version: int | None = None
) -> Referral:
    """The patient is there; of a referral down, the reception is confirmed with it."""
    _common.may(referral, "arrive", actor)
    with together():
        arrived = _common.happened(at, "at", referral.answered_at)
        _common.step(referral, "arrive", actor=actor, version=version, arrived_at=arrived)
        _seen(referral, arrived)
    return referral


def _seen(referral: Referral, at: dt.datetime) -> None:
    """The clocks go on, and the years for which the record is kept count anew (PAT-05)."""
    clocks.arrived(referral, at)
    patients.note_contact(
        actor=SYSTEM, patient=consents.survivor(referral.patient), on=timezone.localdate(at)
    )


def treat(*, actor: Actor, referral: Referral, version: int | None = None) -> Referral:
    """Treatment has begun."""
    _common.may(referral, "treat", actor)
    with together():
        _common.step(referral, "treat", actor=actor, version=version)
    return referral
