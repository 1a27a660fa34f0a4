"""Builders of Word files: ordinary ones and awkward ones, part by part."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape, quoteattr

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_SPACES = (
    f'xmlns:w="{W}" xmlns:r="{_R}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)
KINDS = {"styles": "styles", "numbering": "numbering", "footnotes": "footnotes", "endnotes": "endnotes",
         "header1": "header", "footer1": "footer", "comments": "comments"}  # fmt: skip


def run(text: str, properties: str = "") -> str:
    """A run with its properties as XML."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def p(*runs: str, properties: str = "", bookmark: str = "") -> str:
    """A paragraph of runs; a piece that is no XML becomes a run."""
    content = "".join(one if one.startswith("<") else run(one) for one in runs)
    if bookmark:
        content = (
            f'<w:bookmarkStart w:id="1" w:name={quoteattr(bookmark)}/>{content}<w:bookmarkEnd w:id="1"/>'
        )
    return f"<w:p><w:pPr>{properties}</w:pPr>{content}</w:p>"


def listed(text: str, list_id: int = 1, level: int = 0) -> str:
    """A paragraph of a list."""
    return p(
        text,
        properties=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>',
    )


def table(*rows: Iterable[str]) -> str:
    """A table; a cell that is no XML becomes a paragraph."""
    cells = "".join(
        "<w:tr>"
        + "".join(f"<w:tc>{one if one.startswith('<') else p(one)}</w:tc>" for one in row)
        + "</w:tr>"
        for row in rows
    )
    return f"<w:tbl>{cells}</w:tbl>"


def text_box(*paragraphs: str) -> str:
    """A run with a text box, as Word writes it: the drawing, and its copy for old programs."""
    content = f"<w:txbxContent>{''.join(paragraphs)}</w:txbxContent>"
    return (
        f'<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>{content}</wps:txbx>'
        f"</w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{content}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )


def levels(*patterns: tuple[str, str]) -> str:
    """A numbering part with one list whose levels have these formats and patterns."""
    inner = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{style}"/>'
        f"<w:lvlText w:val={quoteattr(pattern)}/></w:lvl>"
        for n, (style, pattern) in enumerate(patterns)
    )
    return (
        f'<w:numbering {_SPACES}><w:abstractNum w:abstractNumId="0">{inner}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )


def part(name: str, content: str) -> str:
    """A part such as footnotes or header1 around content."""
    root = {"footnotes": "footnotes", "endnotes": "endnotes", "header1": "hdr", "footer1": "ftr"}.get(
        name, name
    )
    return f"<w:{root} {_SPACES}>{content}</w:{root}>"


def word(
    body: Iterable[str], parts: Mapping[str, str] | None = None, more: Mapping[str, bytes] | None = None
) -> bytes:
    """A .docx of body XML with further parts by name (styles, numbering, footnotes, header1 …)."""
    given = dict(parts or {})
    document = f"<w:document {_SPACES}><w:body>{''.join(body)}<w:sectPr/></w:body></w:document>"
    overrides = "".join(
        f'<Override PartName="/word/{name}.xml" ContentType="{_MAIN}.{KINDS[name]}+xml"/>' for name in given
    )
    relations = "".join(
        f'<Relationship Id="r{n}" Type="{_R}/{KINDS[name]}" Target="{name}.xml"/>'
        for n, name in enumerate(given)
    )
    members = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/word/document.xml" '
        f'ContentType="{_MAIN}.document.main+xml"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{_R}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": document,
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f"{relations}</Relationships>",
        **{f"word/{name}.xml": content for name, content in given.items()},
    }  # fmt: skip
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + content)
        for name, data in (more or {}).items():
            archive.writestr(name, data)
    return buffer.getvalue()
