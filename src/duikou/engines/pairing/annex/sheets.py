"""Sheets of an .xlsx, .xls or .ods workbook, read with calamine after the package was checked."""

from __future__ import annotations

import io
from datetime import date, datetime

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from duikou.engines.pairing.annex.model import GUIDE_SHEET, AnnexKind, Cell, Grid, GridRow, Issue
from duikou.engines.pairing.annex.wording import issue, refusal

MAX_COLUMNS = 200


def read_workbook(content: bytes, kind: AnnexKind) -> tuple[list[Grid], list[Issue]]:
    """A grid per visible sheet; hidden sheets are reported and not read."""
    grids: list[Grid] = []
    issues: list[Issue] = []
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            for sheet in workbook.sheets_metadata:
                if sheet.typ != SheetTypeEnum.WorkSheet or sheet.name == GUIDE_SHEET:
                    continue
                if sheet.visible != SheetVisibleEnum.Visible:
                    issues.append(issue("sheet_hidden", Grid(sheet.name, "sheet", ()).ref()))
                    continue
                grids.append(_grid(sheet.name, workbook.get_sheet_by_name(sheet.name)))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # a panic of the Rust reader does not derive from Exception
        raise refusal("damaged", kind=kind.value, detail=type(error).__name__) from error
    return grids, issues


def _grid(name: str, sheet: CalamineSheet) -> Grid:
    covered = _covered(sheet)
    rows: list[GridRow] = []
    for number, values in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        cells = []
        for column, value in enumerate(values[:MAX_COLUMNS]):
            origin = covered.get((number - 1, column))
            merged = "" if origin is None else "left" if origin[0] == number - 1 else "up"
            cells.append(
                Cell(
                    text="" if merged else _text(value),  # what lies under a merged cell is not visible
                    value=None if merged else _day(value),
                    row=number,
                    column=column,
                    merged=merged,
                    origin=rows[origin[0]].cells[origin[1]].text if origin and origin[0] < number - 1 else "",
                )
            )
        rows.append(GridRow(number, tuple(cells)))
    return Grid(name, "sheet", tuple(rows), (name,))


def _covered(sheet: CalamineSheet) -> dict[tuple[int, int], tuple[int, int]]:
    """Cells that a merged area covers → its first cell; only within the used area."""
    end = sheet.end or (0, 0)
    covered: dict[tuple[int, int], tuple[int, int]] = {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        for row in range(top, min(bottom, end[0]) + 1):
            for column in range(left, min(right, end[1], MAX_COLUMNS - 1) + 1):
                if (row, column) != (top, left):
                    covered.setdefault((row, column), (top, left))
    return covered


def _text(value: object) -> str:
    """A cell's value as it is written: whole numbers without a fraction, dates in ISO form."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    return str(value)


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None
