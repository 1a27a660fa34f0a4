"""A commission's own official template, blank, found again as the duties of the pack."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from docx import Document

from duikou.engines.clauses import BadPaper, Verdict
from duikou.wings.agreements.documents import OfficialTemplate, docx, read_official
from tests.wings.agreements.documents.samples import TEMPLATES, added, paper
from tests.wings.agreements.documents.test_checked import judged

ROOT = Path(__file__).resolve().parents[4]
SOURCES = Path(os.environ.get("DUIKOU_SOURCES", ROOT.parent / "shared" / "sources"))
STANDARD = TEMPLATES["standard"]


def word(lines: list[str]) -> bytes:
    document = Document()
    for line in lines:
        document.add_paragraph(line)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def read(lines: list[str]) -> OfficialTemplate:
    return read_official(word(lines), STANDARD, minimum_years=3)


def own_words(**changes: str) -> list[str]:
    """The pack's own template as a blank form, with some clauses in other words."""
    lines = ["支援协议（范本）", "甲方（支援医院）：", "乙方（受援医院）："]
    for heading in STANDARD.headings:
        lines.append(heading.number + heading.title.zh)
        for place, clause in enumerate(STANDARD.under(heading.id), start=1):
            text = changes.get(clause.id, clause.text.zh)
            text = text.replace("{start}", "   年   月").replace("{end}", "   年   月")
            lines += [f"{place}．{text}"] if text else []
    return [
        *lines,
        "甲方：            乙方：",
        "（盖章）          （盖章）",
        "    年  月  日      年  月  日",
    ]


def test_a_blank_form_in_the_packs_words_is_read_whole() -> None:
    found = read(own_words())
    assert found.accepted, found.check
    assert set(found.words) == {clause.id for clause in STANDARD.clauses} - {"term-years"}
    assert found.words["supporter-costs"] == "甲方应当承担派驻人员的全部费用。"
    assert found.added == ()
    assert found.shared == {}


def test_other_words_become_the_words_of_the_same_duty() -> None:
    text = "甲方负责派驻人员的全部费用。"
    found = read(own_words(**{"supporter-costs": text}))
    assert found.accepted, found.check
    assert found.words["supporter-costs"] == text


def test_what_the_commission_adds_stands_under_its_party() -> None:
    lines = own_words()
    lines.insert(lines.index("（二）乙方"), "10．甲方每年为乙方举办两次大型义诊活动。")
    lines.insert(lines.index("三、协议期限"), "5．乙方应当为派驻人员购买人身意外伤害保险。")
    found = read(lines)
    assert found.accepted, found.check
    assert found.added == (
        ("supporter", "甲方每年为乙方举办两次大型义诊活动。"),
        ("recipient", "乙方应当为派驻人员购买人身意外伤害保险。"),
    )


@pytest.mark.parametrize(
    ("clause", "text"),
    [
        ("supporter-costs", ""),
        ("supporter-costs", "甲方应当承担派驻人员的部分费用。"),
        ("supporter-posting", "甲方应当按照乙方提出的要求，选派住院医师以上的人员到乙方工作。"),
    ],
)
def test_a_template_that_asks_for_less_is_refused(clause: str, text: str) -> None:
    found = read(own_words(**{clause: text}))
    assert not found.accepted
    wrong = [one for one in found.check.judgements if one.verdict in (Verdict.MISSING, Verdict.WEAKENED)]
    assert [one.template.id for one in wrong if one.template] == [clause]


def test_a_template_of_one_year_is_refused() -> None:
    found = read(own_words(**{"term-years": "本协议的期限为一年，自{start}起至{end}止。"}))
    assert not found.accepted
    assert "short_term" in {flag.kind for flag in found.check.flags}


def test_our_own_printed_agreement_is_a_template_too() -> None:
    found = read_official(
        docx(paper(added=[added("甲方每年为乙方举办两次大型义诊活动。")])), STANDARD, minimum_years=3
    )
    assert found.accepted, found.check
    assert [heading for heading, _text in found.added] == ["supporter"]


def test_the_documents_own_model_agreement_is_read_blank() -> None:
    """S1 annex 3 as it was printed: one paragraph states several duties, and its text stands once."""
    texts = [file.read_text(encoding="utf-8") for file in sorted(SOURCES.glob("*.txt"))]
    annex = next((text.partition("附件3\n")[2] for text in texts if "附件3\n" in text), "")
    if not annex:
        pytest.skip(f"the document with annex 3 is not in {SOURCES} (set DUIKOU_SOURCES)")
    found = read([line.strip() for line in annex.splitlines() if line.strip()])
    assert found.accepted, found.check
    ids = {clause.id for clause in STANDARD.clauses} - {"term-years"}
    assert set(found.words) | set(found.shared) == ids
    assert set(found.shared.values()) <= set(found.words)
    assert len(set(found.words.values())) == len(found.words)
    assert found.added == ()
    printed = paper(changed=found.words, omitted=found.shared)
    assert len(printed.clauses) == len(STANDARD.clauses) - len(found.shared)
    assert judged(docx(printed), printed, "standard").accepted


def test_a_file_that_is_no_word_file_is_refused() -> None:
    with pytest.raises(BadPaper):
        read_official(b"%PDF-1.7", STANDARD, minimum_years=3)
