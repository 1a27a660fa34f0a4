"""Agreements: lists, one with all that belongs to it, drafts, texts, comparisons, files."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpResponse
from django.utils import timezone
from ninja import File, Form, Router, UploadedFile
from pydantic import Field

from duikou.core import documents as store
from duikou.core.rest import (
    Answer,
    Body,
    Call,
    Code,
    Day,
    Flag,
    FormLine,
    Id,
    Limit,
    Offset,
    Page,
    Ref,
    Small,
    Versioned,
    operation,
    page_of,
)
from duikou.wings.agreements import papers
from duikou.wings.agreements.actions import drafting
from duikou.wings.agreements.actions.drafting import Terms
from duikou.wings.agreements.api.schemas import (
    AgreementDetail,
    AgreementItem,
    AgreementKind,
    AgreementState,
    MaybeName,
    TextDetail,
    Words,
    agreement_detail,
    agreement_item,
    text_detail,
)
from duikou.wings.agreements.queries import agreements as queries
from duikou.wings.agreements.queries.comparing import differences
from duikou.wings.agreements.queries.duties import template_of
from duikou.wings.agreements.queries.rounds import late_condition
from duikou.wings.pairings.queries import pairings as pairing_queries
from duikou.wings.pairings.queries.rounds import rounds

router = Router(tags=["agreements"])
ALL, ONE = "/agreements", "/agreements/{agreement_id}"
TEXT = f"{ONE}/texts/{{text_number}}"
VIEW: dict[str, Any] = {"permission": "agreement.view"}
EDIT: dict[str, Any] = {"permission": "agreement.edit"}
RoundKey = Annotated[str, Field(min_length=1, max_length=50, pattern=r"^[A-Za-z0-9_\-]+$")]


@operation(router, "GET", ALL, response=Page[AgreementItem], zh="协议", en="Agreements", **VIEW)
def list_agreements(
    request: Call,
    round: RoundKey | None = None,
    kind: AgreementKind | None = None,
    state: AgreementState | None = None,
    hospital: Id | None = None,
    late: Flag | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """Of the caller's area; `late`: not signed by the deadline of their round's policy pack."""
    rows = queries.agreements(request.actor)
    if round:
        rows = rows.filter(pairing__round__key=round)
    if kind:
        rows = rows.filter(kind=kind)
    if state:
        rows = rows.filter(state=state)
    if hospital:
        rows = rows.filter(supporter_id=hospital) | rows.filter(recipient_id=hospital)
    if late is not None:
        condition = late_condition(list(rounds()), timezone.localdate())
        rows = rows.filter(condition) if late else rows.exclude(pk__in=rows.filter(condition))
    return page_of(rows, limit, offset, agreement_item)


@operation(router, "GET", ONE, response=AgreementDetail, zh="一份协议", en="One agreement", **VIEW)
def get_agreement(request: Call, agreement_id: Id) -> Any:
    """With its texts, decisions, signatures, originals, filing, changes, and the caller's next steps."""
    return agreement_detail(request.actor, agreement_id)


class TermsBody(Body):
    """Days and representatives; what is left out comes from the pairing and the day."""

    drafted_on: Day | None = None
    term_start: Day | None = None
    term_end: Day | None = None
    supporter_representative: MaybeName = ""
    recipient_representative: MaybeName = ""

    def terms(self) -> Terms:
        """As the actions take them."""
        return Terms(
            self.drafted_on,
            self.term_start,
            self.term_end,
            self.supporter_representative,
            self.recipient_representative,
        )


class NewAgreement(TermsBody):
    """A draft of a pairing; without a kind, what the form of the pairing asks for."""

    pairing_id: Ref
    kind: AgreementKind | None = None
    specialty: Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9_\-]*$")] = ""


@operation(
    router, "POST", ALL, response=AgreementDetail, status=201, zh="起草协议", en="Draft an agreement", **EDIT
)
def create_agreement(request: Call, body: NewAgreement) -> Any:
    """From the template of its kind, as Word and PDF; the check follows at once."""
    row = drafting.create_draft(
        actor=request.actor,
        pairing=pairing_queries.pairing(request.actor, body.pairing_id),
        kind=body.kind or "",
        specialty=body.specialty,
        terms=body.terms(),
    )
    return agreement_detail(request.actor, row.pk)


class ChangedTerms(TermsBody, Versioned):
    """Days and representatives of a draft."""


@operation(
    router,
    "PUT",
    f"{ONE}/terms",
    response=AgreementDetail,
    zh="变更代表或期限",
    en="Change the terms",
    **EDIT,
)
def change_agreement_terms(request: Call, agreement_id: Id, body: ChangedTerms) -> Any:
    """The text is printed anew with them."""
    row = queries.agreement(request.actor, agreement_id)
    row.version = body.version
    drafting.change_terms(actor=request.actor, agreement=row, terms=body.terms())
    return agreement_detail(request.actor, agreement_id)


