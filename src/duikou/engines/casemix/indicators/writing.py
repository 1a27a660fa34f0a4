"""Results as JSON, CSV or a workbook, each with the definition and parameters that made them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any, Final

from duikou.engines.casemix.indicators.compute import Result

FIGURES: Final = ("numerator", "denominator", "value", "cases", "suppressed")
_SHEET_NAME: Final = 31


def scaled(value: int | None, decimals: int) -> str:
    """A value in its own unit, with all of its decimals."""
    if value is None:
        return ""
    if not decimals:
        return str(value)
    whole, part = divmod(abs(value), 10**decimals)
    return f"{'-' if value < 0 else ''}{whole}.{part:0{decimals}d}"


def as_document(results: Sequence[Result]) -> list[dict[str, Any]]:
    """Return the results as one document for JSON."""
    return [
        {
            **result.provenance,
            "title": result.definition.title.zh,
            "title_en": result.definition.title.en,
            "formula": result.definition.formula.zh,
            "formula_en": result.definition.formula.en,
            "clause": result.definition.clause,
            "mark": result.definition.mark,
            "better": result.definition.better,
            "decimals": result.definition.decimals,
            "limits": result.definition.limits.zh if result.definition.limits else None,
            "limits_en": result.definition.limits.en if result.definition.limits else None,
            "rows": result.rows.to_dicts(),
        }
        for result in results
    ]


def as_csv(results: Sequence[Result]) -> bytes:
    """Return all rows in one table; columns that an indicator does not have are empty."""
    columns = dict.fromkeys(name for result in results for name in result.rows.columns)
    units = [name for name in columns if name not in FIGURES]
    keys = [
        name
        for name in units
        if any(name in (*one.settings.get("by", ()), *one.definition.detail) for one in results)
    ]
    extra = [name for name in units if name not in keys]
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(["indicator", "version", *keys, *FIGURES, "decimals", *extra])
    for result in results:
        one = result.definition
        for row in result.rows.to_dicts():
            figures = [_cell(row[name]) for name in FIGURES]
            writer.writerow(
                [
                    one.id,
                    one.version,
                    *(_cell(row.get(name)) for name in keys),
                    *figures,
                    one.decimals,
                    *(_cell(row.get(name)) for name in extra),
                ]
            )
    return sheet.getvalue().encode()


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else value


def as_workbook(results: Sequence[Result]) -> bytes:
    """Return a workbook: a sheet that explains, and one for each indicator."""
    import xlsxwriter

    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as book:
        bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        guide = book.add_worksheet("说明 Guide")
        heading = [
            "指标",
            "Indicator",
            "公式",
            "Formula",
            "单位",
            "依据",
            "参数 parameters",
            "局限",
            "Limits",
        ]
        guide.write_row(0, 0, heading, bold)
        guide.set_column(0, len(heading) - 1, 32, wrap)
        guide.freeze_panes(1, 1)
        for line, result in enumerate(results, 1):
            guide.write_row(line, 0, _explained(result))
            _sheet(book, result, bold)
    return content.getvalue()


def _explained(result: Result) -> list[str]:
    one = result.definition
    parameters = "; ".join(f"{name}={_shown(value)}" for name, value in result.settings.items())
    limits = one.limits
    return [
        one.title.zh,
        one.title.en,
        one.formula.zh,
        one.formula.en,
        f"{one.unit.zh} {one.unit.en}",
        f"{one.clause} ({one.mark})",
        f"{one.id} v{one.version}: {parameters}",
        limits.zh if limits else "",
        limits.en if limits else "",
    ]


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(value)
    return "" if value is None else str(value)


def _sheet(book: Any, result: Result, bold: Any) -> None:
    one = result.definition
    sheet = book.add_worksheet(one.id[:_SHEET_NAME])
    shown = book.add_format({"num_format": "0." + "0" * one.decimals if one.decimals else "0"})
    sheet.write_row(0, 0, result.rows.columns, bold)
    sheet.set_column(0, len(result.rows.columns) - 1, 16)
    sheet.freeze_panes(1, 0)
    for line, row in enumerate(result.rows.to_dicts(), 1):
        for place, (name, value) in enumerate(row.items()):
            if value is None:
                continue
            if name == "value":
                sheet.write_number(line, place, value / 10**one.decimals, shown)
            elif isinstance(value, str):
                sheet.write_string(line, place, value)
            else:
                sheet.write(line, place, value)
