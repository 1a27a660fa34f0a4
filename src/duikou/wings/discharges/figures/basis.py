"""What figures stand on: a version of the store, and the divisions of the reporting day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from django.db.models import Max, Min, Q
from django.utils import timezone

from duikou.wings.discharges import files, months
from duikou.wings.discharges.models import Submission
from duikou.wings.discharges.models.submissions import IN_FORCE
from duikou.wings.places.models import Division
from duikou.wings.places.queries import bridges


@dataclass(frozen=True, slots=True)
class Basis:
    """One state of the data."""

    version: int  # of the store; −1: nothing was ever committed
    day: dt.date  # divisions are read as of this day
    first_month: int  # of what is in force; 0: nothing
    last_month: int

    @property
    def empty(self) -> bool:
        """Whether there is nothing to compute from."""
        return self.version < 0 or not self.last_month

    @property
    def folder(self) -> Path:
        """Where its figures are kept."""
        return files.root() / "figures" / f"v{self.version}-{self.day:%Y%m%d}"


def current() -> Basis:
    """The state of the data now: one query. Divisions are read as on the first day of this month."""
    found = Submission.objects.aggregate(
        version=Max("store_version"),
        first=Min("month", filter=Q(state__in=IN_FORCE)),
        last=Max("month", filter=Q(state__in=IN_FORCE)),
    )
    version = -1 if found["version"] is None else found["version"]
    day = months.first_day(months.month_of(timezone.localdate()))
    return Basis(version, day, found["first"] or 0, found["last"] or 0)


@dataclass(frozen=True, slots=True)
class Span:
    """What a code meant over one stretch of time, said in the divisions of the reporting day."""

    code: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    county: str
    city: str


def crosswalk(day: dt.date) -> list[Span]:
    """Every county code of every time with the county and city that hold its territory on `day`.

    Of a unit that was divided all stays go to itself where it still stands, else to its first
    successor: they cannot be divided by territory. A code is read with its first meaning before
    its time, and with its last one after it: addresses keep old names for years. A meaning begins
    with the month in which it took effect, as the store's sums are of whole months; the last one of
    a month counts.
    """
    units = {
        row.pk: row
        for row in Division.objects.filter(level=Division.Level.COUNTY)
        .select_related("parent")
        .order_by("code", "valid_from")
    }
    target: dict[int, int] = {}
    for start in sorted({row.valid_from for row in units.values()}):
        for pk, parts in bridges(start, day).items():
            if parts:  # a unit that gave up a part and still stands keeps its stays
                own = any(part.key == pk for part in parts)
                target.setdefault(pk, pk if own else parts[0].key)
    found = []
    for _code, group in groupby(units.values(), key=lambda unit: unit.code):
        by_month = {row.valid_from.replace(day=1): row for row in group}
        begins: list[dt.date | None] = [*by_month, None]
        for place, row in enumerate(by_month.values()):
            unit = units[target.get(row.pk, row.pk)]
            found.append(
                Span(
                    code=row.code,
                    valid_from=begins[place] if place else None,
                    valid_to=begins[place + 1],
                    county=unit.code,
                    city=unit.parent.code if unit.parent else unit.code,
                )
            )
    return found