# ---------------------------------------------------------------- texts


@operation(router, "GET", TEXT, response=TextDetail, zh="协议文本", en="One text", **VIEW)
def get_agreement_text(request: Call, agreement_id: Id, text_number: Small) -> Any:
    """Its words and what the clause check says, clause by clause with both texts."""
    return text_detail(queries.version(queries.agreement(request.actor, agreement_id), text_number))


class ClauseText(Body):
    """The words of one clause; `target` is the figure agreed on where the documents leave it open."""

    clause: Code
    text: Words
    target: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


class AddedClause(Body):
    """A clause that the parties add under a heading of the template."""

    heading: Code
    text: Words


class NewText(Versioned):
    """A whole text: a clause that is left out is missing."""

    clauses: Annotated[list[ClauseText], Field(max_length=200)]
    added: Annotated[list[AddedClause], Field(max_length=40)] = []
    others: Words = ""
    note: Annotated[str, Field(max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


@operation(
    router,
    "POST",
    f"{ONE}/texts",
    response=TextDetail,
    status=201,
    zh="提交新版文本",
    en="Write another text",
    **EDIT,
)
def write_agreement_text(request: Call, agreement_id: Id, body: NewText) -> Any:
    """A new version; a text that the check refuses is kept, but cannot be sent, agreed to or signed."""
    row = queries.agreement(request.actor, agreement_id)
    row.version = body.version
    content = papers.edited(
        papers.kept_template(row),
        texts={one.clause: one.text for one in body.clauses},
        targets={one.clause: one.target for one in body.clauses},
        added=[(one.heading, one.text) for one in body.added],
        others=body.others,
    )
    made = drafting.edit_text(actor=request.actor, agreement=row, content=content, note=body.note)
    return text_detail(made)


@operation(
    router,
    "POST",
    f"{ONE}/text-files",
    response=TextDetail,
    status=201,
    zh="上传文本（docx）",
    en="Upload a text (docx)",
    **EDIT,
)
def upload_agreement_text(
    request: Call,
    agreement_id: Id,
    file: File[UploadedFile],
    version: Form[Small],
    tracked: Form[Literal["refuse", "accept"]] = "refuse",
    note: Form[FormLine] = "",
) -> Any:
    """Kept exactly as it came, and checked; `tracked`: what becomes of tracked changes."""
    row = queries.agreement(request.actor, agreement_id)
    row.version = version
    made = drafting.upload_text(
        actor=request.actor,
        agreement=row,
        content=file.read(store.MOST_BYTES + 1),
        filename=file.name or "",
        accept_changes=tracked == "accept",
        note=note,
    )
    return text_detail(made)


class DifferencePart(Answer):
    """A run of characters: in both texts, only in the older, or only in the newer one."""

    kind: Literal["same", "gone", "new"]
    text: str


class DifferenceItem(Answer):
    """One clause in both texts."""

    kind: Literal["same", "changed", "new", "gone"]
    title: str
    title_en: str
    parts: list[DifferencePart]


@operation(
    router,
    "GET",
    f"{TEXT}/differences",
    response=list[DifferenceItem],
    zh="比较两版文本",
    en="Compare two texts",
    **VIEW,
)
def compare_agreement_texts(request: Call, agreement_id: Id, text_number: Small, earlier: Small = 1) -> Any:
    """Clause by clause, character by character, against the text `earlier`."""
    found = queries.agreement(request.actor, agreement_id)
    rows = differences(
        queries.version(found, earlier), queries.version(found, text_number), template_of(found)
    )
    return [
        {"kind": row.kind, "title": row.title.zh, "title_en": row.title.en, "parts": row.parts}
        for row in rows
    ]


@operation(
    router,
    "GET",
    f"{TEXT}/document.docx",
    response=None,
    media=store.KINDS["docx"].content_type,
    zh="协议文本（docx）",
    en="The text as Word",
    **VIEW,
)
def download_agreement_docx(request: Call, agreement_id: Id, text_number: Small) -> HttpResponse:
    """The file that was checked."""
    found = queries.agreement(request.actor, agreement_id)
    return store.download(queries.attachment(found, "text", text_number))


@operation(
    router,
    "GET",
    f"{TEXT}/document.pdf",
    response=None,
    media=store.KINDS["pdf"].content_type,
    zh="协议文本（PDF）",
    en="The text as PDF",
    **VIEW,
)
def download_agreement_pdf(request: Call, agreement_id: Id, text_number: Small) -> HttpResponse:
    """404 for a text that was uploaded: it has no printed edition."""
    found = queries.agreement(request.actor, agreement_id)
    return store.download(queries.attachment(found, "print", text_number))
