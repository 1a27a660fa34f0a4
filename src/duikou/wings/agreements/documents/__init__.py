"""Agreements and plan books on paper: Word and PDF out of plain values, official templates in."""

from __future__ import annotations

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
from duikou.wings.agreements.documents.verification import new_code, typed_code

__all__ = [
    "AgreementPaper",
    "PaperClause",
    "PaperHeading",
    "PaperParty",
    "PlanBook",
    "PlanChapter",
    "PlanTable",
    "agreement_paper",
    "day_text",
    "new_code",
    "typed_code",
]
