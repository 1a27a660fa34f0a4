"""Residences of a file told by what people have decided and by the engine; the rest waits for a decision.

An address never goes further than the reader. What waits is its beginning alone, cut off
behind the last word for a county or town, without any digit.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from duikou.wings.discharges.models import ResidenceAlias

if TYPE_CHECKING:
    import polars as pl

_COUNTY = re.compile(r"自治县|县|区|旗|市(?!场)")
_LONGEST = 24


def beginning(address: str) -> str:
    """The part of an address that names its county; '' when nothing does."""
    text = re.sub(r"\s+", "", address)[:_LONGEST]
    ends = [found.end() for found in _COUNTY.finditer(text)]
    return re.sub(r"[0-9０-９A-Za-z]", "", text[: ends[-1]]) if ends else ""


class Residences:
    """Finds the county of each address; counts the beginnings of those that it cannot find."""

    def __init__(self) -> None:
        self._learnt = dict(ResidenceAlias.objects.values_list("text", "division_code"))
        self._unknown: Counter[str] = Counter()

    @property
    def unknown(self) -> dict[str, int]:
        """Beginnings that nobody has decided on yet, with their number of rows."""
        return {text: count for text, count in self._unknown.most_common(200) if text}

    def codes(self, addresses: pl.Series, days: pl.Series | None) -> pl.Series:
        """Division codes in the order of the addresses; null where unknown."""
        import polars as pl

        counted = addresses.drop_nulls().value_counts(name="rows")
        found: dict[str, str | None] = {}
        for address, rows in counted.iter_rows():
            text = beginning(address)
            found[address] = self._learnt.get(text)
            if text not in self._learnt:
                self._unknown[text] += rows
        return addresses.replace_strict(found, default=None, return_dtype=pl.String)
