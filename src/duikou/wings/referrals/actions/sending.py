"""The sending side: signed and sent, completed when returned, withdrawn."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import require_reason, together
from duikou.core.errors import Conflict, refused
from duikou.core.scope import Actor
from duikou.wings.patients import consents
from duikou.wings.referrals import clocks, judging, signing
from duikou.wings.referrals.actions import _common
from duikou.wings.referrals.actions.drafting import twice
from duikou.wings.referrals.catalogue import RETURN, SIGNING, cite
from duikou.wings.referrals.models import Referral

Part = signing.Part


def send(*, actor: Actor, referral: Referral, version: int | None = None, factor: str = "") -> Referral:
    """Sign and send: the receiving hospital sees referral and record from now on.

    Raises Denied for anybody but a doctor of the hospital, Conflict without a standing consent or when
    the patient has a live referral for the problem, Invalid for what the pack demands and is missing.
    """
    return _out(actor, referral, "send", version, factor)


def complete(*, actor: Actor, referral: Referral, version: int | None = None, factor: str = "") -> Referral:
    """Sign and send again what was returned for completion; the answer's clock goes on."""
    return _out(actor, referral, "complete", version, factor)


def _out(actor: Actor, referral: Referral, step: str, version: int | None, factor: str) -> Referral:
    _common.may(referral, step, actor)
    with together():
        person = signing.doctor(actor, referral.from_hospital)
        consents.demand(referral.patient, "referral")
        _demand(referral)
        now = timezone.now()
        first: dict[str, Any] = {"sent_at": now} if step == "send" else {}
        try:
            with transaction.atomic():
                _common.step(referral, step, actor=actor, version=version, from_doctor_id=person.pk, **first)
        except IntegrityError as error:
            live = judging.live_for(referral.patient, referral.problem, referral.pk)
            raise (Conflict(twice(live)) if live else error) from error
        signing.sign(referral, Part.SENT, person, actor, factor)
        if step == "send":
            _common.open_record(referral, actor)
            clocks.sent(referral, now)
        else:
            clocks.completed(referral, now)
    return referral


def _demand(referral: Referral) -> None:
    """What the pack demands besides: an escort in an emergency, a plan and dates on the way down."""
    if referral.urgency == Referral.Urgency.EMERGENCY and not (referral.escort and referral.escort_phone):
        raise refused(
            "escort",
            _("急诊转诊须有医务人员护送：请填写护送人员和联系电话（规则 %(rule)s）。")
            % {"rule": cite(SIGNING)},
        )
    if referral.direction == Referral.Direction.DOWN and not (referral.plan and referral.follow_ups.exists()):
        raise refused(
            "plan",
            _("下转须附后续治疗和照护计划，以及随访日期（规则 %(rule)s）。") % {"rule": cite(RETURN)},
        )
    if fault := judging.fault_of_service(
        referral.service, referral.direction, referral.tier, referral.urgency
    ):
        raise refused("service", fault)


def withdraw(*, actor: Actor, referral: Referral, reason: str, version: int | None = None) -> Referral:
    """Take it back before the patient has arrived; with a reason. The record is shut again."""
    reason = require_reason(reason)
    with together():
        _common.step(referral, "withdraw", actor=actor, version=version, reason=reason)
        clocks.stop(referral, timezone.now())
        _common.shut_record(referral, actor)
    return referral
