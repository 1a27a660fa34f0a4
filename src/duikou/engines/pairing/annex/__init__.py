"""Reads annex tables (附件) out of plan texts, documents, workbooks and delimited files.

`read_annex` is the entrance; `repair` makes the repairs a user accepted; `template_workbook` and
`error_workbook` write the .xlsx files to fill in and to hand back.
"""

from duikou.engines.pairing.annex.checks import repair
from duikou.engines.pairing.annex.model import (
    AnnexError,
    AnnexKind,
    AnnexReading,
    AnnexRow,
    Field,
    Issue,
    RepairAction,
    SourceRef,
)
from duikou.engines.pairing.annex.reader import read_annex
from duikou.engines.pairing.annex.workbooks import error_workbook, template_workbook

__all__ = [
    "AnnexError",
    "AnnexKind",
    "AnnexReading",
    "AnnexRow",
    "Field",
    "Issue",
    "RepairAction",
    "SourceRef",
    "error_workbook",
    "read_annex",
    "repair",
    "template_workbook",
]
