"""Proposals as files: what they hold, in both languages, and that nothing in a name becomes markup."""

from __future__ import annotations

import datetime as dt
import io
import json
import re

import openpyxl
import pytest
from django.utils import translation

from duikou.core import pdf as pdfs
from duikou.core.errors import Conflict, Missing
from duikou.core.exports import write_xlsx
from duikou.engines.pairing.optimise.planfile import read_plan
from duikou.wings.pairings import exports
from duikou.wings.pairings.actions.proposals import copy_proposal, edit_pairs, rename_proposal
from duikou.wings.pairings.actions.solving import solve_proposal
from duikou.wings.pairings.models import Declaration, Pairing, Proposal
from duikou.wings.pairings.queries.comparison import comparison
from duikou.wings.pairings.queries.proposals import summary

pytestmark = pytest.mark.django_db


def workbook(sheets):
    file = io.BytesIO()
    write_xlsx(file, sheets)
    return openpyxl.load_workbook(file)


def test_a_proposal_as_a_workbook(planner, solved):
    book = workbook(exports.proposal_sheets(planner, summary(planner, solved.pk)))
    assert book.sheetnames == ["概况", "结对", "支援数"]
    assert book["结对"].max_row == 1 + 188
    assert book["支援数"].max_row == 1 + 67
    overview = {row[0]: row[1:] for row in book["概况"].values}
    assert overview["有受援医院的县（市）"] == ("54 / 56", "56 / 56")
    assert overview["结对"] == (165, 153)


def test_a_city_s_workbook_holds_its_part(hangzhou, submitted):
    book = workbook(exports.proposal_sheets(hangzhou, summary(hangzhou, submitted.pk)))
    assert 1 < book["结对"].max_row < 188


def test_a_comparison_as_a_workbook(planner, solved):
    twin = copy_proposal(actor=planner, proposal=solved, name="另案")
    row = Pairing.objects.filter(table="1").order_by("position")[4]
    edit_pairs(actor=planner, proposal=twin, lock=[(row.supporter.key, row.recipient.key)], reason="商定")
    solve_proposal(actor=planner, proposal=twin)
    found = comparison(planner, solved.pk, twin.pk)
    book = workbook(exports.comparison_sheets(found))
    assert book.sheetnames == ["各级目标", "结对"]
    differing = [row for row in book["结对"].values if row[0] == "是"]
    assert len(differing) == len(found.differing)


def test_the_plan_file_is_read_back(planner, solved):
    file = read_plan(exports.plan_json(planner, summary(planner, solved.pk)))
    assert file.proved
    assert (file.counts.kept, file.counts.added, file.counts.dropped) == (130, 23, 35)
    assert file.verified


def test_no_plan_file_of_what_is_out_of_date(planner, solved):
    row = Pairing.objects.first()
    edit_pairs(actor=planner, proposal=solved, lock=[(row.supporter.key, row.recipient.key)], reason="x")
    with pytest.raises(Conflict):
        exports.plan_json(planner, summary(planner, solved.pk))


# ---------------------------------------------------------------- the PDF


def test_the_explanation(planner, solved):
    chinese = exports.explanation_pdf(planner, solved.pk)
    assert chinese.startswith(b"%PDF")
    assert exports.explanation_pdf(planner, solved.pk) == chinese
    with translation.override("en"):
        assert exports.explanation_pdf(planner, solved.pk) != chinese


def test_no_explanation_without_a_plan(planner, draft, hangzhou):
    with pytest.raises(Conflict):
        exports.explanation_pdf(planner, draft.pk)
    with pytest.raises(Missing):
        exports.explanation_pdf(hangzhou, draft.pk)


def test_demonstration_data_are_marked(planner, solved):
    found = summary(planner, solved.pk)
    assert "演示" not in exports._marks(planner, found)
    hospital = Pairing.objects.first().recipient
    Declaration.objects.create(
        hospital=hospital, year=2014, kind="need", specialty="cardiology", source="演示", demonstration=True
    )
    assert "演示数据" in exports._marks(planner, found)


@pytest.mark.parametrize("name", ["#strong[加粗] *星* $公式$", "碶峃於𠮷", "\\ < > & \" ' 🏥"])
def test_names_print_literally(planner, solved, name):
    rename_proposal(actor=planner, proposal=solved, name=name, note="")
    assert exports.explanation_pdf(planner, Proposal.objects.get().pk).startswith(b"%PDF")


PROBE = """
#let d = json(bytes(sys.inputs.values))
#set document(title: "t")
#set text(font: "Noto Sans SC", lang: "zh")
#d.text
"""
MOMENT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def test_what_no_font_has_is_spelt_out(monkeypatch):
    """No font of the machine is needed for a character that the packaged one lacks: it is never a box."""
    asked: list[str] = []
    honest = pdfs._compiled

    def without_system_fonts(template, text, moment, root, *, system):
        asked.append(text)
        return honest(template, text, moment, root, system=False)

    monkeypatch.setattr(pdfs, "_compiled", without_system_fonts)
    assert pdfs.pdf(PROBE, {"text": "甲𠮷乙\U0001f3e5"}, moment=MOMENT).startswith(b"%PDF")
    assert json.loads(asked[-1]) == {"text": "甲〔U+20BB7〕乙〔U+1F3E5〕"}


def test_characters_of_the_packaged_font_are_kept_as_they_are(monkeypatch):
    monkeypatch.setattr(pdfs, "spelt_out", lambda *a: pytest.fail("spelt out"))
    made = pdfs.pdf(PROBE, {"text": "碶峃於"}, moment=MOMENT)
    assert made == pdfs.pdf(PROBE, {"text": "碶峃於"}, moment=MOMENT)
    assert re.search(rb"/FontName", made) or len(made) > 5000


def test_a_mistake_in_a_template_is_told(monkeypatch):
    import typst

    with pytest.raises(typst.TypstError):
        pdfs.pdf("#no-such-function()", {}, moment=MOMENT)
