"""Agreements and plan books on paper: Word and PDF out of plain values, official templates in."""

from __future__ import annotations

from duikou.wings.agreements.documents.official import OfficialTemplate, read_official
from duikou.wings.agreements.documents.papers import (
    AgreementPaper,
    PaperClause,
    PaperHeading,
    PaperParty,
    PlanBook,
    PlanChapter,
    PlanTable,
    agreement_paper,
    day_text,
)
from duikou.wings.agreements.documents.print import pdf, plan_book
from duikou.wings.agreements.documents.verification import new_code, typed_code
from duikou.wings.agreements.documents.word import docx

__all__ = [
    "AgreementPaper",
    "OfficialTemplate",
    "PaperClause",
    "PaperHeading",
    "PaperParty",
    "PlanBook",
    "PlanChapter",
    "PlanTable",
    "agreement_paper",
    "day_text",
    "docx",
    "new_code",
    "pdf",
    "plan_book",
    "read_official",
    "typed_code",
]
