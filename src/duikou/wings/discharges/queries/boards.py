"""What the dashboards of a hospital, a county and a province show, out of the figures of one state."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from duikou.wings.discharges import months, reference
from duikou.wings.discharges.demands import settings_of
from duikou.wings.discharges.figures import Basis, Figure, Reader
from duikou.wings.discharges.queries.scope import ELSEWHERE, UNKNOWN, Area
from duikou.wings.discharges.queries.told import told, without_hospital
from duikou.wings.hospitals.models import Hospital
from duikou.wings.places.models import Division

if TYPE_CHECKING:
    from duikou.engines.casemix.indicators.small import Point
    from duikou.engines.casemix.specialties import Department

YEAR = 12  # months that a dashboard looks at
TREND = 24  # months of a trend
DESTINATIONS = 10
FLOWS = 40  # flows on the province's map

OF_HOSPITAL = (
    "cases", "cmi", "groups", "grouping_rate", "average_stay", "average_cost", "operation_share",
    "cost_index", "time_index", "low_risk_mortality", "missing_specialties",
)  # fmt: skip
RATE, NEEDS = "in_county_rate", "out_referral_list"
OF_COUNTY = (RATE, "out_of_county_rate", "in_city_rate", "in_county_cost_share")
FUNNEL = "mortality_ratio"


@dataclass(frozen=True, slots=True)
class Period:
    """The months that a dashboard looks at."""

    first: int
    last: int

    @property
    def settings(self) -> dict[str, Any]:
        """As parameters of an indicator."""
        return {"from_month": self.first, "to_month": self.last}

    @property
    def words(self) -> str:
        """As people write it."""
        return f"{months.shown(self.first)} – {months.shown(self.last)}"


def period(basis: Basis, until: int | None = None, count: int = YEAR) -> Period:
    """The year up to a month (default: the last one with data)."""
    last = until or basis.last_month or months.before(months.this_month())
    return Period(months.before(last, count - 1), last)


def row_of(figure: Figure, **keys: object) -> Mapping[str, Any] | None:
    """The row of one unit."""
    return next((row for row in figure.rows if all(row[k] == v for k, v in keys.items())), None)


# ---------------------------------------------------------------- hospital


@dataclass(frozen=True, slots=True)
class Peer:
    """A hospital of the same tier in the funnel; without a name where the actor may not see it."""

    hospital: Hospital | None
    own: bool
    size: float  # expected deaths
    point: Point


@dataclass(frozen=True)
class HospitalBoard:
    """One hospital's year."""

    hospital: Hospital
    period: Period
    tiles: list[tuple[Figure, Mapping[str, Any] | None]]
    trend_months: list[int]
    trend: list[tuple[Figure, list[int | None]]]
    peers: list[Peer]
    funnel: Figure


def hospital_board(reader: Reader, area: Area, pk: int, until: int | None = None) -> HospitalBoard:
    """Figures, trend and peers of one hospital; raises Missing."""
    hospital = area.hospital(pk)
    chosen = period(reader.basis, until)
    tiles = [reader.figure(name, **chosen.settings) for name in OF_HOSPITAL]
    line = period(reader.basis, chosen.last, TREND)
    span = months.span(line.first, line.last)
    trend = []
    for name in ("cases", "cmi"):
        figure = reader.figure(name, by=["hospital", "month"], **line.settings)
        values = {row["month"]: row["value"] for row in figure.rows if row["hospital"] == hospital.key}
        trend.append((figure, [values.get(month) for month in span]))
    funnel_figure = reader.figure(FUNNEL, **chosen.settings)
    return HospitalBoard(
        hospital,
        chosen,
        [(figure, row_of(figure, hospital=hospital.key)) for figure in tiles],
        span,
        trend,
        list(_peers(area, hospital, funnel_figure)),
        funnel_figure,
    )


EXPECTED = 1_000_000  # the denominator of observed to expected counts in these parts


