"""Annual tasks, who does what of them, and lists as workbooks."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import File, Form, Router, UploadedFile
from pydantic import Field

from duikou.core.exports import XLSX
from duikou.core.rest import (
    Answer,
    Body,
    Call,
    Day,
    Id,
    Limit,
    Offset,
    Page,
    Position,
    Reason,
    Ref,
    Small,
    Versioned,
    operation,
    page_of,
)
from duikou.core.rest.types import TEXT_PATTERN
from duikou.wings.pairings.sheets import MAX_BYTES
from duikou.wings.plans import exports
from duikou.wings.plans.actions import imports, shares
from duikou.wings.plans.actions import tasks as actions
from duikou.wings.plans.api.schemas import (
    Long,
    Owner,
    Short,
    Side,
    TaskShareItem,
    TaskState,
    Word,
    YearTaskItem,
    share_item,
    task_item,
)
from duikou.wings.plans.models import TaskBatch
from duikou.wings.plans.queries import plans as plan_queries
from duikou.wings.plans.queries import tasks as queries
from duikou.wings.plans.values import TaskValues

router = Router(tags=["plans"])
VIEW: dict[str, Any] = {"permission": "plan.view"}
EDIT: dict[str, Any] = {"permission": "plan.edit"}
APPROVE: dict[str, Any] = {"permission": "plan.approve"}
ONE = "/year-tasks/{task_id}"


class YearTaskDetail(YearTaskItem):
    """A task with who does what of it."""

    shares: list[TaskShareItem]


def _detail(request: Call, task_id: int) -> dict[str, Any]:
    row = queries.task(request.actor, task_id)
    return {**task_item(row), "shares": [share_item(one) for one in queries.shares_of(row)]}


@operation(
    router, "GET", "/year-tasks", response=Page[YearTaskItem], zh="年度任务", en="Annual tasks", **VIEW
)
def list_year_tasks(
    request: Call,
    plan: Id | None = None,
    recipient: Id | None = None,
    year: Small | None = None,
    state: TaskState | None = None,
    owner: Owner | None = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Any:
    """Newest year first."""
    conditions = {"plan": plan, "recipient": recipient, "year": year, "state": state, "owner": owner}
    rows = queries.tasks(request.actor).filter(
        **{name: value for name, value in conditions.items() if value is not None}
    )
    return page_of(rows, limit, offset, task_item)


@operation(router, "GET", ONE, response=YearTaskDetail, zh="一项任务", en="One task", **VIEW)
def get_year_task(request: Call, task_id: Id) -> Any:
    """With its shares."""
    return _detail(request, task_id)


class YearTaskBody(Versioned):
    """A task. `version` is the plan's for a new one, the task's for a change."""

    title: Annotated[str, Field(min_length=1, max_length=120, pattern=TEXT_PATTERN)]
    due: Day
    one: Word = ""
    focus: Word = ""
    content: Long = ""
    specialty: Word = ""
    technique: Word = ""
    baseline: Short = ""
    target: Short = ""
    unit: Word = ""
    amount: Position | None = None
    period: Literal["once", "month", "quarter", "year"] = "once"
    evidence: Annotated[list[Word], Field(max_length=40)] = []
    owner: Owner = "supporter"

    def values(self) -> TaskValues:
        """As acts take it."""
        data = self.model_dump(exclude={"version"})
        return TaskValues(**{**data, "evidence": tuple(self.evidence)})


@operation(
    router,
    "POST",
    "/plans/{plan_id}/tasks",
    response=YearTaskDetail,
    status=201,
    zh="增加任务",
    en="Add a task",
    **EDIT,
)
def add_year_task(request: Call, plan_id: Id, body: YearTaskBody) -> Any:
    """To the draft of a year's list; 409 when the recipient has that one of the four ones in the year."""
    plan = plan_queries.plan(request.actor, plan_id)
    made = actions.add_task(actor=request.actor, plan=plan, version=body.version, values=body.values())
    return _detail(request, made.pk)


@operation(router, "PUT", ONE, response=YearTaskDetail, zh="修改任务", en="Change a task", **EDIT)
def edit_year_task(request: Call, task_id: Id, body: YearTaskBody) -> Any:
    """In the draft."""
    row = queries.task(request.actor, task_id)
    actions.edit_task(actor=request.actor, task=row, version=body.version, values=body.values())
    return _detail(request, task_id)


class TaskRemoval(Versioned):
    """Why; needed for a task that was agreed to."""

    reason: Annotated[str, Field(max_length=500, pattern=TEXT_PATTERN)] = ""


@operation(router, "POST", f"{ONE}/remove", response=YearTaskItem, zh="移除任务", en="Remove a task", **EDIT)
def remove_year_task(request: Call, task_id: Id, body: TaskRemoval) -> Any:
    """Answers what was removed; one that was agreed to is dropped and stays on record."""
    row = queries.task(request.actor, task_id)
    removed = task_item(row)
    actions.remove_task(actor=request.actor, task=row, version=body.version, reason=body.reason)
    return removed


class TaskReport(Versioned):
    """What was done."""

    side: Side
    result: Annotated[Long, Field(min_length=1)]


@operation(
    router, "POST", f"{ONE}/report", response=YearTaskDetail, zh="报告完成", en="Report as done", **EDIT
)
def report_year_task(request: Call, task_id: Id, body: TaskReport) -> Any:
    """By the responsible party."""
    row = queries.task(request.actor, task_id)
    actions.report(actor=request.actor, task=row, **body.model_dump())
    return _detail(request, task_id)


