"""Rows of figures that cannot mean what they say: counties in which no hospital is registered.

In-county care is care in hospitals of the county. Where the register has none, there is no
such care by definition: no rate is shown and no goal judged, and the reason stands in its place.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Final

from duikou.wings.discharges.figures import Figure
from duikou.wings.hospitals.models import Hospital
from duikou.wings.places.models import Division

NO_HOSPITAL: Final = "no_hospital"
INSIDE: Final = (
    "in_county_rate", "in_county_insured_rate", "in_county_cost_share", "major_diseases_in_county",
)  # fmt: skip
OUTSIDE: Final = ("out_of_county_rate",)


def without_hospital() -> frozenset[str]:
    """Codes of today's counties in which no active hospital is registered: one query."""
    active = Hospital.objects.filter(state=Hospital.State.ACTIVE).values("division__code")
    rows = Division.objects.filter(level=Division.Level.COUNTY, valid_to=None).exclude(code__in=active)
    return frozenset(rows.values_list("code", flat=True))


def told(figure: Figure, bare: Collection[str]) -> Figure:
    """The figure with a reason instead of a value where a county has no hospital and no in-county stay."""
    if figure.id not in (*INSIDE, *OUTSIDE) or "residence" not in figure.settings.get("by", ()):
        return figure
    return replace(figure, rows=tuple(_told(figure.id, row, bare) for row in figure.rows))


def _told(name: str, row: Mapping[str, Any], bare: Collection[str]) -> Mapping[str, Any]:
    inside = row["denominator"] - row["numerator"] if name in OUTSIDE else row["numerator"]
    if row["residence"] not in bare or inside:
        return row
    changed = {**row, "value": None, "reason": NO_HOSPITAL}
    return {**changed, "reached": None} if "reached" in row else changed
