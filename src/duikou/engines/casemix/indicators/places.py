"""Division codes read as on the reporting day, by a dated crosswalk.

The crosswalk has, for each code and stretch of time (`valid_from`; `valid_to`, the first day
after it; null = open), the `county` and `city` on the reporting day. The spans of one code
do not overlap. A hospital outside it keeps its codes; a resident of a place outside it
lives elsewhere. Without a crosswalk every code stands for itself.
"""

from __future__ import annotations

from typing import Final

import ibis
import ibis.expr.types as ir

UNKNOWN: Final = ""  # residence not known: a class of its own, always shown
ELSEWHERE: Final = "other"  # residence known, outside the divisions of the crosswalk
_FAR: Final = 99991231


def located(stays: ir.Table, crosswalk: ir.Table | None) -> ir.Table:
    """Read the codes of stays by their days of discharge."""
    if crosswalk is None:
        return _as_they_are(stays)
    spans = crosswalk.select(
        "code",
        "county",
        since=crosswalk.valid_from.coalesce(ibis.date(1900, 1, 1)),
        until=crosswalk.valid_to.coalesce(ibis.date(9999, 12, 31)),
        division_city="city",
    )
    return _translated(stays, spans, by_month=False)


def located_sums(sums: ir.Table, crosswalk: ir.Table | None) -> ir.Table:
    """Read the codes of sums by their months: of two spans of a code in one month, the later.

    That is what reading by days gives unless the two spans of one code in the month of a
    change stand for two counties.
    """
    sums = sums.mutate(hospital_county=sums.hospital_county.nullif(""))  # sums name what is not known
    if crosswalk is None:
        return _as_they_are(sums)
    months = sums.select("month").distinct()
    pairs = crosswalk.mutate(
        since=_number(crosswalk.valid_from).coalesce(0), until=_number(crosswalk.valid_to).coalesce(_FAR)
    ).cross_join(months)
    first_day = pairs.month * 100 + 1
    pairs = pairs.filter((pairs.since <= first_day + 30) & (pairs.until > first_day))
    latest = ibis.window(group_by=["code", "month"], order_by=[pairs.since.desc()])
    pairs = pairs.mutate(place=ibis.row_number().over(latest))
    spans = pairs.filter(pairs.place == 0).select("code", "county", span_month="month", division_city="city")
    return _translated(sums, spans, by_month=True)


def _number(day: ir.Value) -> ir.Value:
    return (day.year() * 10_000 + day.month() * 100 + day.day()).cast("int64")


def _as_they_are(stays: ir.Table) -> ir.Table:
    if "residence" not in stays.columns:
        return stays
    home = stays.residence
    city = ibis.cases((home == UNKNOWN, UNKNOWN), else_=home.substr(0, 4) + "00")
    return stays.mutate(residence_city=city)


def _translated(stays: ir.Table, spans: ir.Table, *, by_month: bool) -> ir.Table:
    stays = _joined(stays, spans, "hospital_county", by_month=by_month)
    stays = stays.mutate(
        hospital_county=stays.division.coalesce(stays.hospital_county),
        city=stays.division_city.coalesce(stays.city),
    ).drop("division", "division_city")
    if "residence" not in stays.columns:
        return stays
    stays = _joined(stays, spans, "residence", by_month=by_month)
    unknown = stays.residence.fill_null(UNKNOWN) == UNKNOWN
    return stays.mutate(
        residence=ibis.cases((unknown, UNKNOWN), else_=stays.division.coalesce(ELSEWHERE)),
        residence_city=ibis.cases((unknown, UNKNOWN), else_=stays.division_city.coalesce(ELSEWHERE)),
    ).drop("division", "division_city")


def _joined(stays: ir.Table, spans: ir.Table, column: str, *, by_month: bool) -> ir.Table:
    """Add to each row the division that its code in this column stands for, null where none does."""
    spans = spans.view()
    if by_month:
        time = [stays.month == spans.span_month]
    else:
        time = [stays.discharged >= spans.since, stays.discharged < spans.until]
    joined = stays.join(spans, [stays[column] == spans.code, *time], how="left")
    return joined.select(stays, spans.division_city, division=spans.county)
