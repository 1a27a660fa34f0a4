"""Submissions of front pages: open, send in pieces, finish, look at the report, sign off, take back."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import FileResponse
from ninja import File, Form, Router, UploadedFile
from pydantic import BeforeValidator, Field

from duikou.core.exports import XLSX
from duikou.core.rest import (
    Answer,
    Because,
    Body,
    Call,
    Id,
    Limit,
    Line,
    Offset,
    Page,
    Ref,
    Versioned,
    operation,
    page_of,
)
from duikou.core.rest.types import from_address
from duikou.core.scope import Actor
from duikou.wings.discharges import months, rules
from duikou.wings.discharges.actions import signing, uploads
from duikou.wings.discharges.api._common import Month
from duikou.wings.discharges.models import Submission
from duikou.wings.discharges.queries import submissions as queries
from duikou.wings.discharges.queries.worklist import worklist
from duikou.wings.discharges.workflows import SUBMISSION

router = Router(tags=["discharges"])
ALL, ONE = "/discharge-submissions", "/discharge-submissions/{submission_id}"
VIEW: dict[str, Any] = {"permission": "discharge.view"}
SUBMIT: dict[str, Any] = {"permission": "discharge.submit"}
SIGN: dict[str, Any] = {"permission": "discharge.sign"}

State = Literal[
    "receiving",
    "checking",
    "checked",
    "signed",
    "committed",
    "retracting",
    "refused",
    "withdrawn",
    "replaced",
]
Sha256 = Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$", max_length=64)]
Bytes = Annotated[int, Field(ge=0, le=2**40)]
At = Annotated[int, Field(ge=0, le=2**40), BeforeValidator(from_address)]


class SubmissionItem(Answer):
    """One file of one hospital and month. While `receiving`, the next piece begins at `received`."""

    id: int
    batch: str
    hospital_id: int
    hospital: str
    month: str
    number: int
    state: State
    version: int
    demonstration: bool
    filename: str
    size: int
    received: int
    sha256: str
    layout: str
    encoding: str
    rows: int
    accepted: int
    rejected: int
    faults: int
    grouped: int
    unmapped: int
    residence_unknown: int
    completeness: float | None
    scheme: str | None
    submitted_by: str | None
    submitted_at: dt.datetime
    signed_by: str | None
    signed_at: dt.datetime | None
    committed_at: dt.datetime | None
    store_version: int | None
    replaced_by: int | None
    job_id: str


class FaultItem(Answer):
    """How often one rule was broken; `reject`: such rows are kept apart."""

    rule: str
    severity: Literal["reject", "warn", "note"]
    column: str
    count: int
    title: str
    title_en: str


class SubmissionDetail(SubmissionItem):
    """With its report and the steps that the caller may take now."""

    refusal: str | None
    refusal_en: str | None
    fault_counts: list[FaultItem]
    steps: list[str]


COLUMNS = (
    "id", "batch", "hospital_id", "number", "state", "version", "demonstration", "filename", "size",
    "received", "sha256", "layout", "encoding", "rows", "accepted", "rejected", "faults", "grouped",
    "unmapped", "residence_unknown", "submitted_at", "signed_at", "committed_at", "store_version", "job_id",
)  # fmt: skip


def _item(row: Submission) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in COLUMNS},
        "hospital": row.hospital.name,
        "month": row.period,
        "completeness": None if row.completeness is None else row.completeness / 10_000,
        "scheme": str(row.scheme) if row.scheme else None,
        "submitted_by": str(row.submitted_by) if row.submitted_by else None,
        "signed_by": str(row.signed_by) if row.signed_by else None,
        "replaced_by": row.replaced_by_id,
    }


def _detail(actor: Actor, pk: int) -> dict[str, Any]:
    row = queries.submission(actor, pk)
    return {
        **_item(row),
        "refusal": row.refusal["zh"] if row.refusal else None,
        "refusal_en": row.refusal["en"] if row.refusal else None,
        "fault_counts": [
            {
                **{name: getattr(entry, name) for name in ("rule", "severity", "column", "count")},
                "title": (title := rules.title(entry.rule)).zh,
                "title_en": title.en,
            }
            for entry in row.fault_counts.all()
        ],
        "steps": [step.id for step in SUBMISSION.available(row, actor)],
    }


@operation(router, "GET", ALL, response=Page[SubmissionItem], zh="病案首页报送批次", en="Submissions", **VIEW)
def list_submissions(
    request: Call,
    state: State | None = None,
    month: Month | None = None,
    hospital: Id | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """Of the caller's area, newest month first."""
    rows = queries.submissions(request.actor)
    if state:
        rows = rows.filter(state=state)
    if month:
        rows = rows.filter(month=int(month.replace("-", "")))
    if hospital:
        rows = rows.filter(hospital_id=hospital)
    return page_of(rows, limit, offset, _item)


class NewSubmission(Body):
    """What will be sent; `sha256` of the whole file lets an unfinished upload go on."""

    hospital_id: Ref
    month: Month
    filename: Line
    size: Bytes
    sha256: Sha256 = ""


@operation(
    router, "POST", ALL, response=SubmissionDetail, status=201, zh="开始上传", en="Begin an upload", **SUBMIT
)
def open_submission(request: Call, body: NewSubmission) -> Any:
    """Then send the pieces in order, each at most 8 MB, and finish."""
    row = uploads.open_submission(actor=request.actor, **body.model_dump())
    return _detail(request.actor, row.pk)


