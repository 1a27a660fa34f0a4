"""What the operations of this wing take and answer."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import Field

from duikou.core.rest import Answer
from duikou.core.scope import Actor
from duikou.wings.agreements.models import Agreement, Version
from duikou.wings.agreements.queries import agreements as queries
from duikou.wings.agreements.workflows import AGREEMENT

AgreementKind = Literal["standard", "branch", "union", "target"]
AgreementState = Literal[
    "draft", "review", "approved", "signed", "filed", "expired", "ended", "replaced", "withdrawn"
]
AgreementSide = Literal["supporter", "recipient"]
PersonName = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$")]
MaybeName = Annotated[str, Field(max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$")]
Words = Annotated[str, Field(max_length=4000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]


class AgreementItem(Answer):
    """One agreement. `text` is the number of its newest text, `accepted` whether the check takes it."""

    id: int
    pairing_id: int
    round: str
    kind: AgreementKind
    specialty: str
    turn: int
    supporter_id: int
    supporter: str
    recipient_id: int
    recipient: str
    code: str
    state: AgreementState
    version: int
    text: int
    accepted: bool
    drafted_on: dt.date
    term_start: dt.date
    term_end: dt.date
    signed_on: dt.date | None
    filed_on: dt.date | None
    ended_on: dt.date | None
    amends: int | None
    renews: int | None
    demonstration: bool


_COLUMNS = (
    "id", "pairing_id", "kind", "specialty", "turn", "supporter_id", "recipient_id", "code", "state",
    "version", "accepted", "drafted_on", "term_start", "term_end", "signed_on", "filed_on", "ended_on",
    "demonstration",
)  # fmt: skip


def agreement_item(row: Agreement) -> dict[str, Any]:
    """An agreement as lists show it."""
    return {
        **{name: getattr(row, name) for name in _COLUMNS},
        "round": row.pairing.round.key,
        "supporter": row.supporter.name,
        "recipient": row.recipient.name,
        "text": row.latest,
        "amends": row.amends_id,
        "renews": row.renews_id,
    }


class TextItem(Answer):
    """One text, without its words."""

    number: int
    origin: Literal["template", "edited", "uploaded"]
    accepted: bool
    note: str
    made_at: dt.datetime
    sha256: str


class SideDecision(Answer):
    """What one side decided."""

    side: AgreementSide
    decision: Literal["agreed", "returned"]
    text: int
    reason: str
    at: dt.datetime


class SignatureItem(Answer):
    """Who signed for one side."""

    side: AgreementSide
    signatory: str
    post: str
    on: dt.date


class OriginalItem(Answer):
    """One of the four originals."""

    number: int
    holder: Literal["supporter", "recipient", "supporter_superior", "recipient_superior"]
    org: str
    handed_on: dt.date | None


class FilingItem(Answer):
    """The copy for the provincial office."""

    office: str
    sent_on: dt.date
    receipt: str
    received_on: dt.date | None


class PartyChange(Answer):
    """A change of a party; it ends nothing."""

    id: int
    kind: Literal["representative", "succession"]
    side: AgreementSide
    on: dt.date
    before: str
    after: str
    reason: str


class EndItem(Answer):
    """A request to end early."""

    id: int
    side: AgreementSide
    state: Literal["asked", "consented", "refused", "withdrawn"]
    last_day: dt.date
    reason: str
    superior: str
    decision: str


class CommentItem(Answer):
    """A remark; `clause` is empty for the whole text, `side` for an authority."""

    id: int
    text_number: int
    clause: str
    side: Literal["supporter", "recipient", ""]
    text: str
    at: dt.datetime
    settled: bool


class AgreementDetail(AgreementItem):
    """One agreement with all that belongs to it, and the steps that the caller may take now."""

    supporter_representative: str
    recipient_representative: str
    policy_pack: str
    template: str
    texts: list[TextItem]
    approvals: list[SideDecision]
    signatures: list[SignatureItem]
    originals: list[OriginalItem]
    filing: FilingItem | None
    events: list[PartyChange]
    ends: list[EndItem]
    comments: list[CommentItem]
    steps: list[str]


def agreement_detail(actor: Actor, pk: int) -> dict[str, Any]:
    """One agreement that the actor sees. Raises Missing."""
    found = queries.agreement(actor, pk)
    everything = queries.whole(found)
    return {
        **agreement_item(found),
        **{
            name: getattr(found, name)
            for name in ("supporter_representative", "recipient_representative", "policy_pack", "template")
        },
        "texts": [text_item(one) for one in everything.versions],
        "approvals": [
            {
                **{name: getattr(one, name) for name in ("side", "decision", "reason", "at")},
                "text": one.version.number,
            }
            for one in everything.approvals
        ],
        "signatures": everything.signatures,
        "originals": [
            {
                **{name: getattr(one, name) for name in ("number", "holder", "handed_on")},
                "org": one.org.name,
            }
            for one in everything.originals
        ],
        "filing": {
            **{name: getattr(everything.filing, name) for name in ("sent_on", "receipt", "received_on")},
            "office": everything.filing.office.name,
        }
        if everything.filing
        else None,
        "events": everything.events,
        "ends": [
            {
                **{
                    name: getattr(one, name)
                    for name in ("id", "side", "state", "last_day", "reason", "decision")
                },
                "superior": one.superior.name,
            }
            for one in everything.terminations
        ],
        "comments": [
            {
                **{name: getattr(one, name) for name in ("id", "clause", "side", "text", "at")},
                "text_number": one.version.number,
                "settled": one.settled_at is not None,
            }
            for one in everything.comments
        ],
        "steps": [step.id for step in AGREEMENT.available(found, actor)],
    }


def text_item(version: Version) -> dict[str, Any]:
    """A text without its words."""
    return {
        **{name: getattr(version, name) for name in ("number", "origin", "accepted", "note", "made_at")},
        "sha256": version.document.sha256,
    }


class ClauseRow(Answer):
    """One clause of a text; `id` is that of the template's clause, empty for what the parties added."""

    id: str
    heading: str
    text: str
    target: int | None = None


class Bilingual(Answer):
    """Words in both languages."""

    zh: str
    en: str


class ReasonItem(Answer):
    """Why a clause is weakened."""

    kind: str
    message: Bilingual
    wanted: str
    found: str


class JudgementItem(Answer):
    """One clause with both texts; `verdict`: kept, extended, weakened, missing or new."""

    verdict: Literal["kept", "extended", "weakened", "missing", "new"]
    clause: str
    title: Bilingual | None
    source: str
    rule: str
    wanted: str
    found: str
    place: Bilingual | None
    reasons: list[ReasonItem]


class FlagItem(Answer):
    """Something about the file or its form."""

    kind: str
    message: Bilingual
    place: Bilingual | None
    refuses: bool


class TextDetail(TextItem):
    """One text with its words and what the check says of it."""

    clauses: list[ClauseRow]
    others: str
    judgements: list[JudgementItem]
    flags: list[FlagItem]


def text_detail(version: Version) -> dict[str, Any]:
    """A text with its words and its verdict."""
    return {
        **text_item(version),
        "clauses": version.content.get("clauses", []),
        "others": version.content.get("others", ""),
        "judgements": version.verdict.get("judgements", []),
        "flags": version.verdict.get("flags", []),
    }
