"""Whole numbers from outside: what is none is refused, never rounded."""

from __future__ import annotations

from duikou.engines.pairing.optimise import texts_problem as texts
from duikou.engines.pairing.optimise.model import BadProblem
from duikou.engines.text import Text

MOST = 2**40  # sums of 200,000 of these still fit into 64 bits


def whole(value: object, what: Text, where: str) -> int:
    """The value as a whole number from 0 to `MOST`; BadProblem for NaN, fractions, words and the rest."""
    if isinstance(value, float) and value.is_integer():  # false for NaN and the infinite
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST:
        raise BadProblem(texts.not_whole(what, where, value))
    return value
