"""After signing: amendment, renewal, changes of a party, early ends."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import File, Form, Router, UploadedFile
from pydantic import Field

from duikou.core.rest import Body, Call, Day, Id, Reason, Small, operation
from duikou.wings.agreements.actions import ending, life
from duikou.wings.agreements.api.acts import as_seen, upload_of
from duikou.wings.agreements.api.agreements import ONE, TermsBody
from duikou.wings.agreements.api.schemas import (
    AgreementDetail,
    AgreementSide,
    PersonName,
    agreement_detail,
)
from duikou.wings.agreements.queries import agreements as queries

router = Router(tags=["agreements"])
EDIT: dict[str, Any] = {"permission": "agreement.edit"}
APPROVE: dict[str, Any] = {"permission": "agreement.approve"}
MANAGE: dict[str, Any] = {"permission": "agreement.manage"}
CONSENT: dict[str, Any] = {"permission": "agreement.consent"}
END = "/agreement-ends/{end_id}"


@operation(
    router, "POST", f"{ONE}/amend", response=AgreementDetail, status=201, zh="修订协议", en="Amend", **EDIT
)
def amend_agreement(request: Call, agreement_id: Id) -> Any:
    """A draft with the same text, which replaces the agreement once it is signed."""
    row = life.amend(actor=request.actor, agreement=queries.agreement(request.actor, agreement_id))
    return agreement_detail(request.actor, row.pk)


@operation(
    router, "POST", f"{ONE}/renew", response=AgreementDetail, status=201, zh="续签协议", en="Renew", **EDIT
)
def renew_agreement(request: Call, agreement_id: Id, body: TermsBody) -> Any:
    """A draft of the next term, from the day after the last one; 409 for a gap."""
    found = queries.agreement(request.actor, agreement_id)
    row = life.renew(actor=request.actor, agreement=found, terms=body.terms())
    return agreement_detail(request.actor, row.pk)


@operation(
    router,
    "POST",
    f"{ONE}/representatives",
    response=AgreementDetail,
    zh="法定代表人变更",
    en="Change of representative",
    **EDIT,
)
def change_agreement_representative(
    request: Call,
    agreement_id: Id,
    version: Form[Small],
    side: Form[AgreementSide],
    name: Form[PersonName],
    on: Form[Day],
    reason: Form[Reason],
    file: File[UploadedFile],
) -> Any:
    """It ends nothing."""
    life.change_representative(
        actor=request.actor,
        agreement=as_seen(request, agreement_id, version),
        side=side,
        name=name,
        on=on,
        reason=reason,
        paper=upload_of(file),
    )
    return agreement_detail(request.actor, agreement_id)


@operation(
    router,
    "POST",
    f"{ONE}/succession",
    response=AgreementDetail,
    zh="医院承继",
    en="Succession of a hospital",
    **MANAGE,
)
def succeed_in_agreement(
    request: Call,
    agreement_id: Id,
    version: Form[Small],
    side: Form[AgreementSide],
    on: Form[Day],
    reason: Form[Reason],
    file: File[UploadedFile],
) -> Any:
    """The hospital that took over a party, as the register says, takes its place."""
    life.succeed(
        actor=request.actor,
        agreement=as_seen(request, agreement_id, version),
        side=side,
        on=on,
        reason=reason,
        paper=upload_of(file),
    )
    return agreement_detail(request.actor, agreement_id)


@operation(
    router,
    "POST",
    f"{ONE}/ends",
    response=AgreementDetail,
    status=201,
    zh="申请提前终止",
    en="Ask to end early",
    **APPROVE,
)
def ask_to_end_agreement(
    request: Call,
    agreement_id: Id,
    side: Form[AgreementSide],
    last_day: Form[Day],
    reason: Form[Reason],
    file: File[UploadedFile],
) -> Any:
    """With reason and evidence, of the own superior."""
    ending.ask_to_end(
        actor=request.actor,
        agreement=queries.agreement(request.actor, agreement_id),
        side=side,
        last_day=last_day,
        reason=reason,
        evidence=upload_of(file),
    )
    return agreement_detail(request.actor, agreement_id)


class EndDecision(Body):
    """What the superior says to it."""

    decision: Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


class EndRefusal(Body):
    """Why the superior does not consent."""

    reason: Reason


@operation(
    router,
    "POST",
    f"{END}/consent",
    response=AgreementDetail,
    zh="批准终止",
    en="Consent to an end",
    **CONSENT,
)
def consent_to_end(request: Call, end_id: Id, body: EndDecision) -> Any:
    """By the superior of the party that asked; duties end with the last day."""
    asked = queries.termination(request.actor, end_id)
    ending.consent(actor=request.actor, request=asked, decision=body.decision)
    return agreement_detail(request.actor, asked.agreement_id)


@operation(
    router, "POST", f"{END}/refuse", response=AgreementDetail, zh="不批准终止", en="Refuse an end", **CONSENT
)
def refuse_end(request: Call, end_id: Id, body: EndRefusal) -> Any:
    """The agreement goes on."""
    asked = queries.termination(request.actor, end_id)
    ending.refuse(actor=request.actor, request=asked, reason=body.reason)
    return agreement_detail(request.actor, asked.agreement_id)


@operation(
    router,
    "POST",
    f"{END}/take-back",
    response=AgreementDetail,
    zh="撤回申请",
    en="Take a request back",
    **APPROVE,
)
def take_back_end(request: Call, end_id: Id) -> Any:
    """By the side that asked."""
    asked = queries.termination(request.actor, end_id)
    ending.take_back(actor=request.actor, request=asked)
    return agreement_detail(request.actor, asked.agreement_id)