def _peers(area: Area, hospital: Hospital, figure: Figure) -> Iterator[Peer]:
    """Hospitals of the same tier against each other: observed deaths to those expected of their groups."""
    from duikou.engines.casemix.indicators.small import funnel
    from duikou.engines.casemix.indicators.small.funnel import Kind

    tier = dict(Hospital.objects.filter(tier=hospital.tier).values_list("key", "pk"))
    rows = [row for row in figure.rows if row["hospital"] in tier and row["denominator"] > 0]
    if not rows:
        return
    sizes = [row["denominator"] / EXPECTED for row in rows]
    found = funnel([row["numerator"] for row in rows], sizes, Kind.RATIO, centre=1.0, overdispersion=True)
    for row, size, point in zip(rows, sizes, found.points, strict=True):
        yield Peer(area.hospitals.get(row["hospital"]), row["hospital"] == hospital.key, size, point)


# ---------------------------------------------------------------- county


@dataclass(frozen=True, slots=True)
class Destination:
    """A hospital outside the county that its residents go to."""

    key: str
    name: str
    county: str
    row: Mapping[str, Any]


@dataclass(frozen=True)
class CountyBoard:
    """One county's year, and its needs of three years."""

    county: Division
    period: Period
    rates: list[tuple[Figure, Mapping[str, Any] | None]]
    cmi: tuple[Figure, Mapping[str, Any] | None]
    trend_months: list[int]
    trend: tuple[Figure, list[int | None]]
    needs: tuple[Figure, list[Mapping[str, Any]]]
    departments: Sequence[Department]
    destinations: tuple[Figure, list[Destination]]
    major: tuple[Figure, list[Mapping[str, Any]]]
    down: tuple[Figure, list[Mapping[str, Any]]]


def county_board(reader: Reader, area: Area, code: str, until: int | None = None) -> CountyBoard:
    """Where the residents of a county are treated and for what they leave it; raises Missing."""
    county = area.county(code)
    chosen = period(reader.basis, until)
    bare = without_hospital()
    rates = [told(reader.figure(name, **settings_of(name), **chosen.settings), bare) for name in OF_COUNTY]
    cmi = reader.figure("cmi", by=["hospital_county"], **chosen.settings)
    line = period(reader.basis, chosen.last, TREND)
    span = months.span(line.first, line.last)
    monthly = told(reader.figure(RATE, by=["residence", "month"], **settings_of(RATE), **line.settings), bare)
    values = {row["month"]: row["value"] for row in monthly.rows if row["residence"] == code}
    needs = reader.figure(NEEDS, **settings_of(NEEDS), to_month=chosen.last)
    listed = sorted((row for row in needs.rows if row["residence"] == code), key=lambda row: row["rank"])
    major = told(reader.figure("major_diseases_in_county", **chosen.settings), bare)
    down = reader.figure("down_referral_candidates", **chosen.settings)
    candidates = [row for row in down.rows if row["residence"] == code and not row["suppressed"]]
    return CountyBoard(
        county=county,
        period=chosen,
        rates=[(figure, row_of(figure, residence=code)) for figure in rates],
        cmi=(cmi, row_of(cmi, hospital_county=code)),
        trend_months=span,
        trend=(monthly, [values.get(month) for month in span]),
        needs=(needs, listed),
        departments=reference.specialties().departments([row["disease"] for row in listed]),
        destinations=_destinations(reader, code, chosen),
        major=(major, [row for row in major.rows if row["residence"] == code]),
        down=(down, sorted(candidates, key=lambda row: (-row["numerator"], row["drg"]))[:DESTINATIONS]),
    )


def _destinations(reader: Reader, code: str, chosen: Period) -> tuple[Figure, list[Destination]]:
    figure = reader.figure("outflow_destinations", **chosen.settings)
    rows = sorted((row for row in figure.rows if row["residence"] == code), key=lambda row: row["rank"])
    shown = rows[:DESTINATIONS]
    rows_known = Hospital.objects.filter(key__in=[row["hospital"] for row in shown])
    known: dict[str, tuple[str, str]] = {
        key: (name, county) for key, name, county in rows_known.values_list("key", "name", "division__name")
    }
    places = ((row, *known.get(row["hospital"], (row["hospital"], ""))) for row in shown)
    return figure, [Destination(row["hospital"], name, county, row) for row, name, county in places]


