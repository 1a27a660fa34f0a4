"""Residences of a file told by what people have decided and by the engine; the rest waits for a decision.

An address never goes further than the reader. What waits is its beginning alone, cut off
behind the last word for a county or town, without any digit.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from django.conf import settings

from duikou.wings.discharges.models import ResidenceAlias
from duikou.wings.places.models import Division, DivisionLink

if TYPE_CHECKING:
    import polars as pl

    from duikou.engines.casemix.residence import Resolver

_COUNTY = re.compile(r"自治县|县|(?<![小社校园厂活住])区|旗|市(?!场)")  # no housing estate, no campus
_LONGEST = 24


def beginning(address: str) -> str:
    """The part of an address that names its county; '' when nothing does."""
    text = re.sub(r"\s+", "", address)[:_LONGEST]
    ends = [found.end() for found in _COUNTY.finditer(text)]
    return re.sub(r"[0-9０-９A-Za-z]", "", text[: ends[-1]]) if ends else ""


def resolver() -> Resolver:
    """The engine's resolver with the divisions of the register and what became of them."""
    from duikou.engines.casemix import residence

    units = {
        unit.pk: residence.Division(unit.code, unit.name, unit.level, unit.valid_from, unit.valid_to)
        for unit in Division.objects.all()
    }
    moves = [
        residence.Move(
            units[link.predecessor_id],
            units[link.successor_id],
            link.change.effective_on,
            () if link.extent == DivisionLink.Extent.WHOLE else residence.towns_of(link.territory),
            link.all_but,
        )
        for link in DivisionLink.objects.select_related("change")
    ]
    provinces = {unit.code for unit in units.values() if unit.level == "province"}
    home = provinces.pop() if len(provinces) == 1 else ""
    return residence.Resolver(units.values(), moves=moves, home=home, key=settings.RESIDENCE_KEY)


class Residences:
    """Finds the county of each address; counts the beginnings of those that it cannot find."""

    def __init__(self) -> None:
        self._learnt = dict(ResidenceAlias.objects.values_list("text", "division_code"))
        self._resolver = resolver()
        self._unknown: Counter[str] = Counter()

    @property
    def unknown(self) -> dict[str, int]:
        """Beginnings that nobody has decided on yet, with their number of rows."""
        return {text: count for text, count in self._unknown.most_common(200) if text}

    def codes(self, addresses: pl.Series, days: pl.Series | None) -> pl.Series:
        """Division codes in the order of the addresses; null where unknown. Decisions of people go first."""
        import polars as pl

        distinct = addresses.unique().drop_nulls()
        learnt = pl.Series(
            [self._learnt.get(beginning(text)) for text in distinct.to_list()], dtype=pl.String
        )
        decided = addresses.replace_strict(distinct, learnt, default=None, return_dtype=pl.String)
        codes = decided.fill_null(self._resolver.codes(addresses, days))
        left = addresses.filter(codes.is_null()).drop_nulls().value_counts(name="rows")
        for address, rows in left.iter_rows():
            self._unknown[beginning(address)] += rows
        return codes
