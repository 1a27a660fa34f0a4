"""Grids to rows: header blocks, continuation cells, headings, titles, remarks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from duikou.engines.pairing.annex.headers import DEEPEST_HEADER, LABELS, Header, recognise
from duikou.engines.pairing.annex.model import AnnexRow, Cell, Field, Grid, GridRow, Issue, SourceRef
from duikou.engines.pairing.annex.spelling import listed, pairing_type, read_date, squeezed, whole_number
from duikou.engines.pairing.annex.wording import issue, shown

_TABLE_NUMBER = re.compile(r"(?:附件|附表|annex)\s*([12一二])(?![\d.])", re.IGNORECASE)
_CITIES_TITLE = re.compile(r"各市|市级")
_PROVINCE_TITLE = re.compile(r"省级")
_CITY = re.compile(r"[\u4e00-\u9fff]{1,9}(?:市|州|地区|盟)")
_REMARK = re.compile(r"(?:备?注|说明|合计|共计|总计|小计|附注|note|remark|total)", re.IGNORECASE)
_TITLE = re.compile(r"附件|附表|关系表|一览表|annex", re.IGNORECASE)
_TITLE_ROW = re.compile(r"附件|附表|annex|.*(?:关系表|一览表|明细表|名单)$", re.IGNORECASE)
_DIGITS = {"一": "1", "二": "2"}
_REMARK_START = 8  # a remark begins with its word; a hospital's name is never so short before it


@dataclass(slots=True)
class Extraction:
    """What the grids of one file gave."""

    rows: list[AnnexRow] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    headers: int = 0  # complete headers seen
    incomplete: list[tuple[SourceRef, Header]] = field(default_factory=list)


@dataclass(slots=True)
class _Block:
    """Columns and carried values below one header."""

    header: Header
    table: str
    group: str | None = None
    supporter: str = ""
    first_row: int = 0  # index in Extraction.rows

    def column(self, name: Field) -> int | None:
        return self.header.columns.get(name)


def extract(grids: Iterable[Grid]) -> Extraction:
    """Rows of all grids in order; tables without a usable header are reported, not lost."""
    result = Extraction()
    for grid in grids:
        _extract_grid(grid, result)
    return result


def _extract_grid(grid: Grid, result: Extraction) -> None:
    block: _Block | None = None
    titles = list(grid.titles)
    unread: list[GridRow] = []
    recognised = False
    index = 0
    while index < len(grid.rows):
        row = grid.rows[index]
        header = recognise(grid.rows[index : index + DEEPEST_HEADER])
        if header:
            recognised = True
            _close(block, result)
            block = None
            if header.missing:
                result.incomplete.append((grid.ref(row.number), header))
            else:
                block, titles = _open(grid, header, titles, result), []
                index += header.depth - 1
        elif block and not row.outside:
            _read_row(grid, row, block, result)
        else:
            texts = [cell.text for cell in row.cells if cell.text.strip()]
            titles.extend(texts)
            if len(texts) > 1:
                unread.append(row)
        index += 1
    _close(block, result)
    if not recognised and len(unread) > 1:
        result.issues.append(issue("table_not_read", grid.ref(unread[0].number), rows=len(unread)))


def _open(grid: Grid, header: Header, titles: Sequence[str], result: Extraction) -> _Block:
    result.headers += 1
    for cell in header.unknown:
        result.issues.append(
            issue("column_ignored", grid.ref(cell.row, cell.column), header=shown(cell.text))
        )
    for cell, first in header.repeated:
        letters = grid.ref(None, first).column
        result.issues.append(
            issue("column_twice", grid.ref(cell.row, cell.column), header=shown(cell.text), first=letters)
        )
    default = "2" if Field.GROUP in header.columns else "1"
    group = next((squeezed(t) for t in reversed(titles) if _CITY.fullmatch(squeezed(t))), None)
    return _Block(
        header, _table_number(titles) or ("2" if group else default), group, first_row=len(result.rows)
    )


def _table_number(titles: Sequence[str]) -> str | None:
    """Table number told by the nearest title: its number, or the words of a province or of cities."""
    for title in reversed(titles):
        plain = squeezed(title)
        match = _TABLE_NUMBER.match(plain) or (_TABLE_NUMBER.search(plain) if len(plain) < 60 else None)
        if match:
            return _DIGITS.get(match[1], match[1])
        if _TITLE.search(plain) and len(plain) < 60:
            if _CITIES_TITLE.search(plain):
                return "2"
            if _PROVINCE_TITLE.search(plain):
                return "1"
    return None


def _close(block: _Block | None, result: Extraction) -> None:
    """序号 may count the whole table instead of one supporter's rows: such numbers are no running numbers."""
    if block is None or block.column(Field.RUNNING_NUMBER) is not None or block.column(Field.ORDINAL) is None:
        return
    rows = result.rows[block.first_row :]
    counts_all = [row.running_number for row in rows] == list(range(1, len(rows) + 1))
    if counts_all and len({row.supporter for row in rows}) > 1:
        result.rows[block.first_row :] = [replace(row, running_number=None, places={
            name: place for name, place in row.places.items() if name is not Field.RUNNING_NUMBER
        }) for row in rows]  # fmt: skip
        result.issues.append(issue("ordinal_counts_all", rows[0].place(Field.ORDINAL)))


