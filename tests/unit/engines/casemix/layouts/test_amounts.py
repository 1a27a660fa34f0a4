"""Amounts read by their bytes are the amounts read by their text."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from duikou.engines.casemix.layouts.amounts import usual_fen
from duikou.engines.casemix.layouts.numbers import fen

AMOUNTS = ("0.00", "1.05", "12.34", "987.60", "1234.56", "99999.99", "100000.00", "1234567890.12")


def written(text: str) -> int | None:
    """Fen of a plain amount with two decimals."""
    whole, point, cents = text.partition(".")
    plain = whole.isascii() and whole.isdigit() and cents.isascii() and cents.isdigit()
    return int(Decimal(text) * 100) if point and plain and len(cents) == 2 else None


@pytest.mark.parametrize("amount", AMOUNTS)
def test_one_wrong_character_at_any_place_makes_it_another_form(amount: str) -> None:
    texts = [amount]
    for place in range(len(amount)):
        texts += [amount[:place] + sign + amount[place + 1 :] for sign in "0.9/:-e ?@pｘ\x7f"]
        texts += [amount[:place] + amount[place + 1 :]]
    found, others = usual_fen(pl.Series(texts))
    for text, value, other in zip(texts, found, others, strict=True):
        expected = written(text) if len(text) <= 8 else None
        assert value == expected, text
        assert other == (expected is None), text


def test_both_ways_together_lose_no_place() -> None:
    texts = [None, "1.00", "", "-3.5", "12", "1,234.50", "", None, "0.005", "88888.88", "123456.78", "无"]
    expected = [None, 100, None, -350, 1200, 123450, None, None, None, 8888888, 12345678, None]
    column = pl.Series("total", texts, dtype=pl.String)
    assert fen(column).to_list() == expected
    assert fen(column[3:9]).to_list() == expected[3:9]
    assert fen(column).name == "total"
    assert fen(column.clear()).to_list() == []
    assert fen(pl.Series([None, None], dtype=pl.String)).to_list() == [None, None]
