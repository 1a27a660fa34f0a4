"""Proposals as files: workbooks, the plan as JSON, the PDF for the meeting."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from ninja import Router

from duikou.core.exports import TYPES, Sheet, write_xlsx
from duikou.core.rest import Call, Id, operation
from duikou.wings.pairings import exports
from duikou.wings.pairings.api.proposals import ONE
from duikou.wings.pairings.queries.comparison import comparison
from duikou.wings.pairings.queries.proposals import summary

router = Router(tags=["proposals"])
XLSX, PDF, JSON = TYPES["xlsx"], "application/pdf", "application/json; charset=utf-8"
VIEW: dict[str, Any] = {"permission": "proposal.view", "response": None}


@operation(
    router, "GET", f"{ONE}/export.xlsx", media=XLSX, zh="方案（xlsx）", en="A proposal as a workbook", **VIEW
)
def download_proposal(request: Call, proposal_id: Id) -> Any:
    """Overview, pairs and loads; pairs as far as the caller may see them."""
    found = summary(request.actor, proposal_id)
    return _workbook(exports.proposal_sheets(request.actor, found), f"duikou-proposal-{proposal_id}.xlsx")


@operation(
    router,
    "GET",
    f"{ONE}/compared-with/{{other_id}}/export.xlsx",
    media=XLSX,
    zh="两个方案的比较（xlsx）",
    en="A comparison as a workbook",
    **VIEW,
)
def download_comparison(request: Call, proposal_id: Id, other_id: Id) -> Any:
    """Level by level and pair by pair."""
    found = comparison(request.actor, proposal_id, other_id)
    return _workbook(exports.comparison_sheets(found), f"duikou-proposals-{proposal_id}-{other_id}.xlsx")


@operation(
    router,
    "GET",
    f"{ONE}/explanation.pdf",
    media=PDF,
    zh="方案说明（PDF）",
    en="A proposal explained, as PDF",
    **VIEW,
)
def download_explanation(request: Call, proposal_id: Id) -> Any:
    """For the meeting that decides on it, in the language of the request."""
    content = exports.explanation_pdf(request.actor, proposal_id)
    return _file(content, PDF, f"duikou-proposal-{proposal_id}.pdf")


@operation(
    router,
    "GET",
    f"{ONE}/plan.json",
    media="application/json",
    zh="方案文件",
    en="The plan as a file",
    **VIEW,
)
def download_plan(request: Call, proposal_id: Id) -> Any:
    """The file that `duikou pairing audit` judges: for those who see the whole proposal."""
    found = summary(request.actor, proposal_id)
    content = exports.plan_json(request.actor, found).encode()
    return _file(content, JSON, f"duikou-proposal-{proposal_id}.json")


def _workbook(sheets: Sequence[Sheet], name: str) -> HttpResponse:
    file = io.BytesIO()
    write_xlsx(file, sheets)
    return _file(file.getvalue(), XLSX, name)


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