class TaskAcceptance(Versioned):
    """A word on it."""

    note: Annotated[str, Field(max_length=500, pattern=TEXT_PATTERN)] = ""


@operation(router, "POST", f"{ONE}/accept", response=YearTaskDetail, zh="验收", en="Accept", **APPROVE)
def accept_year_task(request: Call, task_id: Id, body: TaskAcceptance) -> Any:
    """By the other party."""
    row = queries.task(request.actor, task_id)
    actions.accept(actor=request.actor, task=row, version=body.version, note=body.note)
    return _detail(request, task_id)


class TaskRefusal(Versioned):
    """Why."""

    reason: Reason


@operation(router, "POST", f"{ONE}/refuse", response=YearTaskDetail, zh="不予验收", en="Refuse", **APPROVE)
def refuse_year_task(request: Call, task_id: Id, body: TaskRefusal) -> Any:
    """By the other party: the task is open again."""
    row = queries.task(request.actor, task_id)
    actions.refuse_task(actor=request.actor, task=row, version=body.version, reason=body.reason)
    return _detail(request, task_id)


@operation(
    router, "POST", f"{ONE}/conclude", response=YearTaskDetail, zh="认定未完成", en="Find not met", **APPROVE
)
def conclude_year_task(request: Call, task_id: Id, body: TaskRefusal) -> Any:
    """By the party that does not owe it."""
    row = queries.task(request.actor, task_id)
    actions.conclude(actor=request.actor, task=row, version=body.version, reason=body.reason)
    return _detail(request, task_id)


# ---------------------------------------------------------------- shares


class NewTaskShare(Body):
    """A part for one of the own people."""

    side: Side
    specialty: Word
    person_id: Ref
    part: Annotated[Short, Field(min_length=1)]


@operation(
    router,
    "POST",
    f"{ONE}/shares",
    response=YearTaskDetail,
    status=201,
    zh="分解任务",
    en="Break a task down",
    **EDIT,
)
def add_task_share(request: Call, task_id: Id, body: NewTaskShare) -> Any:
    """To a department and a person (TGT-03)."""
    row = queries.task(request.actor, task_id)
    shares.add_share(
        actor=request.actor,
        task=row,
        side=body.side,
        department=body.specialty,
        person=body.person_id,
        part=body.part,
    )
    return _detail(request, task_id)


class ShareConfirmation(Versioned):
    """The ground, where somebody confirms for a person without an account."""

    note: Short = ""


@operation(
    router,
    "POST",
    "/task-shares/{share_id}/confirm",
    response=YearTaskDetail,
    zh="确认分工",
    en="Confirm a part",
    **VIEW,
)
def confirm_task_share(request: Call, share_id: Id, body: ShareConfirmation) -> Any:
    """By the person, or the hospital for one without an account."""
    row = queries.share(request.actor, share_id)
    shares.confirm_share(actor=request.actor, share=row, version=body.version, note=body.note)
    return _detail(request, row.task_id)


@operation(
    router,
    "POST",
    "/task-shares/{share_id}/remove",
    response=YearTaskDetail,
    zh="收回分工",
    en="Take a part back",
    **EDIT,
)
def remove_task_share(request: Call, share_id: Id, body: Versioned) -> Any:
    """By the person's hospital."""
    row = queries.share(request.actor, share_id)
    shares.remove_share(actor=request.actor, share=row, version=body.version)
    return _detail(request, row.task_id)


# ---------------------------------------------------------------- workbooks


class TaskIssueItem(Answer):
    """What is wrong in one cell; `line` counts from 1 with the header, 0 means the whole file."""

    line: int
    column: str
    expected: dict[str, str]
    found: str


class TaskBatchItem(Answer):
    """An upload: `taken` tasks, or none and the issues."""

    id: int
    plan_id: int
    filename: str
    sha256: str
    taken: int
    issues: list[TaskIssueItem]
    uploaded_at: dt.datetime


@operation(
    router,
    "GET",
    "/plans/{plan_id}/tasks.xlsx",
    response=None,
    zh="任务工作簿",
    en="Tasks as a workbook",
    media=XLSX,
    **VIEW,
)
def download_year_tasks(request: Call, plan_id: Id) -> HttpResponse:
    """Under the columns that the import reads, with the words that may be used."""
    row = plan_queries.plan(request.actor, plan_id)
    return HttpResponse(exports.task_list(row), content_type=XLSX)


@operation(
    router,
    "POST",
    "/plans/{plan_id}/task-imports",
    response=TaskBatchItem,
    status=201,
    zh="导入任务",
    en="Import tasks",
    **EDIT,
)
def import_year_tasks(
    request: Call, plan_id: Id, version: Form[Small], file: File[UploadedFile]
) -> TaskBatch:
    """All rows or none: with issues nothing is taken."""
    row = plan_queries.plan(request.actor, plan_id)
    name = (file.name or "").encode("utf-8", "replace").decode()
    return imports.import_tasks(
        actor=request.actor, plan=row, version=version, content=file.read(MAX_BYTES + 1), filename=name
    )


@operation(
    router,
    "GET",
    "/task-imports/{task_batch_id}/issues.xlsx",
    response=None,
    zh="导入问题工作簿",
    en="Issues of an import as a workbook",
    media=XLSX,
    **EDIT,
)
def download_task_issues(request: Call, task_batch_id: Id) -> HttpResponse:
    """The rows as uploaded with their faults beside them."""
    found = plan_queries.batch(request.actor, task_batch_id)
    return HttpResponse(exports.issues_workbook(found), content_type=XLSX)
