"""The documents' own model agreement (S1 annex 3), filled in by hand, against the clauses of the pack.

Its words are the commission's and not ours: the pack must not demand more than it says.
"""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from docx import Document

from duikou.engines.clauses import Form, Verdict, check, read_docx
from duikou.engines.clauses.model import Check
from duikou.policy import load_pack

ROOT = Path(__file__).resolve().parents[3]
SOURCES = Path(os.environ.get("DUIKOU_SOURCES", ROOT.parent / "shared" / "sources"))
FORM = Form(supporter="演示市第一医院", recipient="演示县人民医院")
BLANKS = {
    "甲方（支援医院）：": "甲方（支援医院）：演示市第一医院",
    "乙方（受援医院）：": "乙方（受援医院）：演示县人民医院",
    "年   月至   年    月。": "2014年2月至2017年2月。",
}


@pytest.fixture(scope="module")
def model() -> str:
    for file in sorted(SOURCES.glob("*.txt")):
        _, found, annex = file.read_text(encoding="utf-8").partition("附件3\n")
        if found:
            for blank, filled in BLANKS.items():
                assert blank in annex
                annex = annex.replace(blank, filled)
            return annex
    pytest.skip(f"the document with annex 3 is not in {SOURCES} (set DUIKOU_SOURCES)")


def judged(text: str) -> Check:
    document = Document()
    for line in text.splitlines():
        if line.strip():
            document.add_paragraph(line.strip())
    content = io.BytesIO()
    document.save(content)
    standard = load_pack("zhejiang-2014").agreements["standard"]
    template = standard.filled({"start": "2014年2月15日", "end": "2017年2月14日"}).engine(3)
    return check(read_docx(content.getvalue()), template, FORM)


def test_the_model_agreement_itself_is_accepted(model: str) -> None:
    found = judged(model)
    wrong = [(j.verdict, j.template.id, j.reasons) for j in found.judgements if j.template and j.reasons]
    assert found.accepted, (wrong, found.flags)
    term = next(j for j in found.judgements if j.template and j.template.id == "term-years")
    assert (term.verdict, term.text) == (Verdict.KEPT, "2014年2月至2017年2月。")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("5．负责派驻人员的全部费用。\n", ""),
        ("6．不得无故终止支援。\n", ""),
        ("副主任医师或高年资主治医师以上", "住院医师以上"),
        ("全部费用", "部分费用"),
        ("优先安排乙方", "酌情安排乙方"),
        ("3．承担并解决派驻人员", "3．协助甲方解决派驻人员"),
        ("2014年2月至2017年2月", "2014年2月至2015年2月"),
        ("2014年2月至2017年2月。", ""),
        ("一式四份", "一式两份"),
        ("本协议书不受法人代表的变更而终止。", ""),
    ],
)
def test_less_than_the_model_agreement_is_refused(model: str, old: str, new: str) -> None:
    assert old in model
    assert not judged(model.replace(old, new)).accepted
