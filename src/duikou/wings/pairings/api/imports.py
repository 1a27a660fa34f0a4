"""Uploaded pairing tables: upload, preview with issues, repairs, commit as a whole, take back."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.http import HttpResponse
from ninja import File, Form, Router, UploadedFile

from duikou.core.exports import XLSX
from duikou.core.jobs.actions import request_job
from duikou.core.rest import (
    Answer,
    Because,
    Call,
    Id,
    Limit,
    Offset,
    Page,
    Versioned,
    operation,
    page_of,
)
from duikou.core.scope import Actor
from duikou.wings.pairings.actions import imports as actions
from duikou.wings.pairings.annexes import issue_from
from duikou.wings.pairings.api.schemas import RoundKey, Severity
from duikou.wings.pairings.jobs import audit_round_again
from duikou.wings.pairings.models import AnnexBatch, AnnexRow
from duikou.wings.pairings.queries import imports as queries
from duikou.wings.pairings.workflows import ANNEX_BATCH

router = Router(tags=["imports"])
ONE = "/annex-batches/{batch_id}"
State = Literal["uploaded", "preview", "refused", "committed", "withdrawn"]
IMPORT: dict[str, Any] = {"permission": "pairing.import"}


class IssueItem(Answer):
    """What is wrong, in Chinese and English: what was expected, what was found, where, what to do."""

    code: str
    severity: Severity
    position: int | None
    column: str | None
    where: str
    where_en: str
    expected: str
    expected_en: str
    found: str
    found_en: str
    repair: str
    repair_en: str
    repair_action: Literal["", "set", "drop"]
    repair_value: str | None


def _issue(values: dict[str, Any]) -> dict[str, Any]:
    issue = issue_from(values)
    place = issue.where.text
    return {
        "code": issue.code,
        "severity": issue.severity.value,
        "position": issue.position,
        "column": issue.field.value if issue.field else None,
        "where": place.zh,
        "where_en": place.en,
        "expected": issue.expected.zh,
        "expected_en": issue.expected.en,
        "found": issue.found.zh,
        "found_en": issue.found.en,
        "repair": issue.repair.zh,
        "repair_en": issue.repair.en,
        "repair_action": issue.repair_action.value,
        "repair_value": issue.repair_value,
    }


class BatchItem(Answer):
    """One uploaded table and its fate. `uploaded` means: being read in the background."""

    id: int
    round: str
    filename: str
    sha256: str
    kind: str
    encoding: str
    state: State
    version: int
    uploaded_by: str | None
    uploaded_at: dt.datetime
    committed_at: dt.datetime | None
    created: int
    already_there: int
    job_id: str


class TallyItem(Answer):
    """How a batch stands; `ready`: it can be committed."""

    rows: int
    dropped: int
    errors: int
    warnings: int
    repairable: int
    skipped: int
    ready: bool


class BatchDetail(BatchItem):
    """With its tally, the issues of the file itself, and the steps that the caller may take now."""

    refusal: IssueItem | None
    issues: list[IssueItem]
    tally: TallyItem
    steps: list[str]


def _item(batch: AnnexBatch) -> dict[str, Any]:
    columns = (
        "id", "filename", "sha256", "kind", "encoding", "state", "version", "uploaded_at", "committed_at",
        "created", "already_there", "job_id",
    )  # fmt: skip
    return {
        **{name: getattr(batch, name) for name in columns},
        "round": batch.round.key,
        "uploaded_by": str(batch.uploaded_by) if batch.uploaded_by else None,
    }


def batch_answer(actor: Actor, pk: int) -> dict[str, Any]:
    """A batch as every act on it answers."""
    batch = queries.batch(actor, pk)
    return {
        **_item(batch),
        "refusal": _issue(batch.refusal) if batch.refusal else None,
        "issues": [_issue(values) for values in batch.issues],
        "tally": queries.tally(batch, queries.batch_rows(batch)),
        "steps": [step.id for step in ANNEX_BATCH.available(batch, actor)],
    }


@operation(router, "GET", "/annex-batches", response=Page[BatchItem], zh="导入批次", en="Batches", **IMPORT)
def list_annex_batches(
    request: Call, state: State | None = None, limit: Limit = 50, offset: Offset = 0
) -> Any:
    """Of the caller's area, newest first."""
    rows = queries.batches(request.actor)
    return page_of(rows.filter(state=state) if state else rows, limit, offset, _item)


@operation(
    router,
    "POST",
    "/annex-batches",
    response=BatchDetail,
    status=201,
    zh="上传结对表",
    en="Upload a table",
    **IMPORT,
)
def upload_annex(request: Call, file: File[UploadedFile], round: Form[RoundKey]) -> Any:
    """Text of the plan, .docx, .xlsx, .xls, .ods or .csv; it is read in the background (see `job_id`)."""
    batch = actions.upload_annex(
        actor=request.actor,
        round_key=round,
        content=file.read(actions.MAX_BYTES + 1),
        filename=_printable(file.name or ""),
    )
    return batch_answer(request.actor, batch.pk)