def _read_row(grid: Grid, row: GridRow, block: _Block, result: Extraction) -> None:
    filled = [cell for cell in row.cells if cell.text.strip()]
    if not filled:
        return
    if len(filled) == 1 and _read_single(grid, row, filled[0], block, result):
        return
    cells = {
        name: row.cells[column] if column < len(row.cells) else Cell(row=row.number, column=column)
        for name, column in block.header.columns.items()
    }
    if not any(cell.text.strip() for cell in cells.values()):
        return
    reader = _RowReader(grid, row, cells, len(result.rows) + 1, result.issues)
    result.rows.append(reader.read(block))


def _read_single(grid: Grid, row: GridRow, cell: Cell, block: _Block, result: Extraction) -> bool:
    """A row with one filled cell may be a title, a city's heading or a remark; True when it was."""
    plain = squeezed(cell.text)
    if _TITLE_ROW.match(plain):
        block.table = _table_number([plain]) or block.table
        block.group, block.supporter = None, ""
        return True
    names = (block.column(Field.SUPPORTER), block.column(Field.RECIPIENT))
    spans_row = all(other.merged == "left" for other in row.cells if other is not cell)
    if _CITY.fullmatch(plain) and (spans_row or cell.column not in names):
        block.group, block.supporter = plain, ""
        return True
    if _REMARK.match(plain[:_REMARK_START]):
        result.issues.append(issue("row_skipped", grid.ref(row.number, cell.column), text=shown(plain)))
        return True
    return False


@dataclass(slots=True)
class _RowReader:
    """One data row: reads each cell, remembers where it stood, notes what is wrong with it."""

    grid: Grid
    row: GridRow
    cells: dict[Field, Cell]
    position: int
    issues: list[Issue]

    def read(self, block: _Block) -> AnnexRow:
        """The row, its empty city and supporter cells filled from above."""
        self._table(block)
        self._carry(block)
        places = {name: self.grid.ref(cell.row, cell.column) for name, cell in self.cells.items()}
        if Field.RUNNING_NUMBER not in places and Field.ORDINAL in places:
            places[Field.RUNNING_NUMBER] = places[Field.ORDINAL]
        return AnnexRow(
            position=self.position,
            table=block.table,
            group=block.group,
            supporter=block.supporter,
            running_number=self._number(),
            recipient=self._text(Field.RECIPIENT),
            start=self._date(Field.START),
            end=self._date(Field.END),
            type=self._type(),
            departments=listed(self._raw(Field.DEPARTMENTS)),
            reason=" ".join(self._raw(Field.REASON).split()),
            where=self.grid.ref(self.row.number),
            raw={name: cell.text for name, cell in self.cells.items()},
            places=places,
            covered={name: squeezed(cell.origin) for name, cell in self.cells.items() if cell.merged == "up"},
        )

    def _raw(self, name: Field) -> str:
        return self.cells[name].text if name in self.cells else ""

    def _text(self, name: Field) -> str:
        return squeezed(self._raw(name))

    def _note(self, code: str, name: Field, found: str) -> None:
        cell = self.cells[name]
        where = self.grid.ref(cell.row, cell.column)
        self.issues.append(issue(code, where, position=self.position, field=name, found=shown(found)))

    def _table(self, block: _Block) -> None:
        text = self._text(Field.TABLE)
        if not text:
            return
        match = re.fullmatch(r"(?:附件|附表|表|annex|table)?\s*([12一二])(?:\.0)?", text, re.IGNORECASE)
        if not match:
            self._note("table_unknown", Field.TABLE, text)
            return
        number = _DIGITS.get(match[1], match[1])
        if number != block.table:
            block.table, block.group, block.supporter = number, None, ""

    def _carry(self, block: _Block) -> None:
        group = self._text(Field.GROUP)
        if group and group != block.group:
            block.group, block.supporter = group, ""
        block.supporter = self._text(Field.SUPPORTER) or block.supporter

    def _number(self) -> int | None:
        name = Field.RUNNING_NUMBER if Field.RUNNING_NUMBER in self.cells else Field.ORDINAL
        return whole_number(self._raw(name))

    def _date(self, name: Field) -> date | None:
        if name not in self.cells:
            return None
        if self.cells[name].value:
            return self.cells[name].value
        try:
            return read_date(self._raw(name), last_day=name is Field.END)
        except ValueError:
            self._note("date_unreadable", name, self._raw(name))
            return None

    def _type(self) -> str:
        known = pairing_type(self._raw(Field.TYPE))
        if known is None:
            self._note("type_unknown", Field.TYPE, self._raw(Field.TYPE))
        return known or ""


def header_issue(code: str, where: SourceRef, header: Header) -> Issue:
    """An issue about a header that lacks columns."""
    known = [LABELS[name] for name in header.columns]
    missing = [LABELS[name] for name in header.missing]
    return issue(
        code,
        where,
        missing_zh="、".join(zh for zh, _ in missing),
        missing_en=" and ".join(en for _, en in missing),
        known_zh="、".join(zh for zh, _ in known),
        known_en=", ".join(en for _, en in known),
    )
