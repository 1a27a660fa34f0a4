"""Read a .docx as a reader of the printed page sees it: passages in order, and what is odd about the file.

Read is the XML itself: python-docx leaves out tracked changes, text boxes, notes and content controls.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal
from xml.etree.ElementTree import Element

from duikou.engines.clauses import texts
from duikou.engines.clauses.looks import (
    PLAIN,
    Look,
    Styles,
    list_of,
    look_of,
    paragraph_ground,
    read_styles,
    row_hides,
)
from duikou.engines.clauses.model import Flag, Paper, Passage, Place, Where
from duikou.engines.clauses.numbering import Numbering, read_numbering
from duikou.engines.clauses.opening import BadPaper, Package, open_docx

MAX_CHARACTERS = 120_000  # more than a hundred pages; beyond that it is no agreement
MAX_NESTING = 40  # tables in tables, boxes in boxes
MOST_CHANGES = 20  # tracked changes that are told one by one
SCANNED = 20  # fewer characters than this beside pictures: a scan

Tracked = Literal["refuse", "accept"]

_GONE = {"del", "moveFrom"}
_COME = {"ins", "moveTo"}
_SKIPPED = {
    *("Fallback", "rt", "pPr", "rPr", "sectPr", "tblPr", "tblGrid", "sdtPr", "sdtEndPr", "tcPr", "trPr"),
    *("instrText", "delText", "delInstrText"),
}
_SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": ""}
_UNTOLD = ("_Toc", "_Ref", "_Hlk", "_GoBack", "OLE_LINK")  # bookmarks that Word makes by itself


def read_docx(content: bytes, *, tracked: Tracked = "refuse") -> Paper:
    """The passages of an agreement; raises `BadPaper` for what is no readable .docx.

    Tracked changes are read as accepted; with "refuse" each makes the check fail.
    """
    package = open_docx(content)
    try:
        return _Reader(package, tracked).paper()
    except (RecursionError, AttributeError, TypeError, KeyError, OverflowError) as error:  # no such document
        raise BadPaper("damaged", texts.damaged(type(error).__name__)) from error


@dataclass(slots=True)
class _Line:
    """A paragraph being read."""

    seen: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    bookmark: str = ""
    boxes: list[Element] = field(default_factory=list)
    changes: list[tuple[str, str]] = field(default_factory=list)  # kind, text


class _Reader:
    def __init__(self, package: Package, tracked: Tracked) -> None:
        self._package = package
        self._tracked = tracked
        self._styles: Styles = read_styles(self._first("styles"))
        self._numbering: Numbering = read_numbering(self._first("numbering"))
        self._passages: list[Passage] = []
        self._flags: list[Flag] = []
        self._changes = 0
        self._pictures = 0
        self._characters = 0
        self._tables = 0
        self._counts: dict[Where, int] = {}
        self._bookmark = ""  # begun between paragraphs
        self._field: list[bool] = []  # open fields; True: still in its code

    def _first(self, kind: str) -> Element | None:
        names = self._package.of_kind(kind)
        return self._package.tree(names[0]) if names else None

    def paper(self) -> Paper:
        root = self._package.tree(self._package.main)
        body = root.find("body")
        if body is None:
            raise BadPaper("damaged", texts.damaged("w:body"))
        self._block(body, Where.BODY, PLAIN, 0)
        for kind, where in (("footnotes", Where.NOTE), ("endnotes", Where.NOTE),
                            ("header", Where.HEADER), ("footer", Where.FOOTER)):  # fmt: skip
            for name in self._package.of_kind(kind):
                self._field.clear()
                self._block(self._package.tree(name), where, PLAIN, 0)
        if not any(p.text or p.unseen for p in self._passages):
            raise BadPaper("scanned" if self._pictures else "no_text", texts.no_text(self._pictures))
        if self._pictures and sum(len(p.text) for p in self._passages) < SCANNED:
            raise BadPaper("scanned", texts.no_text(self._pictures))
        if self._changes > MOST_CHANGES:
            self._flags.append(
                Flag("tracked_changes", texts.more_changes(self._changes), None, self._tracked == "refuse")
            )
        if self._package.of_kind("comments"):
            self._flags.append(Flag("comments", texts.COMMENTS, None, refuses=False))
        return Paper(tuple(self._passages), tuple(self._flags))

    # --- blocks: paragraphs and tables

    def _block(
        self, parent: Element, where: Where, look: Look, depth: int, place: Place | None = None
    ) -> None:
        if depth > MAX_NESTING:
            raise BadPaper("damaged", texts.damaged(f"nesting > {MAX_NESTING}"))
        carried: _Line | None = None  # a paragraph whose mark was deleted runs on into the next
        for child in parent:
            tag = child.tag
            if tag == "p":
                carried = self._paragraph(child, where, look, depth, place, carried)
            elif tag == "tbl":
                self._table(child, where, look, depth)
            elif tag == "bookmarkStart":
                self._bookmark = _told(child) or self._bookmark
            elif tag == "altChunk":
                raise BadPaper("alt_chunk", texts.ALT_CHUNK)
            elif tag in _GONE:
                self._change("del", "", where, place)
            elif tag in _COME:
                self._change("ins", "", where, place)
                self._block(child, where, look, depth + 1, place)
            elif tag not in _SKIPPED:
                self._block(child, where, look, depth + 1, place)

    def _table(self, table: Element, where: Where, look: Look, depth: int) -> None:
        self._tables += 1
        number = self._tables
        rows = _inside(table, "tr")
        for row_number, row in enumerate(rows, start=1):
            kind = next((k for k in ("ins", "del") if row.find(f"trPr/{k}") is not None), None)
            if kind:
                self._change(kind, "", Where.TABLE, Place(Where.TABLE, 0, number, row_number, 1))
                if kind == "del":
                    continue
            below = replace(look, hidden=True) if row_hides(row) else look
            column = 0
            for cell in _inside(row, "tc"):
                properties = cell.find("tcPr")
                span, merge, changed, ground = _cell(properties)
                column += 1
                place = Place(Where.TABLE if where is Where.BODY else where, 0, number, row_number, column)
                column += span - 1
                if changed:
                    self._change(changed, "", Where.TABLE, place)
                if merge != "continue" and changed != "del":
                    self._block(cell, place.where, ground.over(below), depth + 1, place)

    def _paragraph(
        self,
        element: Element,
        where: Where,
        look: Look,
        depth: int,
        place: Place | None,
        carried: _Line | None,
    ) -> _Line | None:
        properties = element.find("pPr")
        style = self._styles.default
        if properties is not None and (named := properties.find("pStyle")) is not None:
            style = named.get("val", style)
        inherited = self._styles.look(style).over(self._styles.base)
        ground = paragraph_ground(properties)
        around = ground.over(replace(inherited, fill=inherited.fill if look.fill is None else None)).over(
            look
        )
        if look.hidden:
            around = replace(around, hidden=True)
        line = carried or _Line()
        line.bookmark, self._bookmark = line.bookmark or self._bookmark, ""
        self._runs(element, line, around, 0)
        number = self._number(properties, style)
        if properties is not None and self._mark_changed(properties, where, place) == "del":
            return line
        if properties is not None and _framed(properties) and where is Where.BODY:
            where = Where.TEXT_BOX
        self._finish(line, where, place, number)
        for box in line.boxes:
            self._block(
                box,
                Where.TEXT_BOX if where is Where.BODY or where is Where.TABLE else where,
                PLAIN,
                depth + 1,
            )
        return None

    def _mark_changed(self, properties: Element, where: Where, place: Place | None) -> str | None:
        for kind in ("del", "moveFrom", "ins", "moveTo"):
            if properties.find(f"rPr/{kind}") is not None:
                gone = kind in _GONE
                self._change("del" if gone else "ins", "¶", where, place)
                return "del" if gone else "ins"
        return None

    def _finish(self, line: _Line, where: Where, place: Place | None, number: str) -> None:
        text = _tidy("".join(line.seen))
        unseen = _tidy("".join(line.unseen))
        self._characters += len(text) + len(unseen)
        if self._characters > MAX_CHARACTERS:
            raise BadPaper("too_long", texts.too_long(MAX_CHARACTERS))
        if place is None:
            if text or unseen or line.changes:
                self._counts[where] = self._counts.get(where, 0) + 1
            place = Place(where, self._counts.get(where, 0) or 1)
        for kind, changed in line.changes:
            self._change(kind, changed, where, place)
        if not text and not unseen:
            if line.bookmark:
                self._bookmark = line.bookmark
            return
        if unseen:
            self._flags.append(Flag("unseen_text", texts.unseen(unseen), place))
        self._passages.append(Passage(text, place, number, line.bookmark, unseen))

    def _number(self, properties: Element | None, style: str) -> str:
        identity, level = self._styles.list_of(style)
        if properties is not None and (numbers := properties.find("numPr")) is not None:
            own, own_level = list_of(numbers)
            identity = identity if own is None else own
            level = level if own_level is None else own_level
        return self._numbering.number(identity, level or 0) if identity and identity != "0" else ""

    def _change(self, kind: str, text: str, where: Where, place: Place | None) -> None:
        self._changes += 1
        if self._changes <= MOST_CHANGES:
            at = place or Place(where, self._counts.get(where, 0) + 1)
            message = texts.tracked(kind, text, accepted=self._tracked == "accept")
            self._flags.append(Flag("tracked_changes", message, at, self._tracked == "refuse"))

    # --- inside a paragraph

    def _runs(self, parent: Element, line: _Line, look: Look, depth: int) -> None:
        if depth > MAX_NESTING:
            raise BadPaper("damaged", texts.damaged(f"nesting > {MAX_NESTING}"))
        for child in parent:
            tag = child.tag
            if tag == "r":
                self._run(child, line, look)
            elif tag == "bookmarkStart":
                line.bookmark = line.bookmark or _told(child)
            elif tag in _GONE:
                line.changes.append(("del", _all_text(child)))
            elif tag in _COME:
                line.changes.append(("ins", _all_text(child)))
                self._runs(child, line, look, depth + 1)
            elif tag == "oMath" or tag == "oMathPara":
                line.seen.append("".join(t.text or "" for t in child.iter("x:t")))
            elif tag not in _SKIPPED:
                self._runs(child, line, look, depth + 1)

    def _run(self, run: Element, line: _Line, look: Look) -> None:
        properties = run.find("rPr")
        if properties is not None:
            style = properties.find("rStyle")
            own = look_of(properties)
            if style is not None:
                own = own.over(self._styles.look(style.get("val", "")))
            look = replace(own, hidden=True) if look.hidden and own.hidden is None else own.over(look)
        for child in run:
            tag = str(child.tag)
            if tag == "fldChar":
                self._field_sign(child.get("fldCharType"))
            elif tag in ("drawing", "pict", "object", "AlternateContent"):
                self._drawing(child, line)
            elif tag == "ruby":
                for base in child.findall("rubyBase/r"):
                    self._run(base, line, look)
            elif not any(self._field):
                piece = (child.text or "") if tag == "t" else _SIGNS.get(tag, "")
                if tag == "br" and child.get("type") in ("page", "column"):
                    piece = ""
                if tag == "sym":
                    piece = _symbol(child)
                if piece:
                    (line.seen if look.seen else line.unseen).append(piece)

    def _field_sign(self, kind: str | None) -> None:
        if kind == "begin":
            self._field.append(True)
        elif kind == "separate" and self._field:
            self._field[-1] = False
        elif kind == "end" and self._field:
            self._field.pop()

    def _drawing(self, element: Element, line: _Line) -> None:
        stack = [element]
        while stack:
            one = stack.pop()
            if one.tag == "txbxContent":
                line.boxes.append(one)
                continue
            if one.tag == "Fallback":
                continue
            if one.tag in ("blip", "imagedata"):
                self._pictures += 1
            elif one.tag == "textpath" and one.get("string"):
                line.seen.append(one.get("string", ""))
            elif one.tag == "x:t":
                line.seen.append(one.text or "")
            stack.extend(reversed(one))


def _inside(parent: Element, tag: str) -> list[Element]:
    """Rows of a table or cells of a row, also inside content controls and insertions."""
    found: list[Element] = []
    for child in parent:
        if child.tag == tag:
            found.append(child)
        elif child.tag in ("sdt", "sdtContent", "customXml", "ins", "moveTo"):
            found += _inside(child, tag)
    return found


def _cell(properties: Element | None) -> tuple[int, str, str, Look]:
    """Columns, vertical merge, tracked change and ground of a cell."""
    if properties is None:
        return 1, "", "", PLAIN
    span = properties.find("gridSpan")
    merge = properties.find("vMerge")
    width = (span.get("val") or "") if span is not None else ""
    changed = next((k for k in ("cellIns", "cellDel", "cellMerge") if properties.find(k) is not None), "")
    ground = paragraph_ground(properties)
    return (
        int(width) if width.isascii() and width.isdigit() and 0 < len(width) < 3 else 1,
        merge.get("val", "continue") if merge is not None else "",
        {"cellIns": "ins", "cellDel": "del", "cellMerge": "ins"}.get(changed, ""),
        ground,
    )


def _framed(properties: Element) -> bool:
    frame = properties.find("framePr")
    return frame is not None and frame.get("dropCap", "none") == "none"


def _told(bookmark: Element) -> str:
    name = bookmark.get("name", "")
    return "" if name.startswith(_UNTOLD) else name


def _all_text(element: Element) -> str:
    return "".join(one.text or "" for one in element.iter() if one.tag in ("t", "delText"))


def _symbol(element: Element) -> str:
    try:
        code = int(element.get("char", ""), 16)
    except ValueError:
        return ""
    return chr(code) if 0x20 <= code < 0xD800 else ""


def _tidy(text: str) -> str:
    """Spaces at the ends gone; control characters, which XML does not allow, cannot be there."""
    return text.replace("\u200b", "").replace("\ufeff", "").strip()
