"""The insurer's settlements, and the in-county rate by both sources beside each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.models import AuditEvent
from duikou.core.scope import Actor, ScopedQuerySet
from duikou.engines.casemix.settlements import MICRO, share
from duikou.wings.discharges import months
from duikou.wings.discharges.figures import Figure, Reader
from duikou.wings.discharges.figures.basis import Span, crosswalk
from duikou.wings.discharges.models import SettlementLine, SettlementTable
from duikou.wings.discharges.queries.boards import Period, period
from duikou.wings.discharges.queries.scope import Area
from duikou.wings.discharges.queries.told import NO_HOSPITAL, without_hospital
from duikou.wings.places.models import Division

RATE = "in_county_rate"


def tables(actor: Actor) -> ScopedQuerySet:
    """Imported tables of the actor's area, newest first."""
    found: ScopedQuerySet = SettlementTable.objects.visible_to(actor).select_related("imported_by")
    return found


def table(actor: Actor, pk: int) -> SettlementTable:
    """One table; raises Missing."""
    found = tables(actor).filter(pk=pk).first()
    if found is None:
        raise Missing(_("没有这张结算表，或它不在您的范围内。"))
    return found


def lines_of(found: SettlementTable) -> list[SettlementLine]:
    """The lines of a table that somebody may see."""
    return list(found.lines.select_related("division", "replaced_by"))


def events_of(found: SettlementTable) -> list[AuditEvent]:
    """What was done to a table, newest first: who sees it may see its history."""
    rows = AuditEvent.objects.filter(target_type=found._meta.label_lower, target_id=str(found.pk))
    return list(rows.order_by("-number")[:100])


# ---------------------------------------------------------------- both sources


@dataclass(frozen=True, slots=True)
class Rate:
    """Stays in the county among all stays."""

    inside: int
    whole: int
    least: int  # of fewer stays no rate is shown
    told: bool = True  # False: the county has no registered hospital and no stay inside

    @property
    def value(self) -> int | None:
        """In millionths; None of too few stays, and where no hospital is registered."""
        return share(self.inside, self.whole) if self.told and self.whole >= self.least else None

    @property
    def reason(self) -> str:
        """Why there is no rate, where it is for want of a hospital."""
        return "" if self.told else NO_HOSPITAL

    @property
    def percent(self) -> float | None:
        """In percent."""
        return None if self.value is None else self.value * 100 / MICRO

    @property
    def away(self) -> float | None:
        """The out-of-county rate in percent."""
        return None if self.value is None else (MICRO - self.value) * 100 / MICRO


@dataclass(frozen=True, slots=True)
class Comparison:
    """One county over the months that both sources have."""

    county: Division
    months: tuple[int, ...]  # of both; nothing is compared where there is none
    pages: Rate
    insurer: Rate
    joined: Rate  # front pages with the settled stays outside the province added
    outside: int  # settled stays outside the province

    @property
    def difference(self) -> float | None:
        """Settlements minus front pages, in percentage points."""
        if self.pages.value is None or self.insurer.value is None:
            return None
        return (self.insurer.value - self.pages.value) * 100 / MICRO


@dataclass(frozen=True)
class Compared:
    """All counties of an area, and the year that was asked for."""

    period: Period
    figure: Figure  # the rate by front pages, county by month
    lines: list[Comparison]


def compared(reader: Reader, area: Area, until: int | None = None, *, code: str = "") -> Compared:
    """Both rates of each county of the area (or of one), over the months of a year that both have."""
    chosen = period(reader.basis, until)
    figure = reader.figure(RATE, by=["residence", "month"], minimum=0, **chosen.settings)
    least = int(figure.definition.defaults["minimum"])
    bare = without_hospital()
    counties = {code: area.county(code)} if code else area.counties
    settled = _settled(reader, chosen, set(counties))
    pages: dict[str, dict[int, tuple[int, int]]] = defaultdict(dict)
    for row in figure.rows:
        pages[row["residence"]][row["month"]] = (row["numerator"], row["denominator"])
    return Compared(
        chosen,
        figure,
        [
            _compared(county, pages.get(one, {}), settled[one], least, bare=one in bare)
            for one, county in counties.items()
            if one in settled
        ],
    )


def _settled(
    reader: Reader, chosen: Period, wanted: set[str]
) -> Mapping[str, dict[int, tuple[int, int, int]]]:
    """By county of today and month: stays in the county, all, those outside the province."""
    found: dict[str, dict[int, tuple[int, int, int]]] = defaultdict(dict)
    standing = SettlementLine.objects.filter(in_force=True, month__range=(chosen.first, chosen.last))
    rows = list(standing.select_related("division"))
    spans: dict[str, list[Span]] = defaultdict(list)
    # A county that still is what it was then stands for itself.
    for span in crosswalk(reader.basis.day) if any(row.division.valid_to for row in rows) else ():
        spans[span.code].append(span)
    for line in rows:
        county = _county_today(line, spans[line.division.code])
        if county in wanted:
            inside, whole, outside = found[county].get(line.month, (0, 0, 0))
            found[county][line.month] = (
                inside + line.in_county,
                whole + line.whole,
                outside + line.outside,
            )
    return found


def _county_today(line: SettlementLine, spans: Iterable[Span]) -> str:
    """The county that holds the line's territory today."""
    if line.division.valid_to is None:
        return line.division.code
    last = months.last_day(line.month)
    for span in spans:
        begun = span.valid_from is None or span.valid_from <= last
        if begun and (span.valid_to is None or last < span.valid_to):
            return span.county
    return line.division.code


def _compared(
    county: Division,
    pages: Mapping[int, tuple[int, int]],
    settled: Mapping[int, tuple[int, int, int]],
    least: int,
    *,
    bare: bool,
) -> Comparison:
    both = sorted(pages.keys() & settled.keys())
    inside, whole = _sum(pages[month] for month in both)
    paid_inside, paid, outside = _sum3(settled[month] for month in both)
    return Comparison(
        county=county,
        months=tuple(both),
        pages=Rate(inside, whole, least, told=not bare or inside > 0),
        insurer=Rate(paid_inside, paid, least, told=not bare or paid_inside > 0),
        joined=Rate(inside, whole + outside, least, told=not bare or inside > 0),
        outside=outside,
    )


def _sum(rows: Iterable[tuple[int, int]]) -> tuple[int, int]:
    found = list(rows)
    return sum(one[0] for one in found), sum(one[1] for one in found)


def _sum3(rows: Iterable[tuple[int, int, int]]) -> tuple[int, int, int]:
    found = list(rows)
    return sum(one[0] for one in found), sum(one[1] for one in found), sum(one[2] for one in found)
