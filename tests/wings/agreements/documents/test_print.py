"""Agreements and plan books as PDF."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from duikou.core import pdf as pdfs
from duikou.wings.agreements.documents import PlanChapter, pdf, plan_book, qr
from tests.wings.agreements.documents.samples import (
    ADDRESS,
    RARE,
    TEMPLATES,
    added,
    book,
    characters,
    pages,
    paper,
)


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_agreement_prints_with_all_its_characters(template: str) -> None:
    printed = paper(template)
    found = characters(pdf(printed))
    wanted = set("".join(clause.text for clause in printed.clauses) + printed.title) - set(" ")
    assert wanted <= found


@pytest.mark.parametrize("made", [lambda: pdf(paper()), lambda: plan_book(book())], ids=["agreement", "book"])
def test_the_paper_is_tagged_and_has_a_qr_code_on_each_page(made) -> None:
    content = made()
    for mark in (b"/StructTreeRoot", b"pdfuaid:part", b"/Lang", b"/MarkInfo"):
        assert mark in content, mark
    drawn, dark = pages(content), sum(map(sum, qr.modules(ADDRESS)))
    assert len(drawn) > 1
    for page in drawn:
        footer = page[page.index(b"/Subtype/Footer") :]
        assert len(re.findall(rb"\sm\s", footer)) > dark  # each a stroke of its own, and the white ground


def test_rare_characters_survive_in_print() -> None:
    """The bundled font has all but one of them; that one comes from a font of the machine or is spelt out."""
    for content in (pdf(paper()), plan_book(book())):
        found = characters(content)
        assert set(RARE) - {"𠮷"} <= found
        assert "𠮷" in found or set("〔U+20BB7〕") <= found


def test_the_same_values_give_the_same_bytes() -> None:
    first, second = pdf(paper()), plan_book(book())
    assert pdf(paper()) == first
    assert plan_book(book()) == second
    assert pdf(paper(version=2)) != first
    assert plan_book(book(moment=dt.datetime(2015, 1, 1, tzinfo=dt.UTC))) != second


def test_nothing_of_the_values_is_read_as_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict] = []
    honest = pdfs._compiled

    def watched(template, text, *more, **others):
        seen.append({"template": template, "text": text})
        return honest(template, text, *more, **others)

    monkeypatch.setattr(pdfs, "_compiled", watched)
    odd = '#panic("x") $ ] } *b* <label> @ref \\ \x00\ud800'
    assert pdf(paper(added=[added(odd)])).startswith(b"%PDF")
    assert plan_book(book(title=odd, chapters=(PlanChapter(odd, (odd,)),))).startswith(b"%PDF")
    assert all("panic" not in one["template"] for one in seen)


def test_a_book_without_chapters_or_facts_is_still_a_book() -> None:
    assert plan_book(book(chapters=(), facts=(), signatures=(), demonstration=False)).startswith(b"%PDF")


def test_both_languages_print() -> None:
    assert b"/Lang(en" in pdf(paper(language="en")).replace(b"/Lang (", b"/Lang(")
    assert plan_book(book(language="en")) != plan_book(book())
