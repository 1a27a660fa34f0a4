"""The Word template of agreements, made once and filled in by docxtpl.

It looks as official papers do (GB/T 9704-2012: margins, 仿宋 of size three, 黑体 and 楷体 for headings,
28 points from line to line). What stands in braces are docxtpl's tags. A commission may use a template of
its own with the same tags: see `word.docx`.
"""

from __future__ import annotations

import io
from functools import cache
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

TITLE, SONG, HEI, KAI = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
BODY = 16  # size three
INDENT = 2 * BODY


@cache
def skeleton() -> bytes:
    """The template as a file."""
    document = Document()
    _page(document.sections[0])
    _styles(document)
    _body(document)
    _footer(document.sections[0])
    _header(document.sections[0])
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def _page(section: Any) -> None:
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(15), Mm(10)


def _styles(document: Any) -> None:
    for name, font, size, bold in (
        ("Normal", SONG, BODY, False),
        ("Title", TITLE, 22, False),
        ("Heading 1", HEI, BODY, False),
        ("Heading 2", KAI, BODY, False),
    ):
        style = document.styles[name]
        _font(style, font, size)
        style.font.bold = bold
        spacing = style.paragraph_format
        spacing.space_before = spacing.space_after = Pt(0)
        spacing.line_spacing_rule, spacing.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(28)
        if name != "Title":
            spacing.first_line_indent = Pt(INDENT)
    title = document.styles["Title"].paragraph_format
    title.alignment, title.line_spacing, title.space_after = WD_ALIGN_PARAGRAPH.CENTER, Pt(34), Pt(20)
    for border in document.styles["Title"].element.xpath(".//w:pBdr"):
        border.getparent().remove(border)


def _font(style: Any, font: str, size: int) -> None:
    style.font.size, style.font.color.rgb = Pt(size), RGBColor(0, 0, 0)
    style.font.name = "Times New Roman"
    fonts = style.element.rPr.rFonts
    for key in list(fonts.attrib):
        if key.endswith("Theme"):  # a theme would win over the names
            del fonts.attrib[key]
    fonts.set(qn("w:eastAsia"), font)
    language = style.element.rPr.find(qn("w:lang"))
    if language is None:
        language = OxmlElement("w:lang")
        style.element.rPr.append(language)
    language.set(qn("w:val"), "en-GB")
    language.set(qn("w:eastAsia"), "zh-CN")


def _body(document: Any) -> None:
    document.add_paragraph("{{ title }}", style="Title")
    for tag in ("{{ supporter_line }}", "{{ recipient_line }}", "{{ preamble }}"):
        document.add_paragraph(tag)
    _tag(document, "{%p for section in sections %}")
    for level in (1, 2):
        _tag(document, "{%p if section.level == " + str(level) + " %}")
        document.add_paragraph("{{ section.heading }}", style=f"Heading {level}")
        _tag(document, "{%p endif %}")
    _tag(document, "{%p for clause in section.clauses %}")
    _bookmarked(document.add_paragraph())
    _tag(document, "{%p endfor %}")
    _tag(document, "{%p endfor %}")
    document.add_paragraph()
    _signatures(document)


def _tag(document: Any, text: str) -> None:
    document.add_paragraph(text)


def _bookmarked(paragraph: Any) -> None:
    """A clause with its hidden bookmark around it."""
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for edge in (start, end):
        edge.set(qn("w:id"), "{{ clause.position }}")
    start.set(qn("w:name"), "{{ clause.bookmark }}")
    paragraph._p.append(start)
    paragraph.add_run("{{ clause.number }}{{ clause.text }}")
    paragraph._p.append(end)


def _signatures(document: Any) -> None:
    table = document.add_table(rows=5, cols=2)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for column, side in enumerate(("supporter", "recipient")):
        for row, line in enumerate(("name", "seal", "representative", "signature", "date")):
            paragraph = table.cell(row, column).paragraphs[0]
            paragraph.paragraph_format.first_line_indent = Pt(0)
            paragraph.paragraph_format.keep_with_next = row < 4
            paragraph.paragraph_format.space_after = Pt(28 if line == "seal" else 0)
            paragraph.add_run(f"{{{{ signatures.{side}.{line} }}}}")
        for row in table.rows:
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _footer(section: Any) -> None:
    table = section.footer.add_table(1, 3, Mm(156))
    table.autofit = False
    widths = (Mm(20), Mm(100), Mm(36))
    for cell, width in zip(table.rows[0].cells, widths, strict=True):
        cell.width = width
    for grid, width in zip(table.columns, widths, strict=True):
        grid.width = width
    picture, words, number = (cell.paragraphs[0] for cell in table.rows[0].cells)
    picture.add_run("{{ qr }}")
    words.add_run("{{ code_line }}")
    words.add_run().add_break()
    words.add_run("{{ address }}")
    number.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for text, field in (
        ("{{ page_before }}", "PAGE"), ("{{ page_between }}", "NUMPAGES"), ("{{ page_after }}", ""),
    ):  # fmt: skip
        number.add_run(text)
        if field:
            _field(number, field)
    for paragraph in (picture, words, number):
        _small(paragraph)
    first = section.footer.paragraphs[0]  # Word wants a paragraph after the table: the empty one goes there
    first._p.getparent().append(first._p)
    _small(first)


def _header(section: Any) -> None:
    paragraph = section.header.paragraphs[0]
    paragraph.add_run("{{ header }}")
    _small(paragraph)


def _small(paragraph: Any) -> None:
    spacing = paragraph.paragraph_format
    spacing.first_line_indent = Pt(0)
    spacing.line_spacing_rule = WD_LINE_SPACING.SINGLE
    for run in paragraph.runs:
        run.font.size = Pt(9)


def _field(paragraph: Any, name: str) -> None:
    """A field that Word counts by itself: the page, the number of pages."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run = paragraph.add_run("1")
    run.font.size = Pt(9)
    field.append(run._r)
    paragraph._p.append(field)
