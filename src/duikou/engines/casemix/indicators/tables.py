"""What an indicator is computed from: the cells of the stays and a few small look-ups."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import ibis.expr.types as ir

from duikou.engines.casemix.indicators.aggregates import AGGREGATES, PLACE, added, rows
from duikou.engines.casemix.indicators.definitions import BadParameter
from duikou.engines.casemix.indicators.places import located, located_sums

DECEMBER: Final = 12

RESIDENT_COLUMNS: Final = (
    "hospital",
    "hospital_county",
    "city",
    "month",
    "discharged",
    "residence",
    "disease",
    "major_disease",
    "payment",
    "total",
    "grouped",
)
"""What the second source must give of each stay: the insurer's settlements, in the form of FACTS."""


@dataclass(frozen=True, slots=True)
class Tables:
    """Cells by the names of their aggregates, and what else an indicator may ask for."""

    cells: Mapping[str, ir.Table]
    weights: ir.Table | None = None  # drg, weight (1e-4): imported weights
    reference: ir.Table | None = None  # hospital: those of the reference set "listed"
    county_hospitals: ir.Table | None = None  # hospital: the county-level ones, wherever they are
    periods: _Periods | None = None

    @classmethod
    def of_facts(
        cls,
        facts: ir.Table,
        *,
        crosswalk: ir.Table | None = None,
        settlements: ir.Table | None = None,
        weights: ir.Table | None = None,
        reference: ir.Table | None = None,
        county_hospitals: ir.Table | None = None,
    ) -> Tables:
        """Return the tables over stays; nothing is computed yet.

        `settlements` are stays outside the area that its front pages cannot show; they count
        where residents are looked for, never in the work of hospitals.
        """
        stays = residents = located(facts, crosswalk)
        if settlements is not None:
            own = facts.select(*RESIDENT_COLUMNS)
            elsewhere = settlements.select(*RESIDENT_COLUMNS).cast(own.schema())
            residents = located(own.union(elsewhere, distinct=False), crosswalk)
        return cls(
            {
                name: rows(name, residents if aggregate.of_residents else stays)
                for name, aggregate in AGGREGATES.items()
            },
            weights,
            reference,
            county_hospitals,
        )

    @classmethod
    def of_sums(
        cls,
        sums: Mapping[str, ir.Table],
        *,
        crosswalk: ir.Table | None = None,
        weights: ir.Table | None = None,
        reference: ir.Table | None = None,
        county_hospitals: ir.Table | None = None,
    ) -> Tables:
        """Return the tables over sums that a store kept or provinces sent (`aggregates.sums`).

        Sums of several sources may simply stand one below the other. An indicator that needs
        an aggregate that is not among them is refused.
        """
        found = {}
        for name, table in sums.items():
            codes = located_sums(table, crosswalk)
            found[name] = added(name, [codes], AGGREGATES[name].keys)
        return cls(found, weights, reference, county_hospitals)

    def of(self, name: str, first: int | None = None, last: int | None = None) -> ir.Table:
        """Return the cells of an aggregate in these months, both included; None is without end.

        Raises BadParameter where the source does not have them.
        """
        if name not in self.cells:
            raise BadParameter(
                f"数据来源中没有汇总表 {name}，须由病例明细计算",
                f"the source has no sums {name}: compute from the stays themselves",
            )
        self.check_months(first, last)
        table = _with_away(self.cells[name])
        if first is not None:
            table = table.filter(table.month >= first)
        if last is not None:
            table = table.filter(table.month <= last)
        return table

    def over(
        self, name: str, first: int | None = None, last: int | None = None, *, places: bool = True
    ) -> ir.Table:
        """Return the same cells for whoever does not ask for the months in them; they may be summed.

        Without `places` hospitals and what lies around them are not asked for either.
        """
        table = self.of(name, first, last)
        if self.periods is None:
            return table
        left_out = ("month",) if places else PLACE
        return self.periods.of((name, first, last, *left_out), table, left_out)

    def check_months(self, first: int | None, last: int | None) -> None:
        """Refuse a part of a year where the cells are of whole years."""
        if not self.by_year:
            return
        starts_late = first is not None and first % 100 != 1
        if starts_late or (last is not None and last % 100 != DECEMBER):
            raise BadParameter(
                f"数据按整年汇总，不能取 {first or '…'} 至 {last or '…'}",
                f"the sums are of whole years: {first or '…'} to {last or '…'} cannot be told apart",
            )

    def kept(self, keep: Callable[[str, ir.Table], ir.Table], *, by_year: bool = False) -> Tables:
        """Return the tables with each table of cells computed at most once, when first asked for.

        `keep(name, expression)` computes a table of cells and returns what holds it. Worth its
        while for several indicators of one source. By year, cells are fewer and faster, and
        answer for whole years only.
        """
        return replace(self, cells=_Kept(self.cells, keep, by_year))

    def shared(self, keep: Callable[[str, ir.Table], ir.Table]) -> Tables:
        """Return the tables for a page: cells that several of its indicators ask for are summed once.

        Cells of the same months that are asked for again are summed over these months and
        kept (`keep` as in `kept`). What is asked for once costs nothing more.
        """
        return replace(self, periods=_Periods(keep))

    @property
    def by_year(self) -> bool:
        """Whether cells are of whole years, each in its December."""
        return isinstance(self.cells, _Kept) and self.cells.by_year

    @property
    def origin(self) -> Tables:
        """The tables as they were before any of them was kept."""
        cells = self.cells.whole if isinstance(self.cells, _Kept) else self.cells
        return replace(self, cells=cells, periods=None)


def _with_away(cells: ir.Table) -> ir.Table:
    """Say whether the stay was outside the county; null = not known."""
    if not {"residence", "hospital_county"} <= set(cells.columns):
        return cells
    return cells.mutate(away=cells.hospital_county != cells.residence)


class _Periods:
    """Cells summed over the months of a period, from the second time on that they are asked for."""

    def __init__(self, keep: Callable[[str, ir.Table], ir.Table]) -> None:
        self._keep = keep
        self._known: dict[tuple[object, ...], ir.Table | None] = {}

    def of(self, asked: tuple[object, ...], cells: ir.Table, left_out: Sequence[str]) -> ir.Table:
        name = str(asked[0])
        if asked not in self._known:
            self._known[asked] = None
            return cells
        known = self._known[asked]
        if known is None:
            keys = [key for key in AGGREGATES[name].keys if key not in left_out]
            known = self._known[asked] = _with_away(self._keep(name, added(name, [cells], keys)))
        return known


class _Kept(Mapping[str, ir.Table]):
    """Tables of cells that are computed when first asked for."""

    def __init__(
        self, cells: Mapping[str, ir.Table], keep: Callable[[str, ir.Table], ir.Table], by_year: bool
    ) -> None:
        self.whole = cells
        self._keep = keep
        self.by_year = by_year
        self._kept: dict[str, ir.Table] = {}

    def __getitem__(self, name: str) -> ir.Table:
        if name not in self._kept:
            cells = self.whole[name]
            if self.by_year:
                cells = cells.mutate(month=(cells.month // 100 * 100 + DECEMBER).cast("int64"))
            self._kept[name] = self._keep(name, added(name, [cells], AGGREGATES[name].keys))
        return self._kept[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.whole)

    def __len__(self) -> int:
        return len(self.whole)

    def __contains__(self, name: object) -> bool:
        return name in self.whole
