"""Grouping schemes: their model, their table forms, loading, checking, importing."""

from duikou.engines.casemix.scheme.check import check, compare_codes, summary
from duikou.engines.casemix.scheme.load import load
from duikou.engines.casemix.scheme.model import (
    BadScheme,
    Complications,
    Grade,
    Leaf,
    NoGroup,
    Problem,
    Rule,
    RuleKind,
    Scheme,
    Section,
)

__all__ = [
    "BadScheme",
    "Complications",
    "Grade",
    "Leaf",
    "NoGroup",
    "Problem",
    "Rule",
    "RuleKind",
    "Scheme",
    "Section",
    "check",
    "compare_codes",
    "load",
    "summary",
]
