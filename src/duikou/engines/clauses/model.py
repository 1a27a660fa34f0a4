"""What passes through the engine: passages of a document, clauses, a template, judgements."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from duikou.engines.text import Text


class Party(StrEnum):
    """Whose duty a clause is: 甲方 supporter, 乙方 recipient, or both."""

    SUPPORTER = "supporter"
    RECIPIENT = "recipient"
    BOTH = "both"


class Where(StrEnum):
    """In which part of the document a passage stands."""

    BODY = "body"
    TABLE = "table"
    TEXT_BOX = "text_box"
    HEADER = "header"
    FOOTER = "footer"
    NOTE = "note"  # footnote or endnote


@dataclass(frozen=True, slots=True)
class Place:
    """Where a passage stands, as a person would find it. Numbers begin with 1; 0: does not apply."""

    where: Where = Where.BODY
    paragraph: int = 0
    table: int = 0
    row: int = 0
    column: int = 0

    def text(self) -> Text:
        """The place in words."""
        if self.where is Where.TABLE:
            return Text(
                f"第 {self.table} 张表第 {self.row} 行第 {self.column} 列",
                f"table {self.table}, row {self.row}, column {self.column}",
            )
        zh, en = _NAMES[self.where]
        return Text(f"{zh}第 {self.paragraph} 段", f"{en}, paragraph {self.paragraph}")


_NAMES = {
    Where.BODY: ("正文", "body"),
    Where.TABLE: ("表", "table"),
    Where.TEXT_BOX: ("文本框", "text box"),
    Where.HEADER: ("页眉", "header"),
    Where.FOOTER: ("页脚", "footer"),
    Where.NOTE: ("脚注", "note"),
}


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph in reading order, as a reader of the printed page sees it.

    `number` is the automatic numbering as Word would print it ("（一）", "1．"), which is not part of
    `text`. `bookmark` is the hidden clause id that our own drafts carry. `unseen` holds text that the
    file has and a reader does not see: hidden, white on white, of size 1.
    """

    text: str
    place: Place
    number: str = ""
    bookmark: str = ""
    unseen: str = ""


@dataclass(frozen=True, slots=True)
class Flag:
    """Something about the file or its form that a person must know; `refuses` makes the check fail.

    `kind` is a stable id (`tracked_changes`, `unseen_text`, `text_box`, `short_term` …).
    """

    kind: str
    message: Text  # what was found, what was expected, what to do
    place: Place | None = None
    refuses: bool = True


@dataclass(frozen=True, slots=True)
class Paper:
    """A document as read: its passages in order and what was odd about the file."""

    passages: tuple[Passage, ...]
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of the agreement at hand: one passage or several that belong together."""

    text: str
    passages: tuple[int, ...]  # positions in Paper.passages
    party: Party | None = None  # by the heading above it; None outside the duties of a party
    number: str = ""
    bookmark: str = ""


@dataclass(frozen=True, slots=True)
class TemplateClause:
    """A clause that the template demands.

    `points` are the parts that must each be found again: what is promised, to whom, how much. Without
    points the whole text counts.
    """

    id: str
    text: str  # Chinese, as it stands in the draft
    party: Party | None
    rule: str  # AGR-09
    source: str  # "S1 附件3 §二(一)2"
    title: Text
    points: tuple[str, ...] = ()
    form: bool = False  # the term, which a form may state in a line of its own: no words are demanded


@dataclass(frozen=True, slots=True)
class Template:
    """The clauses of a template, in order; `minimum_years` is the shortest term."""

    id: str
    title: Text
    clauses: tuple[TemplateClause, ...]
    minimum_years: int = 3


@dataclass(frozen=True, slots=True)
class Form:
    """What the agreement must say of itself; None: not checked."""

    supporter: str | None = None
    recipient: str | None = None
    supporter_aliases: tuple[str, ...] = ()
    recipient_aliases: tuple[str, ...] = ()
    start: dt.date | None = None
    end: dt.date | None = None
    drafted_on: dt.date | None = None  # a signature before it is wrong


class Verdict(StrEnum):
    """How a clause stands to the template (AGR-04)."""

    KEPT = "kept"
    EXTENDED = "extended"
    WEAKENED = "weakened"
    MISSING = "missing"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a clause is weakened: a number lowered, "shall" softened, the duty moved, an exception …

    `kind` is a stable id: `number_lowered`, `softened`, `moved_party`, `cut`, `exception`, `negated` …
    `wanted` and `found` are the words in question, of the template and of the agreement.
    """

    kind: str
    message: Text
    wanted: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """One clause of the template, or one new clause, with both texts side by side."""

    verdict: Verdict
    template: TemplateClause | None  # None for new clauses
    text: str  # of the agreement; empty when missing
    place: Place | None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """The whole verdict. `accepted`: nothing missing or weakened and no flag refuses."""

    template: Template
    judgements: tuple[Judgement, ...]
    flags: tuple[Flag, ...] = field(default=())

    @property
    def accepted(self) -> bool:
        """Whether the agreement may be taken."""
        return not any(j.verdict in (Verdict.WEAKENED, Verdict.MISSING) for j in self.judgements) and not any(
            flag.refuses for flag in self.flags
        )
