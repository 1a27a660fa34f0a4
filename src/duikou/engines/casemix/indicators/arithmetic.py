"""Arithmetic that gives the same whole number on every engine.

Sums are of whole numbers. A quotient is made once, of two sums, in double precision and in
this order of operations, and quantised at once: engines differ in how they round halves and
in the order in which they add, never in this.
"""

from __future__ import annotations

from typing import Final

import ibis
import ibis.expr.types as ir

MICRO: Final = 1_000_000  # most values count in millionths
WEIGHT: Final = 10_000  # weights count in ten-thousandths
LOGARITHM: Final = 10_000  # logarithms count in ten-thousandths


def quantised(value: ir.Value) -> ir.Value:
    """Return the nearest whole number, halves upward."""
    return (value + 0.5).floor().cast("int64")


def quotient(numerator: ir.Value, denominator: ir.Value) -> ir.Value:
    """Return the quotient in double precision; null where there is nothing to divide by."""
    return numerator.cast("float64") / denominator.nullif(0).cast("float64")


def ratio(numerator: ir.Value, denominator: ir.Value, scale: int = MICRO) -> ir.Value:
    """Return the quotient in units of 1/scale."""
    return quantised(quotient(numerator, denominator) * float(scale))


def total(value: ir.Value, where: ir.Value | None = None) -> ir.Value:
    """Return the sum as a whole number; 0 of nothing."""
    return value.cast("int64").sum(where=where).coalesce(0).cast("int64")


def table_of_constant(name: str, values: tuple[str, ...]) -> ir.Table:
    """Return a one-column table of these texts, made of literals so that every engine has it."""
    rows = ibis.array(list(values)).unnest().name(name)
    return rows.as_table()
