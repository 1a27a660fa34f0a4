"""Which hospitals and counties an actor may see figures of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.paths import contains
from duikou.core.scope import Actor
from duikou.wings.discharges.figures import Figure
from duikou.wings.discharges.queries.submissions import inside
from duikou.wings.hospitals.models import Hospital
from duikou.wings.places.models import Division

PERMISSION = "discharge.view"
UNKNOWN, ELSEWHERE = "", "other"  # residences that are no county: shown to whoever sees everything


@dataclass
class Area:
    """What figures an actor may see: two reads, whatever is asked of it afterwards.

    Figures of a hospital are for whoever sees the hospital; figures of a county's residents
    also for the hospitals that lie in it: they tell what the county needs.
    """

    actor: Actor

    @cached_property
    def hospitals(self) -> Mapping[str, Hospital]:
        """Hospitals of the area by key."""
        rows = Hospital.objects.filter(inside(self.actor, PERMISSION)).select_related("division__parent")
        return {row.key: row for row in rows.order_by("name", "pk")}

    @cached_property
    def counties(self) -> Mapping[str, Division]:
        """Counties of today by code: those of the area, and the ones that it lies in."""
        paths = self.actor.paths(PERMISSION)
        rows = Division.objects.filter(level=Division.Level.COUNTY, valid_to=None)
        return {
            row.code: row
            for row in rows.select_related("org", "parent").order_by("code")
            if any(contains(path, row.org.path or "") or contains(row.org.path or "", path) for path in paths)
        }

    @cached_property
    def cities(self) -> Mapping[str, Division]:
        """Cities of which the whole lies in the area."""
        found = {row.parent.code: row.parent for row in self.counties.values() if row.parent}
        rows = Division.objects.filter(code__in=found, valid_to=None).select_related("org")
        return {row.code: row for row in rows if self.actor.may(PERMISSION, row.org.path or "")}

    @property
    def whole(self) -> bool:
        """Whether the area is a province or more."""
        paths = self.actor.paths(PERMISSION)
        return any(len(path) <= 14 for path in paths)

    def county(self, code: str) -> Division:
        """One county; raises Missing when it is not there or not in the area."""
        found = self.counties.get(code)
        if found is None:
            raise Missing(_("没有这个县（市、区），或不在您的范围内。"))
        return found

    def hospital(self, pk: int) -> Hospital:
        """One hospital; raises Missing when it is not there or not in the area."""
        found = next((one for one in self.hospitals.values() if one.pk == pk), None)
        if found is None:
            raise Missing(_("没有这家医院，或不在您的范围内。"))
        return found

    def rows(self, figure: Figure) -> list[Mapping[str, object]]:
        """The rows of a figure that the actor may see."""
        units = figure.settings.get("by", ())
        return [row for row in figure.rows if all(self._sees(unit, row[unit]) for unit in units)]

    def _sees(self, unit: str, value: object) -> bool:
        if unit == "hospital":
            return value in self.hospitals
        if unit in ("hospital_county", "residence"):
            return value in self.counties or (self.whole and value in (UNKNOWN, ELSEWHERE))
        if unit in ("city", "residence_city"):
            return value in self.cities or (self.whole and value in (UNKNOWN, ELSEWHERE))
        return True