def _printable(name: str) -> str:
    """The name of a file without what no database and no page can carry."""
    return "".join(sign for sign in name.encode("utf-8", "replace").decode() if sign.isprintable()) or "—"


@operation(router, "GET", ONE, response=BatchDetail, zh="一个批次", en="One batch", **IMPORT)
def get_annex_batch(request: Call, batch_id: Id) -> Any:
    """Its state, tally and the issues of the file itself; rows have their own list."""
    return batch_answer(request.actor, batch_id)


class RowCandidate(Answer):
    """A hospital that a printed name may mean; `why` in both languages."""

    key: str
    name: str
    score: float
    why: dict[str, str]


class BatchRow(Answer):
    """One row as read (`raw`: the cells as they came) and as resolved so far."""

    position: int
    dropped: bool
    edited: bool
    table: str
    group: str
    running_number: int | None
    supporter_printed: str
    supporter_key: str | None
    supporter: str | None
    supporter_resolution: str
    recipient_printed: str
    recipient_key: str | None
    recipient: str | None
    recipient_resolution: str
    start: dt.date | None
    end: dt.date | None
    kind: str
    departments: list[str]
    reason: str
    raw: dict[str, str]
    candidates: dict[str, list[RowCandidate]]
    issues: list[IssueItem]


def _row(row: AnnexRow) -> dict[str, Any]:
    columns = (
        "position", "dropped", "edited", "table", "group", "running_number", "supporter_printed",
        "supporter_resolution", "recipient_printed", "recipient_resolution", "start", "end", "kind",
        "departments", "reason", "raw", "candidates",
    )  # fmt: skip
    return {
        **{name: getattr(row, name) for name in columns},
        "supporter_key": row.supporter.key if row.supporter else None,
        "supporter": row.supporter.name if row.supporter else None,
        "recipient_key": row.recipient.key if row.recipient else None,
        "recipient": row.recipient.name if row.recipient else None,
        "issues": [_issue(values) for values in row.issues],
    }


@operation(
    router, "GET", f"{ONE}/rows", response=Page[BatchRow], zh="批次的行", en="Rows of a batch", **IMPORT
)
def list_annex_rows(
    request: Call,
    batch_id: Id,
    only: Literal["all", "issues", "errors", "dropped"] = "all",
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """In order; `only` narrows to rows with issues, with errors, or left out."""
    rows = queries.batch_rows(queries.batch(request.actor, batch_id))
    if only == "issues":
        rows = [row for row in rows if row.issues and not row.dropped]
    elif only == "errors":
        rows = [row for row in rows if not row.dropped and any(i["severity"] == "error" for i in row.issues)]
    elif only == "dropped":
        rows = [row for row in rows if row.dropped]
    return page_of(rows, limit, offset, _row)


@operation(
    router,
    "GET",
    f"{ONE}/issues.xlsx",
    response=None,
    media=XLSX,
    zh="问题清单（xlsx）",
    en="Issues as a workbook",
    **IMPORT,
)
def download_annex_issues(request: Call, batch_id: Id) -> HttpResponse:
    """To hand back to whoever made the table."""
    batch = queries.batch(request.actor, batch_id)
    answer = HttpResponse(queries.issues_workbook(batch), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="duikou-issues-{batch.pk}.xlsx"'
    return answer


@operation(
    router, "POST", f"{ONE}/commit", response=BatchDetail, zh="整批导入", en="Commit the batch", **IMPORT
)
def commit_annex(request: Call, batch_id: Id, body: Versioned) -> Any:
    """All rows or none; the round is audited in the background afterwards."""
    batch = queries.batch(request.actor, batch_id)
    batch.version = body.version
    actions.commit_batch(actor=request.actor, batch=batch)
    request_job(
        audit_round_again,
        batch.round.key,
        actor=request.actor,
        scope_path=batch.round.org.path or "",
        subject=str(batch.round),
        dedupe=f"audit-{batch.round_id}",
    )
    return batch_answer(request.actor, batch_id)


@operation(
    router, "POST", f"{ONE}/withdraw", response=BatchDetail, zh="撤回批次", en="Withdraw the batch", **IMPORT
)
def withdraw_annex(request: Call, batch_id: Id) -> Any:
    """Of a batch that was not committed; it stays on record."""
    actions.withdraw_batch(actor=request.actor, batch=queries.batch(request.actor, batch_id))
    return batch_answer(request.actor, batch_id)


@operation(
    router,
    "POST",
    f"{ONE}/revoke",
    response=BatchDetail,
    zh="撤销已导入的批次",
    en="Take a committed batch back",
    **IMPORT,
)
def revoke_annex(request: Call, batch_id: Id, body: Because) -> Any:
    """Its pairings go; refused while something has been built on them."""
    batch = queries.batch(request.actor, batch_id)
    actions.revoke_batch(actor=request.actor, batch=batch, reason=body.reason)
    return batch_answer(request.actor, batch_id)
