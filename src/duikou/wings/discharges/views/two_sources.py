"""The in-county rate by front pages and by settlements, as pages show them beside each other."""

from __future__ import annotations

from typing import Any

from duikou.core.faces import words
from duikou.engines.casemix import settlements as engine
from duikou.wings.discharges import wording
from duikou.wings.discharges.queries.settlements import Compared, Comparison, Rate
from duikou.wings.discharges.views._common import figure_url


def comparison_context(found: Compared) -> dict[str, Any]:
    """Rows and definitions of both sources, for this page and that of a county."""
    definition = found.figure.definition
    pages = {"title": words(definition.title), "formula": words(definition.formula)}
    return {
        "period": found.period.words,
        "lines": [_line(one) for one in found.lines],
        "limits": words(engine.LIMITS),
        "pages_url": figure_url(found.figure),
        "formulas": [
            pages,
            *({"title": words(one.title), "formula": words(one.formula)} for one in engine.FORMULAS.values()),
        ],
        "formulas_version": engine.VERSION,
    }


def _line(one: Comparison) -> dict[str, Any]:
    return {
        "code": one.county.code,
        "name": one.county.label,
        "months": len(one.months),
        "pages": _rate(one.pages),
        "insurer": _rate(one.insurer),
        "joined": _rate(one.joined),
        "pages_away": _percent(one.pages.away),
        "insurer_away": _percent(one.insurer.away),
        "difference": "—" if one.difference is None else f"{one.difference:+.1f}",
        "outside": one.outside,
        "pages_cases": one.pages.whole,
        "insurer_cases": one.insurer.whole,
    }


def _rate(one: Rate) -> str:
    return wording.reason({"reason": one.reason}) or _percent(one.percent)


def _percent(value: float | None) -> str:
    return "—" if value is None else f"{value:.1f}%"
