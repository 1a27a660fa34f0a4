"""What an indicator is computed from: the cells of the stays and a few small look-ups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import ibis.expr.types as ir

from duikou.engines.casemix.indicators.aggregates import AGGREGATES, cells, located

RESIDENT_COLUMNS = (
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
    """Cells by their names, and what else an indicator may ask for."""

    cells: Mapping[str, ir.Table]
    weights: ir.Table | None = None  # drg, weight (1e-4): imported weights
    reference: ir.Table | None = None  # hospital: those of the reference set "listed"
    county_hospitals: ir.Table | None = None  # hospital: the county-level ones, wherever they are

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
                name: cells(name, residents if aggregate.of_residents else stays)
                for name, aggregate in AGGREGATES.items()
            },
            weights,
            reference,
            county_hospitals,
        )

    def kept(self, keep: Callable[[str, ir.Table], ir.Table]) -> Tables:
        """Return the tables with each table of cells computed once, by `keep(name, expression)`."""
        return replace(self, cells={name: keep(name, table) for name, table in self.cells.items()})