# ---------------------------------------------------------------- province


@dataclass(frozen=True, slots=True)
class CountyLine:
    """One county in the province's table: what is on its own dashboard, too."""

    county: Division
    rate: Mapping[str, Any] | None
    cmi: Mapping[str, Any] | None
    needs: list[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Flow:
    """So many stays of one county's residents in another county."""

    source: str
    target: str
    cases: int
    share: float  # of all stays of these residents outside their county


@dataclass(frozen=True)
class ProvinceBoard:
    """All counties of the area."""

    period: Period
    rate: Figure
    cmi: Figure
    needs: Figure
    lines: list[CountyLine]
    bare: int  # of these counties without a registered hospital
    unknown: int  # stays of residents whose county is not known
    flows: list[Flow]
    flow_figure: Figure
    disease: str
    source: str


def province_board(
    reader: Reader, area: Area, until: int | None = None, *, source: str = "", disease: str = ""
) -> ProvinceBoard:
    """In-county rate, case-mix index and needs of each county; who goes where, for what."""
    chosen = period(reader.basis, until)
    bare = without_hospital()
    rate = told(reader.figure(RATE, **settings_of(RATE), **chosen.settings), bare)
    cmi = reader.figure("cmi", by=["hospital_county"], **chosen.settings)
    needs = reader.figure(NEEDS, **settings_of(NEEDS), to_month=chosen.last)
    listed: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in sorted(needs.rows, key=lambda row: row["rank"]):
        listed[row["residence"]].append(row)
    rates = {row["residence"]: row for row in rate.rows}
    weights = {row["hospital_county"]: row for row in cmi.rows}
    lines = [
        CountyLine(county, rates.get(code), weights.get(code), listed.get(code, []))
        for code, county in area.counties.items()
        if code in rates or code in weights
    ]
    flow_figure = reader.figure("outflow_destinations", disease=disease, **chosen.settings)
    unknown = rates.get(UNKNOWN)
    return ProvinceBoard(
        period=chosen,
        rate=rate,
        cmi=cmi,
        needs=needs,
        lines=lines,
        bare=sum(one.county.code in bare for one in lines),
        unknown=int(unknown["cases"]) if unknown and area.whole else 0,
        flows=_flows(area, flow_figure, source),
        flow_figure=flow_figure,
        disease=disease,
        source=source,
    )


def _flows(area: Area, figure: Figure, source: str) -> list[Flow]:
    """From county to county, the largest first."""
    where = dict(Hospital.objects.values_list("key", "division__code"))
    cases: Counter[tuple[str, str]] = Counter()
    whole: dict[str, int] = {}
    for row in figure.rows:
        home, there = row["residence"], where.get(row["hospital"], "")
        if home in area.counties and home not in (UNKNOWN, ELSEWHERE) and (not source or home == source):
            cases[home, there] += row["numerator"]
            whole[home] = row["denominator"]
    ranked = sorted(cases.items(), key=lambda item: (-item[1], item[0]))
    return [
        Flow(home, there, count, count / whole[home] if whole[home] else 0.0)
        for (home, there), count in ranked[:FLOWS]
    ]


def first_figures(basis: Basis) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What the dashboards show when they are opened: computed with each commit."""
    chosen, line = period(basis), period(basis, count=TREND)
    for name in (*OF_HOSPITAL, *OF_COUNTY, FUNNEL):
        yield name, {**settings_of(name), **chosen.settings}
    yield "cmi", {"by": ["hospital_county"], **chosen.settings}
    for name in ("cases", "cmi"):
        yield name, {"by": ["hospital", "month"], **line.settings}
    yield RATE, {"by": ["residence", "month"], **settings_of(RATE), **line.settings}
    yield NEEDS, {**settings_of(NEEDS), "to_month": chosen.last}
    for name in ("outflow_destinations", "major_diseases_in_county", "down_referral_candidates"):
        yield name, chosen.settings
