"""What goes onto paper: plain values of an agreement and of a plan book.

Nothing here knows the database. Whoever renders gives every word, also the verification code and its
address, so that the same values give the same bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from duikou.policy.agreements import AgreementTemplate, filled

Language = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class PaperParty:
    """A party of an agreement as printed: the hospital and who signs for it."""

    name: str
    representative: str = ""  # legal representative or who signs for them
    post: str = ""  # 院长


@dataclass(frozen=True, slots=True)
class PaperHeading:
    """A numbered section."""

    id: str
    number: str
    title: str


@dataclass(frozen=True, slots=True)
class PaperClause:
    """A clause as printed. `id` becomes the hidden bookmark; clauses that the parties add have their own."""

    id: str  # of the template's clause, or "added-1"
    heading: str
    text: str
    added: bool = False


@dataclass(frozen=True, slots=True)
class AgreementPaper:
    """All that a printed agreement says."""

    title: str
    preamble: str
    supporter: PaperParty
    recipient: PaperParty
    headings: tuple[PaperHeading, ...]
    clauses: tuple[PaperClause, ...]
    code: str  # verification code, as `verification.new_code` makes it
    address: str  # what the QR code of each page leads to; it ends in the code
    moment: dt.datetime  # of the version: stands in the file's properties, never the clock's
    other: tuple[str, ...] = ()  # paragraphs under the section "other"
    signed_on: dt.date | None = None
    version: int = 1
    demonstration: bool = False
    language: Language = "zh"  # the English copy serves readers; the Chinese text binds


def agreement_paper(
    template: AgreementTemplate,
    *,
    supporter: PaperParty,
    recipient: PaperParty,
    start: dt.date | None,
    end: dt.date | None,
    code: str,
    address: str,
    moment: dt.datetime,
    changed: Mapping[str, str] | None = None,
    omitted: Collection[str] = (),
    added: Sequence[PaperClause] = (),
    other: Sequence[str] = (),
    values: Mapping[str, str] | None = None,
    signed_on: dt.date | None = None,
    version: int = 1,
    demonstration: bool = False,
    language: Language = "zh",
) -> AgreementPaper:
    """The paper of a template with the pair's data; `changed` holds edited texts by clause id, and `omitted`
    names clauses whose words stand in another one, as in official templates.

    Added clauses come after the template's under their heading. `values` fills what else the template
    leaves open: departments and their heads, presidents where they are not the representatives.
    """
    words = {
        "supporter": supporter.name,
        "recipient": recipient.name,
        "supporter_president": supporter.representative,
        "recipient_president": recipient.representative,
        "start": day_text(start, language),
        "end": day_text(end, language),
        **(values or {}),
    }
    clauses = [
        PaperClause(
            clause.id,
            clause.heading,
            (changed or {}).get(clause.id) or filled(getattr(clause.text, language), words),
        )
        for clause in template.clauses
        if clause.id not in omitted
    ]
    return AgreementPaper(
        title=filled(getattr(template.title, language), words),
        preamble=filled(getattr(template.preamble, language), words),
        supporter=supporter,
        recipient=recipient,
        headings=tuple(
            PaperHeading(one.id, one.number, getattr(one.title, language)) for one in template.headings
        ),
        clauses=(*clauses, *added),
        code=code,
        address=address,
        moment=moment,
        other=tuple(other),
        signed_on=signed_on,
        version=version,
        demonstration=demonstration,
        language=language,
    )


def day_text(day: dt.date | None, language: Language) -> str:
    """A day as papers print it; empty for none."""
    if day is None:
        return ""
    return f"{day.year}年{day.month}月{day.day}日" if language == "zh" else day.isoformat()


@dataclass(frozen=True, slots=True)
class PlanTable:
    """A table of a plan book; `widths` are shares of the page's width, one for each column."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class PlanChapter:
    """A chapter: sentences, then tables, then chapters of its own."""

    title: str
    lines: tuple[str, ...] = ()
    tables: tuple[PlanTable, ...] = ()
    parts: tuple[PlanChapter, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanBook:
    """All that the printed plan book of a pair says.

    `facts` stand on the cover as pairs of name and value: term, edition, state, who is first
    responsible. `signatures` are the lines to sign on: "甲方院长" …
    """

    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    chapters: tuple[PlanChapter, ...]
    code: str
    address: str
    moment: dt.datetime
    signatures: tuple[str, ...] = ()
    marks: tuple[str, ...] = field(default=())  # what a reader must not overlook
    demonstration: bool = False
    language: Language = "zh"
