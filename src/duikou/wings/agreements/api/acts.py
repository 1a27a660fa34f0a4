"""What both sides do with a text: send, remark, agree, return, sign; originals and filing."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import File, Form, Router, UploadedFile
from pydantic import Field

from duikou.core import documents as store
from duikou.core.rest import Body, Call, Code, Day, Id, Reason, Small, Versioned, operation
from duikou.wings.agreements.actions import reviewing, signing
from duikou.wings.agreements.actions.signing import Upload
from duikou.wings.agreements.api.agreements import ONE
from duikou.wings.agreements.api.schemas import (
    AgreementDetail,
    AgreementSide,
    MaybeName,
    PersonName,
    agreement_detail,
)
from duikou.wings.agreements.models import Agreement
from duikou.wings.agreements.queries import agreements as queries

router = Router(tags=["agreements"])
EDIT: dict[str, Any] = {"permission": "agreement.edit"}
APPROVE: dict[str, Any] = {"permission": "agreement.approve"}
MANAGE: dict[str, Any] = {"permission": "agreement.manage"}


def as_seen(request: Call, pk: int, version: int) -> Agreement:
    """The agreement as the caller has read it."""
    row = queries.agreement(request.actor, pk)
    row.version = version
    return row


def upload_of(file: UploadedFile) -> Upload:
    """A file that came with a call."""
    return Upload(file.read(store.MOST_BYTES + 1), file.name or "")


class SeenBecause(Versioned):
    """A step with its reason."""

    reason: Reason


class OneSide(Versioned):
    """The party in whose name the caller speaks."""

    side: AgreementSide


class SideBecause(OneSide):
    """A party's step with its reason."""

    reason: Reason


class OnDay(Versioned):
    """The day on which it happened."""

    on: Day


@operation(router, "POST", f"{ONE}/send", response=AgreementDetail, zh="送双方审议", en="Send", **EDIT)
def send_agreement(request: Call, agreement_id: Id, body: Versioned) -> Any:
    """To both sides; 409 when the clause check refuses the text."""
    reviewing.send(actor=request.actor, agreement=as_seen(request, agreement_id, body.version))
    return agreement_detail(request.actor, agreement_id)


@operation(router, "POST", f"{ONE}/agree", response=AgreementDetail, zh="一方同意", en="Agree", **APPROVE)
def agree_to_agreement(request: Call, agreement_id: Id, body: OneSide) -> Any:
    """For one side; with both it can be signed."""
    row = as_seen(request, agreement_id, body.version)
    reviewing.agree(actor=request.actor, agreement=row, side=body.side)
    return agreement_detail(request.actor, agreement_id)


@operation(router, "POST", f"{ONE}/return", response=AgreementDetail, zh="一方退回", en="Return", **APPROVE)
def return_agreement(request: Call, agreement_id: Id, body: SideBecause) -> Any:
    """For one side, with a reason."""
    row = as_seen(request, agreement_id, body.version)
    reviewing.send_back(actor=request.actor, agreement=row, side=body.side, reason=body.reason)
    return agreement_detail(request.actor, agreement_id)


@operation(router, "POST", f"{ONE}/reopen", response=AgreementDetail, zh="重新修改", en="Reopen", **EDIT)
def reopen_agreement(request: Call, agreement_id: Id, body: SeenBecause) -> Any:
    """Before both have signed; both must agree anew."""
    row = as_seen(request, agreement_id, body.version)
    reviewing.reopen(actor=request.actor, agreement=row, reason=body.reason)
    return agreement_detail(request.actor, agreement_id)


@operation(router, "POST", f"{ONE}/withdraw", response=AgreementDetail, zh="撤回草稿", en="Withdraw", **EDIT)
def withdraw_agreement(request: Call, agreement_id: Id, body: SeenBecause) -> Any:
    """A draft that is given up stays on record."""
    row = as_seen(request, agreement_id, body.version)
    reviewing.withdraw(actor=request.actor, agreement=row, reason=body.reason)
    return agreement_detail(request.actor, agreement_id)


class NewComment(Body):
    """A remark on the newest text, or on one of its clauses."""

    text: Annotated[str, Field(min_length=1, max_length=1000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
    clause: Code | None = None


@operation(
    router,
    "POST",
    f"{ONE}/comments",
    response=AgreementDetail,
    status=201,
    zh="批注",
    en="Comment",
    **EDIT,
)
def comment_on_agreement(request: Call, agreement_id: Id, body: NewComment) -> Any:
    """Until it is signed."""
    row = queries.agreement(request.actor, agreement_id)
    reviewing.comment(actor=request.actor, agreement=row, text=body.text, clause=body.clause or "")
    return agreement_detail(request.actor, agreement_id)


@operation(
    router,
    "POST",
    f"{ONE}/comments/{{comment_id}}/settle",
    response=AgreementDetail,
    zh="了结批注",
    en="Settle a comment",
    **EDIT,
)
def settle_agreement_comment(request: Call, agreement_id: Id, comment_id: Id) -> Any:
    """It has been dealt with."""
    row = queries.agreement(request.actor, agreement_id)
    reviewing.settle_comment(actor=request.actor, agreement=row, comment_id=comment_id)
    return agreement_detail(request.actor, agreement_id)


@operation(
    router,
    "POST",
    f"{ONE}/signatures",
    response=AgreementDetail,
    zh="登记签署",
    en="Record a signature",
    **APPROVE,
)
def sign_agreement(
    request: Call,
    agreement_id: Id,
    version: Form[Small],
    side: Form[AgreementSide],
    signatory: Form[PersonName],
    on: Form[Day],
    file: File[UploadedFile],
    post: Form[MaybeName] = "",
) -> Any:
    """For one side, with the page of seals; with both it is in force from the later day."""
    signing.sign(
        actor=request.actor,
        agreement=as_seen(request, agreement_id, version),
        side=side,
        signatory=signatory,
        post=post,
        on=on,
        scan=upload_of(file),
    )
    return agreement_detail(request.actor, agreement_id)


@operation(
    router,
    "POST",
    f"{ONE}/originals/{{original_number}}",
    response=AgreementDetail,
    zh="收到原件",
    en="Receive an original",
    permission="agreement.view",
)
def receive_agreement_original(request: Call, agreement_id: Id, original_number: Small, body: OnDay) -> Any:
    """Only its holder confirms it."""
    row = as_seen(request, agreement_id, body.version)
    signing.receive_original(actor=request.actor, agreement=row, number=original_number, on=body.on)
    return agreement_detail(request.actor, agreement_id)


@operation(
    router,
    "POST",
    f"{ONE}/copy",
    response=AgreementDetail,
    zh="报送备案件",
    en="Send the copy to file",
    **EDIT,
)
def send_agreement_copy(request: Call, agreement_id: Id, body: OnDay) -> Any:
    """To the provincial office."""
    row = as_seen(request, agreement_id, body.version)
    signing.send_copy(actor=request.actor, agreement=row, on=body.on)
    return agreement_detail(request.actor, agreement_id)


@operation(
    router, "POST", f"{ONE}/receipt", response=AgreementDetail, zh="确认收存", en="Confirm the copy", **MANAGE
)
def confirm_agreement_copy(request: Call, agreement_id: Id, body: OnDay) -> Any:
    """By the provincial office; the receipt gets its number."""
    row = as_seen(request, agreement_id, body.version)
    signing.confirm_copy(actor=request.actor, agreement=row, on=body.on)
    return agreement_detail(request.actor, agreement_id)
