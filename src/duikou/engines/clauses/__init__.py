"""Read an agreement (.docx), cut it into clauses and judge it against its template.

"Added is allowed, removed is not" (S1 §四(一)). `read_docx` → `cut` → `check`; all are pure
functions of bytes and plain values. `model` holds the types that pass between them.

    paper = read_docx(content)            # BadPaper: no readable .docx
    result = check(paper, template, Form(supporter="…", recipient="…"))
    result.accepted, result.judgements, result.flags
"""

from __future__ import annotations

from duikou.engines.clauses.checking import check
from duikou.engines.clauses.cutting import cut
from duikou.engines.clauses.model import (
    Check,
    Clause,
    Flag,
    Form,
    Judgement,
    Paper,
    Party,
    Passage,
    Place,
    Reason,
    Template,
    TemplateClause,
    Verdict,
    Where,
)
from duikou.engines.clauses.opening import BadPaper
from duikou.engines.clauses.reading import read_docx
from duikou.engines.clauses.templates import template_of

__all__ = [
    "BadPaper",
    "Check",
    "Clause",
    "Flag",
    "Form",
    "Judgement",
    "Paper",
    "Party",
    "Passage",
    "Place",
    "Reason",
    "Template",
    "TemplateClause",
    "Verdict",
    "Where",
    "check",
    "cut",
    "read_docx",
    "template_of",
]
