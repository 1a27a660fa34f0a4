"""Tables of a .docx document: anywhere in it, with merged cells and nested tables."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import docx
from docx.oxml.ns import qn

from duikou.engines.pairing.annex.model import Cell, Grid, GridRow
from duikou.engines.pairing.annex.wording import refusal

TITLE_PARAGRAPHS = 3  # paragraphs before a table that may name it
MAX_COLUMNS = 200

_CHANGES = tuple(
    qn(f"w:{tag}") for tag in ("ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "cellMerge")
)
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TABLE, _ROW, _CELL, _PARAGRAPH = (qn(f"w:{tag}") for tag in ("tbl", "tr", "tc", "p"))
_SKIPPED = {_TABLE, _FALLBACK, qn("w:rt")}  # a nested table, a doubled drawing, a pronunciation guide
_SPACES = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n"}


def read_docx(content: bytes) -> list[Grid]:
    """A grid per table, outer before inner; raises `AnnexError` for tracked changes and damaged files."""
    try:
        body = docx.Document(io.BytesIO(content)).element.body
    except Exception as error:  # python-docx raises KeyError, ValueError, XMLSyntaxError … for damaged files
        raise refusal("damaged", kind="docx", detail=type(error).__name__) from error
    changes = sum(1 for _ in body.iter(*_CHANGES))
    if changes:
        raise refusal("tracked_changes", count=changes)
    grids: list[Grid] = []
    titles: list[str] = []
    for element in _walk(body):
        if element.tag == _TABLE:
            number = str(len(grids) + 1)
            grids.append(Grid(number, "table", tuple(_rows(element)), tuple(titles[-TITLE_PARAGRAPHS:])))
            titles = []
        elif _text(element).strip():
            titles.append(_text(element).strip())
    return grids


def _walk(body: Any) -> Iterator[Any]:
    """Tables everywhere and the paragraphs between them, in order of the document."""
    stack = [body]
    while stack:
        element = stack.pop()
        if element.tag == _FALLBACK:
            continue
        if element.tag == _TABLE:
            yield element
            stack.extend(_nested_tables(element))
            continue
        if element.tag == _PARAGRAPH:
            yield element
        stack.extend(reversed(element))


def _nested_tables(table: Any) -> list[Any]:
    """Tables inside the cells of a table, last first."""
    inner = [t for t in table.iter(_TABLE) if t is not table]
    own = [t for t in inner if next(t.iterancestors(_TABLE)) is table]
    return [t for t in reversed(own) if next(t.iterancestors(_FALLBACK), None) is None]


def _own(table: Any, tag: str, boundary: str) -> Iterator[Any]:
    """Rows of a table or cells of a row, also inside content controls, but not those of inner tables."""
    return (e for e in table.iter(tag) if next(e.iterancestors(boundary)) is table and not _doubled(e, table))


def _doubled(element: Any, top: Any) -> bool:
    """Whether an element lies in the copy of a drawing that old programs show instead of the drawing."""
    fallback = next(element.iterancestors(_FALLBACK), None)
    return fallback is not None and any(a is top for a in fallback.iterancestors())


def _rows(table: Any) -> Iterator[GridRow]:
    above: dict[int, str] = {}  # column → text of the cell that a vertical merge began with
    for number, row in enumerate(_own(table, _ROW, _TABLE), start=1):
        cells: list[Cell] = []
        before = _number(row, "w:trPr/w:gridBefore")
        cells.extend(Cell(row=number, column=column) for column in range(min(before, MAX_COLUMNS)))
        for cell in _own(row, _CELL, _ROW):
            column = len(cells)
            if column >= MAX_COLUMNS:
                break
            span = min(_number(cell, "w:tcPr/w:gridSpan") or 1, MAX_COLUMNS - column)
            merge = cell.find(_path("w:tcPr/w:vMerge"))
            text = "\n".join(filter(None, (_text(p) for p in _own(cell, _PARAGRAPH, _CELL))))
            if merge is not None and merge.get(qn("w:val"), "continue") == "continue":
                cells.append(Cell("", row=number, column=column, merged="up", origin=above.get(column, "")))
            else:
                above[column] = text
                cells.append(Cell(text, row=number, column=column))
            cells.extend(
                Cell(row=number, column=column + extra, merged="left", origin=text)
                for extra in range(1, span)
            )
        yield GridRow(number, tuple(cells))


def _path(path: str) -> str:
    return "/".join(qn(step) for step in path.split("/"))


def _number(element: Any, path: str) -> int:
    found = element.find(_path(path))
    value = "" if found is None else found.get(qn("w:val"), "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 6 else 0


def _text(paragraph: Any) -> str:
    """Visible text of a paragraph; tables, doubled drawings and pronunciation guides inside it left out."""
    pieces: list[str] = []
    stack = [paragraph]
    while stack:
        element = stack.pop()
        if element.tag in _SKIPPED or (element.tag == _PARAGRAPH and element is not paragraph):
            continue
        if element.tag == qn("w:t"):
            pieces.append(element.text or "")
        elif element.tag in _SPACES:
            pieces.append(_SPACES[element.tag])
        stack.extend(reversed(element))
    return "".join(pieces)
