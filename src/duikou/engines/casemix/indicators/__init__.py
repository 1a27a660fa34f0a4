"""Indicators: each defined once, as data and one expression that every engine computes alike."""

from __future__ import annotations

from duikou.engines.casemix.indicators.compute import Result, compute, definition_of, result
from duikou.engines.casemix.indicators.definitions import DEFINITIONS, PARAMETERS, BadParameter, Definition
from duikou.engines.casemix.indicators.tables import Tables

__all__ = [
    "DEFINITIONS",
    "PARAMETERS",
    "BadParameter",
    "Definition",
    "Result",
    "Tables",
    "compute",
    "definition_of",
    "result",
]