@operation(router, "GET", ONE, response=SubmissionDetail, zh="一个批次", en="One submission", **VIEW)
def get_submission(request: Call, submission_id: Id) -> Any:
    """Its state, report and next steps."""
    return _detail(request.actor, submission_id)


@operation(
    router, "POST", f"{ONE}/pieces", response=SubmissionDetail, zh="上传一段", en="Send a piece", **SUBMIT
)
def send_piece(
    request: Call,
    submission_id: Id,
    file: File[UploadedFile],
    offset: Form[At],
    sha256: Form[Sha256] = "",
) -> Any:
    """At `offset` bytes, with its own digest; 409 tells where to go on when another piece is due."""
    row = queries.submission(request.actor, submission_id)
    uploads.receive_chunk(
        actor=request.actor,
        submission=row,
        offset=offset,
        content=file.read(uploads.MAX_CHUNK + 1),
        sha256=sha256,
    )
    return _detail(request.actor, submission_id)


class Finish(Body):
    """The digest of the whole file, when it was not given at the beginning."""

    sha256: Sha256 = ""


@operation(
    router, "POST", f"{ONE}/finish", response=SubmissionDetail, zh="上传完成", en="Finish an upload", **SUBMIT
)
def finish_submission(request: Call, submission_id: Id, body: Finish) -> Any:
    """Compare the digest; the file is then checked in the background (see `job_id`)."""
    row = queries.submission(request.actor, submission_id)
    uploads.finish_upload(actor=request.actor, submission=row, sha256=body.sha256)
    return _detail(request.actor, submission_id)


@operation(router, "POST", f"{ONE}/sign", response=SubmissionDetail, zh="签发", en="Sign off", **SIGN)
def sign_submission(request: Call, submission_id: Id, body: Versioned) -> Any:
    """The accepted rows are committed in the background, in the place of the month's former ones."""
    row = queries.submission(request.actor, submission_id)
    row.version = body.version
    signing.sign(actor=request.actor, submission=row)
    return _detail(request.actor, submission_id)


@operation(
    router, "POST", f"{ONE}/withdraw", response=SubmissionDetail, zh="撤回批次", en="Withdraw", **SUBMIT
)
def withdraw_submission(request: Call, submission_id: Id) -> Any:
    """Of a file that was not signed; it stays on record."""
    uploads.withdraw(actor=request.actor, submission=queries.submission(request.actor, submission_id))
    return _detail(request.actor, submission_id)


@operation(
    router, "POST", f"{ONE}/recheck", response=SubmissionDetail, zh="重新校验", en="Check again", **SUBMIT
)
def recheck_submission(request: Call, submission_id: Id) -> Any:
    """E.g. after a new mapping of codes, while the file is still there."""
    uploads.recheck(actor=request.actor, submission=queries.submission(request.actor, submission_id))
    return _detail(request.actor, submission_id)


@operation(
    router,
    "POST",
    f"{ONE}/retract",
    response=SubmissionDetail,
    zh="撤回已入库的批次",
    en="Take committed rows back",
    **SIGN,
)
def retract_submission(request: Call, submission_id: Id, body: Because) -> Any:
    """In the background; the store's history keeps them readable."""
    row = queries.submission(request.actor, submission_id)
    signing.retract(actor=request.actor, submission=row, reason=body.reason)
    return _detail(request.actor, submission_id)


class QuarantinedItem(Answer):
    """A row kept apart: its text as it came in, without columns of persons, and the rules that it breaks."""

    row: int
    raw: dict[str, str | None]
    faults: list[str]


@operation(
    router,
    "GET",
    f"{ONE}/quarantine",
    response=Page[QuarantinedItem],
    zh="隔离的行",
    en="Rows kept apart",
    **SUBMIT,
)
def list_quarantine(
    request: Call, submission_id: Id, rule: Line = "", limit: Limit = 50, offset: Offset = 0
) -> Any:
    """For those who submit for the hospital."""
    row = queries.submission(request.actor, submission_id)
    return page_of(queries.quarantine(request.actor, row, rule), limit, offset)


@operation(
    router,
    "GET",
    f"{ONE}/faults.xlsx",
    response=None,
    media=XLSX,
    zh="问题清单（xlsx）",
    en="Faults as a workbook",
    **SUBMIT,
)
def download_faults(request: Call, submission_id: Id) -> FileResponse:
    """To correct the records by."""
    path, name = queries.workbook(request.actor, queries.submission(request.actor, submission_id))
    return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=XLSX)


class WorklistCell(Answer):
    """One month of a hospital; no id: nothing was submitted."""

    month: str
    submission_id: int | None
    state: State | Literal[""]


class WorklistLine(Answer):
    """One hospital with its twelve months."""

    hospital_id: int
    hospital: str
    county: str
    city: str
    missing: int
    months: list[WorklistCell]


@operation(
    router,
    "GET",
    "/discharge-worklist",
    response=Page[WorklistLine],
    zh="报送进度",
    en="Missing months",
    **VIEW,
)
def list_missing_months(
    request: Call, until: Month | None = None, limit: Limit = 50, offset: Offset = 0
) -> Any:
    """Hospitals of the caller's area by the twelve months up to `until` (default: the last that is over)."""
    found = worklist(request.actor, months.parse(until) if until else None)
    return page_of(
        found.lines,
        limit,
        offset,
        lambda line: {
            "hospital_id": line.id,
            "hospital": line.name,
            "county": line.county,
            "city": line.city,
            "missing": line.missing,
            "months": [
                {"month": months.shown(cell.month), "submission_id": cell.pk, "state": cell.state}
                for cell in line.cells
            ],
        },
    )
