"""What is done in the ledger. `obligation.view` opens the door; each act asks for its own permission at the
place of the side that it speaks for, so that deputies come in too."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import File, Form, Router, UploadedFile
from pydantic import BeforeValidator, Field

from duikou.core.documents import MOST_BYTES
from duikou.core.rest import Body, Call, Code, Count, Day, Id, Line, Versioned, Yes, operation
from duikou.core.rest.types import MOST_COUNT, TEXT_PATTERN, from_address
from duikou.wings.obligations.actions import changes, targets
from duikou.wings.obligations.actions import evidence as evidence_actions
from duikou.wings.obligations.actions.evidence import File as Handed
from duikou.wings.obligations.actions.statements import state
from duikou.wings.obligations.api.ledger import ObligationDetail, SaysName, SideName, answer
from duikou.wings.obligations.queries import ledger as queries
from duikou.wings.obligations.standing import Says, Side

router = Router(tags=["obligations"])
VIEW: dict[str, Any] = {"permission": "obligation.view", "response": ObligationDetail}
ONE, PIECE = "/obligations/{obligation_id}", "/obligation-evidence/{evidence_id}"
Note = Annotated[str, Field(max_length=500, pattern=TEXT_PATTERN)]
Number = Annotated[int, Field(ge=0, le=MOST_COUNT), BeforeValidator(from_address)]


class NewStatement(Versioned):
    """What one side says. "unmet" needs a note; `quantity` left out: that of the evidence or of the other."""

    says: SaysName
    side: SideName | None = None
    quantity: Count | None = None
    note: Note = ""


@operation(router, "POST", f"{ONE}/statements", zh="填报履行情况", en="Say how it stands", **VIEW)
def state_obligation(request: Call, obligation_id: Id, data: NewStatement) -> Any:
    """For one side: delivered (the owner), verified or unmet (the others), or taken back."""
    one = queries.obligation(request.actor, obligation_id)
    state(
        actor=request.actor,
        obligation=one,
        version=data.version,
        says=Says(data.says),
        side=Side(data.side) if data.side else None,
        quantity=data.quantity,
        note=data.note,
    )
    return answer(request, obligation_id)


class NewEvidence(Body):
    """Work on record in another wing (`reference`), or a note with a number."""

    kind: Code
    reference: Line = ""
    quantity: Count | None = None
    on: Day | None = None
    note: Note = ""


@operation(router, "POST", f"{ONE}/evidence", zh="提交佐证", en="Give evidence", **VIEW)
def attach_evidence(request: Call, obligation_id: Id, data: NewEvidence) -> Any:
    """By the owner of the obligation, of a kind that its clause accepts."""
    one = queries.obligation(request.actor, obligation_id)
    evidence_actions.attach(
        actor=request.actor,
        obligation=one,
        kind=data.kind,
        reference=data.reference,
        quantity=data.quantity,
        on=data.on,
        note=data.note,
    )
    return answer(request, obligation_id)


@operation(router, "POST", f"{ONE}/files", zh="上传佐证文件", en="Give a file as evidence", **VIEW)
def attach_evidence_file(
    request: Call,
    obligation_id: Id,
    file: File[UploadedFile],
    kind: Form[Code],
    on: Form[Day],
    quantity: Form[Number] = 1,
) -> Any:
    """.pdf, .docx, .xlsx, .png or .jpeg, told by the content; kept as it came."""
    one = queries.obligation(request.actor, obligation_id)
    evidence_actions.attach(
        actor=request.actor,
        obligation=one,
        kind=kind,
        quantity=quantity,
        on=on,
        file=Handed(file.name or "", file.read(MOST_BYTES + 1)),
    )
    return answer(request, obligation_id)


class NewVerdict(Versioned):
    """What the other party or an authority thinks of evidence; "" takes the own verdict back."""

    verdict: Literal["accepted", "rejected", ""]
    side: SideName | None = None
    reason: Note = ""


@operation(router, "POST", f"{PIECE}/verdicts", zh="核实佐证", en="Judge evidence", **VIEW)
def judge_evidence(request: Call, evidence_id: Id, data: NewVerdict) -> Any:
    """Never by the side, or the person, that gave it. A rejection needs a reason."""
    row = queries.evidence(request.actor, evidence_id)
    evidence_actions.judge(
        actor=request.actor,
        evidence=row,
        version=data.version,
        verdict=data.verdict,
        reason=data.reason,
        side=Side(data.side) if data.side else None,
    )
    return answer(request, row.obligation_id)


class EvidenceWithdrawal(Versioned):
    """Why evidence is taken back."""

    reason: Note


@operation(router, "POST", f"{PIECE}/withdrawal", zh="撤回佐证", en="Withdraw evidence", **VIEW)
def withdraw_evidence(request: Call, evidence_id: Id, data: EvidenceWithdrawal) -> Any:
    """By the side that gave it, while nobody has accepted it; it stays on record."""
    row = queries.evidence(request.actor, evidence_id)
    evidence_actions.withdraw(actor=request.actor, evidence=row, version=data.version, reason=data.reason)
    return answer(request, row.obligation_id)


@operation(
    router, "POST", f"{PIECE}/renewal", zh="按新数字提交佐证", en="Give evidence by its new figure", **VIEW
)
def renew_evidence(request: Call, evidence_id: Id, data: Versioned) -> Any:
    """Where `figure_now` is set, by the side that gave it; the earlier piece stays on record."""
    row = queries.evidence(request.actor, evidence_id)
    changes.renew(actor=request.actor, evidence=row, version=data.version)
    return answer(request, row.obligation_id)


class NewTarget(Body):
    """A number for a target that the documents leave open."""

    target: Count


@operation(router, "POST", f"{ONE}/targets", zh="提出目标", en="Propose a target", **VIEW)
def propose_target(request: Call, obligation_id: Id, data: NewTarget) -> Any:
    """By one of the parties; it holds once the other has agreed."""
    one = queries.obligation(request.actor, obligation_id)
    targets.propose(actor=request.actor, obligation=one, target=data.target)
    return answer(request, obligation_id)


class TargetAnswer(Versioned):
    """Yes, or no with a reason."""

    agree: Yes
    reason: Note = ""


@operation(
    router,
    "POST",
    "/obligation-targets/{target_proposal_id}/answer",
    zh="答复目标",
    en="Answer a target",
    **VIEW,
)
def answer_target(request: Call, target_proposal_id: Id, data: TargetAnswer) -> Any:
    """By the party that did not propose it; agreed, it holds for all open periods of the duty."""
    row = queries.proposal(request.actor, target_proposal_id)
    one = queries.of_duty(request.actor, row)
    targets.answer(
        actor=request.actor,
        obligation=one,
        proposal=row,
        version=data.version,
        agree=data.agree,
        reason=data.reason,
    )
    return answer(request, one.pk)
