"""What front pages tell the plans: for which diseases a county's people are treated outside it."""

from __future__ import annotations

from duikou.core.scope import Actor
from duikou.engines.text import Text
from duikou.wings.discharges import months, reference, wording
from duikou.wings.discharges.figures import Reader
from duikou.wings.discharges.queries.scope import Area
from duikou.wings.discharges.queries.submissions import demonstration_in_force
from duikou.wings.plans.sources import CountyNeeds, Disease, NeededDepartment, register_needs


def county_needs(actor: Actor, county: str, most: int, years: int) -> CountyNeeds | None:
    """The list of the county's own dashboard; None without front pages, or outside the actor's area."""
    if county not in Area(actor).counties:
        return None
    with Reader() as reader:
        if reader.basis.empty:
            return None
        last = reader.basis.last_month
        figure = reader.figure("out_referral_list", k=most, years=years, to_month=last)
        first = max(reader.basis.first_month, months.before(last, 12 * years - 1))
    listed = sorted((row for row in figure.rows if row["residence"] == county), key=lambda row: row["rank"])
    if not listed:
        return None
    return CountyNeeds(
        first=months.shown(first),
        last=months.shown(last),
        diseases=tuple(
            Disease(
                row["rank"],
                row["disease"],
                _name(row["disease"]),
                row["numerator"],
                wording.shown(figure.definition, row["value"]),
            )
            for row in listed
        ),
        departments=tuple(
            NeededDepartment(one.specialty.id, one.specialty.title, (*one.main, *one.shares))
            for one in reference.specialties().departments([row["disease"] for row in listed])
        ),
        demonstration=demonstration_in_force(),
    )


def _name(code: str) -> Text:
    from duikou.engines.casemix.disease_names import name_of

    return name_of(code) or Text("", "")


def register() -> None:
    """Answer when a plan asks what its county needs."""
    register_needs(county_needs)
