"""Agreements and plan books as PDF: tagged for screen readers (PDF/UA), for the archive (PDF/A)."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from duikou.core.pdf import pdf as rendered
from duikou.wings.agreements.documents import layout, qr
from duikou.wings.agreements.documents.papers import AgreementPaper, Language, PlanBook, PlanChapter


def pdf(paper: AgreementPaper) -> bytes:
    """The agreement as a PDF; the bytes are the same for the same values."""
    values = {
        **layout.form(paper),
        **_language(paper.language),
        "author": layout.printable(paper.supporter.name),
        "sections": [
            {
                "level": section.level,
                "heading": section.heading,
                "lines": [line.number + line.text for line in section.clauses],
            }
            for section in layout.sections(paper)
        ],
        "qr": qr.svg(paper.address),
        "qr_alt": layout.say(paper.language)["qr"],
    }
    return rendered(_template("agreement.typ"), values, moment=paper.moment)


def plan_book(book: PlanBook) -> bytes:
    """The plan book of a pair as a PDF; the bytes are the same for the same values."""
    say = layout.say(book.language)
    marks = ([say["demonstration"]] if book.demonstration else []) + list(book.marks)
    clean = layout.printable
    values = {
        **_language(book.language),
        **{name: say[name] for name in ("page_before", "page_between", "page_after", "contents")},
        "title": clean(book.title),
        "subtitle": clean(book.subtitle),
        "author": clean(book.subtitle),
        "header": "　".join([clean(book.title), *([say["demonstration"]] if book.demonstration else [])]),
        "marks": [clean(mark) for mark in marks],
        "facts": [[clean(name), clean(value)] for name, value in book.facts],
        "chapters": [_chapter(chapter) for chapter in book.chapters],
        "signatures": [clean(one) for one in book.signatures],
        "code_line": say["code"].format(book.code),
        "address": clean(book.address),
        "qr": qr.svg(book.address),
        "qr_alt": say["qr"],
    }
    return rendered(_template("plan_book.typ"), values, moment=book.moment)


def _chapter(chapter: PlanChapter) -> dict[str, Any]:
    clean = layout.printable
    return {
        "title": clean(chapter.title),
        "lines": [clean(line) for line in chapter.lines],
        "tables": [
            {
                "caption": clean(one.caption),
                "head": [clean(cell) for cell in one.head],
                "rows": [[clean(cell) for cell in row] for row in one.rows],
                "widths": list(one.widths),
            }
            for one in chapter.tables
        ],
        "parts": [_chapter(part) for part in chapter.parts],
    }


def _language(language: Language) -> dict[str, str]:
    return {"lang": "zh", "region": "cn"} if language == "zh" else {"lang": "en", "region": "gb"}


@cache
def _template(name: str) -> str:
    return resources.files("duikou.wings.agreements.documents").joinpath("data", name).read_text("utf-8")
