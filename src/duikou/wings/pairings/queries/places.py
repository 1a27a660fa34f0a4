"""What a city, a county and a hospital have to do with a round."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.translation import gettext as _

from duikou.core.errors import Missing
from duikou.core.scope import Actor
from duikou.wings.hospitals.models import Hospital, HospitalPlace
from duikou.wings.hospitals.queries import find_hospital
from duikou.wings.pairings.models import AidLoad, DepartmentLink, Finding, Pairing, Round
from duikou.wings.pairings.queries.findings import findings, in_place
from duikou.wings.pairings.queries.pairings import aid_loads, pairings
from duikou.wings.pairings.queries.rounds import Figures, round_figures
from duikou.wings.pairings.translate import divisions_of, rows_of
from duikou.wings.places.models import Division

NOTHING = Q(pk__in=[])


@dataclass(frozen=True, slots=True)
class UnitState:
    """A county-level unit with what supports it."""

    division: Division
    recipients: int
    rows: int
    own_city_rows: int
    counted: bool  # whether the coverage goal speaks of it (districts stand apart)

    @property
    def covered(self) -> bool:
        """Whether it has a recipient."""
        return self.recipients > 0


@dataclass(frozen=True)
class CityPanel:
    """A city in a round: its counties, its own table, what others do there, its findings."""

    city: Division
    units: list[UnitState]
    own_table: list[Pairing]
    from_outside: list[Pairing]
    findings: list[Finding]


def city_panel(actor: Actor, round_: Round, code: str, as_of: dt.date | None = None) -> CityPanel:
    """All about one city on the round's division date (or `as_of`); raises Missing."""
    day = as_of or round_.divisions_on
    city = Division.objects.on(day).filter(level=Division.Level.CITY, code=code).select_related("org").first()
    if city is None:
        raise Missing(_("%(day)s 没有代码为 %(code)s 的市。") % {"day": day, "code": code})
    units = list(Division.objects.on(day).filter(parent=city).order_by("code"))
    ids = {unit.pk for unit in units}
    rows, unit_of = _rows(actor, round_, as_of, ids, Q(group=city.name))
    inside = [row for row in rows if unit_of[row.pk] in ids]
    own = [row for row in rows if row.group == city.name]
    return CityPanel(
        city=city,
        units=_unit_states(units, inside, unit_of, city.name),
        own_table=own,
        from_outside=[row for row in inside if row.group != city.name],
        findings=list(in_place(findings(actor, round_).filter(present=True), city.org.path or "")),
    )


def _unit_states(
    units: list[Division], rows: list[Pairing], unit_of: dict[int, int], city: str
) -> list[UnitState]:
    found = []
    for unit in units:
        own = [row for row in rows if unit_of[row.pk] == unit.pk]
        found.append(
            UnitState(
                division=unit,
                recipients=len({row.recipient_id for row in own}),
                rows=len(own),
                own_city_rows=sum(row.group == city for row in own),
                counted=unit.kind in Division.COUNTY_KINDS,
            )
        )
    return found


@dataclass(frozen=True)
class CountyPanel:
    """A county-level unit in a round."""

    county: Division
    pairings: list[Pairing]
    findings: list[Finding]
    counted: bool
    public_covered: bool


def county_panel(actor: Actor, round_: Round, code: str, as_of: dt.date | None = None) -> CountyPanel:
    """All about one county-level unit on the round's division date (or `as_of`); raises Missing."""
    day = as_of or round_.divisions_on
    county = (
        Division.objects.on(day)
        .filter(level=Division.Level.COUNTY, code=code)
        .select_related("org", "parent")
        .first()
    )
    if county is None:
        raise Missing(_("%(day)s 没有代码为 %(code)s 的县（市、区）。") % {"day": day, "code": code})
    figures = round_figures(round_, as_of)
    rows, unit_of = _rows(actor, round_, as_of, {county.pk})
    return CountyPanel(
        county=county,
        pairings=[row for row in rows if unit_of[row.pk] == county.pk],
        findings=list(in_place(findings(actor, round_).filter(present=True), county.org.path or "")),
        counted=county.kind in Division.COUNTY_KINDS,
        public_covered=_covered(figures, code),
    )


def _covered(figures: Figures, code: str) -> bool:
    return code not in figures.counties.uncovered and code not in figures.districts.uncovered


def _rows(
    actor: Actor, round_: Round, as_of: dt.date | None, units: Collection[int], others: Q = NOTHING
) -> tuple[list[Pairing], dict[int, int]]:
    """The visible pairings whose recipient lies in one of `units` on the day (or that meet `others`).

    With them the unit in which each one's recipient lies.
    """
    there = Q(recipient_division__in=units)
    if as_of is not None:
        placed = HospitalPlace.objects.filter(HospitalPlace.on(as_of))
        moved_in = placed.filter(division__in=units).values("hospital")
        there = Q(recipient__in=moved_in) | (there & ~Q(recipient__in=placed.values("hospital")))
    visible = pairings(actor).filter(there | others, pk__in=rows_of(round_, as_of).values("pk"))
    rows = list(
        visible.select_related("supporter", "recipient", "recipient_division__parent").order_by("position")
    )
    if as_of is None:
        return rows, {row.pk: row.recipient_division_id for row in rows}
    places = divisions_of((row.recipient_id for row in rows), as_of)
    return rows, {row.pk: places.get(row.recipient_id, row.recipient_division_id) for row in rows}


@dataclass(frozen=True)
class HospitalPanel:
    """A hospital in all rounds: whom it supports, who supports it, what else it carries."""

    hospital: Hospital
    supports: list[Pairing]
    supported_by: list[Pairing]
    links: list[DepartmentLink]
    aid: list[AidLoad]
    findings: list[Finding] = field(default_factory=list)


def hospital_panel(actor: Actor, hospital_id: int, on: dt.date | None = None) -> HospitalPanel:
    """All about one hospital, in force on a day or over all rounds; raises Missing."""
    hospital = find_hospital(actor, hospital_id)
    visible = pairings(actor).select_related("round", "supporter", "recipient", "recipient_division__parent")
    if on is not None:
        visible = visible.on(on)
    visible = visible.order_by("-start", "position")
    supports = list(visible.filter(supporter=hospital))
    supported_by = list(visible.filter(recipient=hospital))
    links = DepartmentLink.objects.visible_to(actor).filter(pairing__in=[*supports, *supported_by])
    standing = (
        in_place(findings(actor).filter(present=True), hospital.scope_path)
        if actor.may("finding.view")
        else []
    )
    return HospitalPanel(
        hospital=hospital,
        supports=supports,
        supported_by=supported_by,
        links=list(links.select_related("pairing", "supporter_head", "recipient_head")),
        aid=aid_loads(actor, [hospital.pk]),
        findings=list(standing),
    )
