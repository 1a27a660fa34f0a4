"""Indicators: each defined once, as data and one expression that every engine computes alike.

Here are the definitions; `compute` and `tables` load the engines, which most processes never need.
"""

from __future__ import annotations

from duikou.engines.casemix.indicators.definitions import (
    DEFINITIONS,
    PARAMETERS,
    BadParameter,
    Definition,
    definition_of,
)

__all__ = ["DEFINITIONS", "PARAMETERS", "BadParameter", "Definition", "definition_of"]
