"""How an agreement is laid out, for Word and PDF alike: lines, numbers, words of the form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from duikou.engines.clauses.bookmarks import bookmark
from duikou.wings.agreements.documents.papers import (
    AgreementPaper,
    Language,
    PaperHeading,
    PaperParty,
    day_text,
)

OTHER = "other"  # the section under which the other matters stand
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

_WORDS: dict[Language, dict[str, str]] = {
    "zh": {
        "supporter": "甲方（支援医院）：{}",
        "recipient": "乙方（受援医院）：{}",
        "none": "无其他约定。",
        "party_a": "甲方：{}",
        "party_b": "乙方：{}",
        "seal": "（盖章）",
        "representative": "代表：{}",
        "signature": "（签字）",
        "date": "日期：{}",
        "no_date": "　　　年　　月　　日",
        "code": "核验码 {}",
        "version": "第 {} 版",
        "demonstration": "演示数据，不具效力",
        "copy": "",
        "page_before": "第 ",
        "page_between": " 页　共 ",
        "page_after": " 页",
        "qr": "核验二维码",
        "contents": "目录",
    },
    "en": {
        "supporter": "Party A (supporter): {}",
        "recipient": "Party B (recipient): {}",
        "none": "None.",
        "party_a": "Party A: {}",
        "party_b": "Party B: {}",
        "seal": "(seal)",
        "representative": "Representative: {}",
        "signature": "(signature)",
        "date": "Date: {}",
        "no_date": "",
        "code": "Verification code {}",
        "version": "version {}",
        "demonstration": "Demonstration data, without effect",
        "copy": "Reading copy: the Chinese text binds",
        "page_before": "Page ",
        "page_between": " of ",
        "page_after": "",
        "qr": "QR code for verification",
        "contents": "Contents",
    },
}


@dataclass(frozen=True, slots=True)
class Line:
    """A clause, or another paragraph of a section, as printed."""

    position: int  # of all lines, from 1: ids of Word's bookmarks
    bookmark: str
    number: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its lines."""

    level: int
    heading: str
    clauses: tuple[Line, ...]


def printable(text: str) -> str:
    """The text without what neither XML nor a printer can take."""
    return _UNPRINTABLE.sub("", text)


def say(language: Language) -> dict[str, str]:
    """The fixed words of the form."""
    return _WORDS[language]


def sections(paper: AgreementPaper) -> tuple[Section, ...]:
    """The paper section by section, everything numbered."""
    found = []
    position, chapter, part = 0, 0, 0
    for heading in paper.headings:
        level = 2 if heading.number.startswith(("（", "(")) else 1
        chapter, part = (chapter + 1, 0) if level == 1 else (chapter, part + 1)
        texts = [(bookmark(c.id), c.text) for c in paper.clauses if c.heading == heading.id]
        if heading.id == OTHER:
            others = paper.other or (() if texts else (say(paper.language)["none"],))
            texts += [("", text) for text in others]
        lines = []
        for place, (mark, text) in enumerate(texts, start=1):
            position += 1
            number = _number(place, paper) if len(texts) > 1 else ""
            lines.append(Line(position, mark or f"_other_{place}", number, printable(text)))
        found.append(Section(level, _heading(heading, chapter, part, paper), tuple(lines)))
    return tuple(found)


def _number(place: int, paper: AgreementPaper) -> str:
    return f"{place}．" if paper.language == "zh" else f"{place}. "


def _heading(heading: PaperHeading, chapter: int, part: int, paper: AgreementPaper) -> str:
    if paper.language == "zh":
        return printable(heading.number + heading.title)
    return printable(f"{chapter}.{part} {heading.title}" if part else f"{chapter}. {heading.title}")


def form(paper: AgreementPaper) -> dict[str, Any]:
    """Everything around the sections."""
    words = say(paper.language)
    marks = [words["demonstration"]] if paper.demonstration else []
    marks += [words["copy"]] if words["copy"] else []
    header = [printable(paper.title), words["version"].format(paper.version), *marks]
    return {
        "title": printable(paper.title),
        "supporter_line": printable(words["supporter"].format(paper.supporter.name)),
        "recipient_line": printable(words["recipient"].format(paper.recipient.name)),
        "preamble": printable(paper.preamble),
        "header": "　".join(header),
        "code_line": words["code"].format(paper.code),
        "address": printable(paper.address),
        "signatures": {
            "supporter": _signature(paper, paper.supporter, "party_a"),
            "recipient": _signature(paper, paper.recipient, "party_b"),
        },
        **{name: words[name] for name in ("page_before", "page_between", "page_after")},
    }


def _signature(paper: AgreementPaper, party: PaperParty, side: str) -> dict[str, str]:
    words = say(paper.language)
    signer = f"{party.post} {party.representative}".strip()
    return {
        "name": printable(words[side].format(party.name)),
        "seal": words["seal"],
        "representative": printable(words["representative"].format(signer)),
        "signature": words["signature"],
        "date": words["date"].format(day_text(paper.signed_on, paper.language) or words["no_date"]),
    }
