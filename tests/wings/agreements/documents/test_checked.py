"""What we print passes our own check; what somebody shrinks in the Word file does not."""

from __future__ import annotations

import datetime as dt
import io
from functools import cache

import pytest
from docx import Document

from duikou.engines.clauses import Form, Verdict, check, read_docx
from duikou.engines.clauses.model import Check
from duikou.wings.agreements.documents import AgreementPaper, PaperParty, docx
from tests.wings.agreements.documents.samples import RARE, TEMPLATES, added, paper

TERM = (dt.date(2014, 2, 15), dt.date(2017, 2, 14))
HOSPITALS = ["临安市於潜人民医院", "嵊泗县人民医院", "宁波市北仑区小港医院", "缙云县人民医院", f"{RARE}医院"]


def judged(content: bytes, printed: AgreementPaper, template: str) -> Check:
    words = {
        "supporter": printed.supporter.name,
        "recipient": printed.recipient.name,
        "supporter_president": printed.supporter.representative,
        "recipient_president": printed.recipient.representative,
        "start": "2014年2月15日",
        "end": "2017年2月14日",
        "department": "重症医学科",
        "supporter_head": "孙演示",
        "recipient_head": "李演示",
    }
    form = Form(printed.supporter.name, printed.recipient.name, start=TERM[0], end=TERM[1])
    return check(read_docx(content), TEMPLATES[template].filled(words).engine(3), form)


@cache
def plain(template: str) -> Check:
    return judged(docx(paper(template)), paper(template), template)


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_draft_passes_the_check(template: str) -> None:
    found = plain(template)
    assert found.accepted, found
    demanded = [one for one in found.judgements if one.template]
    assert len(demanded) == len(TEMPLATES[template].clauses)
    assert {one.verdict for one in demanded} <= {Verdict.KEPT, Verdict.EXTENDED}
    assert not found.flags


@pytest.mark.parametrize("hospital", HOSPITALS)
def test_it_passes_whatever_the_hospital_is_called(hospital: str) -> None:
    printed = paper(recipient=PaperParty(hospital))
    assert judged(docx(printed), printed, "standard").accepted


@pytest.mark.parametrize("template", TEMPLATES)
def test_added_clauses_and_other_matters_pass(template: str) -> None:
    printed = paper(template, added=[added("甲方每年为乙方举办两次义诊。")], other=["双方每季度会商一次。"])
    found = judged(docx(printed), printed, template)
    assert found.accepted, found
    new = [one.text for one in found.judgements if one.verdict is Verdict.NEW]
    assert any("义诊" in text for text in new)


@pytest.mark.parametrize("clause", [clause.id for clause in TEMPLATES["standard"].clauses])
def test_a_clause_deleted_in_word_is_refused_by_name(clause: str) -> None:
    printed = paper()
    document = Document(io.BytesIO(docx(printed)))
    text = next(one.text for one in printed.clauses if one.id == clause)
    gone = [paragraph for paragraph in document.paragraphs if paragraph.text.endswith(text)]
    assert len(gone) == 1
    gone[0]._p.getparent().remove(gone[0]._p)
    content = io.BytesIO()
    document.save(content)
    found = judged(content.getvalue(), printed, "standard")
    assert not found.accepted
    missing = [one.template.id for one in found.judgements if one.verdict is Verdict.MISSING and one.template]
    assert missing == [clause]
