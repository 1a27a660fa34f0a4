"""The guard of early ends: nobody leaves without reason, evidence and the consent of the own superior.

The agreement forbids the supporter to end it without cause (AGR-13); the same is asked of the
recipient, which the documents do not say.
"""

from __future__ import annotations

import datetime as dt

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import documents as store
from duikou.core.actions import act, require, require_reason, together
from duikou.core.errors import Conflict, Invalid
from duikou.core.scope import Actor
from duikou.core.workflow import move
from duikou.wings.agreements.actions._common import (
    require_side,
    require_state,
    side_named,
    superior_of,
    tell_duties,
)
from duikou.wings.agreements.actions.signing import Upload
from duikou.wings.agreements.models import IN_FORCE, Agreement, TerminationRequest
from duikou.wings.agreements.workflows import AGREEMENT, TERMINATION


def ask_to_end(
    *,
    actor: Actor,
    agreement: Agreement,
    side: str,
    last_day: dt.date,
    reason: str,
    evidence: Upload | None,
) -> TerminationRequest:
    """Ask the own superior to consent to an early end.

    Raises Denied (also for the partner), Invalid (no reason, no evidence, a wrong day or kind of file),
    Conflict when it is not in force or a request waits.
    """
    party = side_named(side)
    require_side(actor, "agreement.approve", agreement, party)
    require_state(agreement, *IN_FORCE)
    reason = require_reason(reason)
    _check_last_day(agreement, last_day)
    if evidence is None:
        text = _("请上传证明理由的材料；没有正当理由和证据不得终止支援（AGR-13）。")
        raise Invalid(text, fields={"evidence": [text]})
    hospital = agreement.hospital_of(party)
    superior = superior_of(hospital.org)
    path = agreement.path_of(party)
    with act(
        "agreement.ask_end", actor=actor, permission="agreement.approve", on=path, target=agreement
    ) as event:
        document = store.keep(evidence.content, filename=evidence.filename, scope_path=path, actor=actor)
        try:
            request = TerminationRequest.objects.create(
                agreement=agreement,
                side=party,
                last_day=last_day,
                reason=reason,
                evidence=document,
                superior=superior,
                superior_path=superior.path or "",
                party_path=path,
                asked_by_id=actor.user_id,
            )
        except IntegrityError:
            raise Conflict(_("已有一份终止申请待批复。")) from None
        event.note(after={"side": party.value, "last_day": last_day.isoformat()}, reason=reason)
    return request


def _check_last_day(agreement: Agreement, day: dt.date) -> None:
    today = timezone.localdate()
    if not today <= day < agreement.term_end:
        text = _("最后一日应在今天 %(today)s 与期满 %(end)s 之前之间，实际为 %(found)s。") % {
            "today": today.isoformat(),
            "end": agreement.term_end.isoformat(),
            "found": day.isoformat(),
        }
        raise Invalid(text, fields={"last_day": [text]})


def consent(*, actor: Actor, request: TerminationRequest, decision: str = "") -> None:
    """The superior consents: the agreement is ended, its duties end with the last day.

    Raises Denied for everybody who does not stand above the party that asked, Conflict.
    """
    agreement = Agreement.objects.select_related("pairing", "amends", "supporter", "recipient").get(
        pk=request.agreement_id
    )
    with together():
        _decide(actor, request, "consent", decision)
        move(
            AGREEMENT,
            agreement,
            "end",
            actor=actor,
            reason=request.reason,
            changes={"ended_on": request.last_day, "ended_reason": request.reason},
        )
        tell_duties(
            agreement,
            actor=actor,
            on=request.last_day + dt.timedelta(days=1),
            reason=_("协议提前终止"),
        )


def refuse(*, actor: Actor, request: TerminationRequest, reason: str) -> None:
    """The superior does not consent: the agreement goes on. Raises Denied, Invalid, Conflict."""
    _decide(actor, request, "refuse", reason)


def _decide(actor: Actor, request: TerminationRequest, step: str, decision: str) -> None:
    require(actor, "agreement.consent", (request.superior_path,))
    move(
        TERMINATION,
        request,
        step,
        actor=actor,
        reason=decision,
        changes={
            "decided_by": actor.user_id,
            "decided_at": timezone.now(),
            "decision": decision.strip(),
        },
    )


def take_back(*, actor: Actor, request: TerminationRequest) -> None:
    """The side that asked takes its request back. Raises Denied, Conflict."""
    agreement = request.agreement
    require_side(actor, "agreement.approve", agreement, side_named(request.side))
    move(TERMINATION, request, "withdraw", actor=actor)
