"""Typed values of an annex reading: rows, places in the file, issues.

An annex (附件) is a table of supporter–recipient pairs as an authority publishes it. A reader
keeps what is printed; whether a name is a registered hospital is not decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from duikou.engines.pairing.model import Severity
from duikou.engines.text import Text

GUIDE_SHEET = "说明 Guide"  # explanations in our own template; never read


class AnnexKind(StrEnum):
    """What a file is, judged by its content and never by its name."""

    TEXT = "text"  # the plan's whole text, one cell per line
    CSV = "csv"  # one row per line; comma, tab, semicolon or bar between the cells
    DOCX = "docx"
    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"


class Field(StrEnum):
    """A column that an annex table can have."""

    TABLE = "table"
    GROUP = "group"
    SUPPORTER = "supporter"
    RUNNING_NUMBER = "running_number"
    ORDINAL = "ordinal"  # 序号: the running number, or a count of all rows
    RECIPIENT = "recipient"
    START = "start"
    END = "end"
    TYPE = "type"
    DEPARTMENTS = "departments"
    REASON = "reason"
    POSITION = "position"  # our own exports; order is taken from the file itself


class RepairAction(StrEnum):
    """What a program can do about an issue when the user agrees."""

    NONE = ""
    SET = "set"  # put `repair_value` into `field` of the row
    DROP = "drop"  # leave the row out


@dataclass(frozen=True, slots=True)
class SourceRef:
    """A place in the file: a part (sheet, table or text), a row or line, a column, a byte."""

    part: str = ""  # sheet name or number of the table; empty in a text
    part_kind: str = "text"  # sheet, table, text
    row: int | None = None  # from 1; the line number in a text
    column: str = ""  # A, B … AA; empty for the whole row
    byte_offset: int | None = None  # from 0, in the file as it came

    @property
    def text(self) -> Text:
        """The place in words, in both languages; empty for the whole file."""
        zh, en = [], []
        if self.part_kind == "sheet":
            zh.append(f"工作表“{self.part}”")
            en.append(f"sheet “{self.part}”")
        elif self.part_kind == "table":
            zh.append(f"第 {self.part} 个表格")
            en.append(f"table {self.part}")
        if self.row is not None:
            zh.append(f"第 {self.row} 行")
            en.append(f"{'line' if self.part_kind == 'text' else 'row'} {self.row}")
        if self.column:
            zh.append(f"{self.column} 列")
            en.append(f"column {self.column}")
        if self.byte_offset is not None:
            zh.append(f"第 {self.byte_offset} 字节")
            en.append(f"byte {self.byte_offset}")
        return Text(" ".join(zh), ", ".join(en))


@dataclass(frozen=True, slots=True)
class Issue:
    """Something wrong in a file: what was expected, what was found, where, what to do.

    `severity` error means that nothing may be imported until it is repaired.
    """

    code: str
    severity: Severity
    where: SourceRef
    expected: Text
    found: Text
    repair: Text
    position: int | None = None  # of the AnnexRow concerned
    field: Field | None = None
    repair_action: RepairAction = RepairAction.NONE
    repair_value: str | None = None  # for SET: the value as it would be written in the cell

    @property
    def message(self) -> Text:
        """The whole issue as one sentence in both languages."""
        place = self.where.text
        zh = f"{place.zh}：" if place.zh else ""
        en = f"{place.en[:1].upper()}{place.en[1:]}: " if place.en else ""
        return Text(
            f"{zh}应为{self.expected.zh}；实际为{self.found.zh}。{self.repair.zh}。",
            f"{en}expected {self.expected.en}; found {self.found.en}. {self.repair.en}.",
        )


class AnnexError(ValueError):
    """A file that cannot be read at all. `issue` says what was expected, found, where, what to do."""

    def __init__(self, issue: Issue) -> None:
        self.issue = issue
        super().__init__(f"{issue.message.zh} {issue.message.en}")

    @property
    def code(self) -> str:
        """Code of the refusal, as in `wording.WORDINGS`."""
        return self.issue.code

    @property
    def message(self) -> Text:
        """The refusal in both languages."""
        return self.issue.message


@dataclass(frozen=True, slots=True)
class AnnexRow:
    """One printed pair. Continuation cells are filled from above, spaces inside names removed."""

    position: int  # order in the file, from 1
    table: str  # "1" = the province's table, "2" = the cities' tables
    group: str | None  # heading city, None in the province's table
    supporter: str
    running_number: int | None  # None: no such column, or not a number
    recipient: str
    start: date | None = None
    end: date | None = None
    type: str = ""  # normal, branch, trustee, union, group; empty when not given
    departments: tuple[str, ...] = ()
    reason: str = ""
    where: SourceRef = field(default_factory=SourceRef, compare=False)
    raw: Mapping[Field, str] = field(default_factory=dict, compare=False)  # cells as they came
    places: Mapping[Field, SourceRef] = field(default_factory=dict, compare=False)
    covered: Mapping[Field, str] = field(
        default_factory=dict, compare=False
    )  # merged with the cell above: its text

    @property
    def printed(self) -> tuple[str, str | None, str, int | None, str]:
        """What the annex prints: table, group, supporter, running number, recipient."""
        return (self.table, self.group, self.supporter, self.running_number, self.recipient)

    def place(self, column: Field) -> SourceRef:
        """Where a cell of this row stands; the row itself when it has no such column."""
        return self.places.get(column, self.where)


@dataclass(frozen=True, slots=True)
class AnnexReading:
    """What was read from one file. Import it only when `ok`."""

    rows: tuple[AnnexRow, ...]
    issues: tuple[Issue, ...]
    kind: AnnexKind
    encoding: str | None  # of a text; None for office files
    filename: str = ""
    round_start: date | None = None
    round_end: date | None = None

    @property
    def ok(self) -> bool:
        """True when no issue forbids the import."""
        return not any(issue.severity is Severity.ERROR for issue in self.issues)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a grid as it came."""

    text: str = ""
    value: date | None = None  # where the file stores a date as a date
    row: int = 0  # from 1; the line number in a text
    column: int = 0  # from 0
    merged: str = ""  # "up": covered by a cell above; "left": covered by a cell to the left
    origin: str = ""  # text of the covering cell


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row of a grid; `outside` marks prose and titles, which are never data."""

    number: int
    cells: tuple[Cell, ...]
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of a file before its columns are recognised."""

    part: str
    part_kind: str
    rows: tuple[GridRow, ...]
    titles: tuple[str, ...] = ()  # sheet name, paragraphs before the table

    def ref(self, row: int | None = None, column: int | None = None) -> SourceRef:
        """Place of a cell (column from 0) or a row of this grid."""
        letters = "" if column is None else column_letters(column)
        return SourceRef(self.part, self.part_kind, row, letters)


def column_letters(index: int) -> str:
    """Spreadsheet letters of a column counted from 0: 0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
