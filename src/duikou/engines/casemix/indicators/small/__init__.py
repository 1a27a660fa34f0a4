"""Small numbers: limits of chance, shrunken rates, counts that must not be shown."""

from __future__ import annotations

from duikou.engines.casemix.indicators.small.funnel import Funnel, Point, funnel
from duikou.engines.casemix.indicators.small.shrink import Shrunken, shrunken_rates, shrunken_ratios
from duikou.engines.casemix.indicators.small.suppress import TOTAL, hidden_cells

__all__ = [
    "TOTAL",
    "Funnel",
    "Point",
    "Shrunken",
    "funnel",
    "hidden_cells",
    "shrunken_rates",
    "shrunken_ratios",
]
