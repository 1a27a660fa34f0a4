"""What an audit writes down beside its findings, so that overviews read a few numbers instead of all rows.

Both documents are plain JSON. `reach_of` is also what a reader computes when nothing
recorded holds: recorded and computed figures are the same by construction.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from duikou.core.paths import WIDTH
from duikou.core.scope import ROOT
from duikou.engines.pairing import coverage as engine_coverage
from duikou.engines.pairing import model as engine
from duikou.engines.pairing.audit import counts
from duikou.wings.pairings.models import Finding, Pairing, Round
from duikou.wings.pairings.translate import recipients_per_unit, rules_digest, rules_for
from duikou.wings.pairings.workflows import FINDING

SORTS = ("counties", "counties_in_city_tables", "districts")


def reach_of(
    round_: Round, tables: engine.Round, rules: Mapping[str, engine.RuleSpec], as_of: dt.date | None = None
) -> dict[str, Any]:
    """Counts and coverage of a round, in three parts that are read apart.

    `headline` holds the numbers of the whole. `cities` holds, for each city: code,
    recipients, and per sort of `SORTS` the number of units with the codes (counties) or
    the number of those without a recipient. `uncovered` names all such units by code.
    """
    size = counts(tables)
    reach = engine_coverage.coverage(tables, rules)
    recipients = recipients_per_unit(round_, as_of)
    in_city: Counter[str] = Counter()
    for unit in tables.units:
        in_city[unit.city_code] += recipients.get(unit.code, 0)
    return {
        "headline": {
            "counts": [size.supporters, size.pairings, size.recipients],
            **{sort: _share(getattr(reach, sort)) for sort in SORTS},
            "last_day": _last_day(round_),
        },
        "cities": [
            [
                city.city_code,
                in_city[city.city_code],
                [city.counties.total, [unit.code for unit in city.counties.uncovered]],
                _share(city.counties_in_city_tables),
                _share(city.districts),
            ]
            for city in reach.by_city
        ],
        "uncovered": {
            sort: {unit.code: unit.name for unit in getattr(reach, sort).uncovered} for sort in SORTS
        },
    }


def _share(reach: engine_coverage.Reach) -> list[int]:
    return [reach.total, len(reach.uncovered)]


def _last_day(round_: Round) -> str | None:
    """The last day on which the tables stand as today: then a pairing ends that was ended early."""
    ends = Pairing.objects.filter(round=round_, end__gte=timezone.localdate()).exclude(ended_reason="")
    day = ends.order_by("end").values_list("end", flat=True).first()
    return day.isoformat() if day else None


@cache
def digest_of(policy_pack: str, start: dt.date) -> str:
    """Fingerprint of the rules of a pack on a day; packs are read once per process."""
    return rules_digest(rules_for(Round(policy_pack=policy_pack, start=start)))


# ---------------------------------------------------------------- findings


RULE_COLUMNS = ("rule", "clause", "mark")
OPEN_STATES = FINDING.open_states
CLOSED_STATES = tuple(state for state in FINDING.states if state not in OPEN_STATES)


def standing(round_: Round, visible: Q) -> Any:
    """The standing findings of a round that meet a condition of visibility, by rule."""
    return Finding.objects.filter(visible, round=round_, present=True).order_by().values(*RULE_COLUMNS)


def severities() -> dict[str, Count]:
    """Number of findings of each severity, to annotate `standing` with."""
    return {severity.value: Count("pk", filter=Q(severity=severity.value)) for severity in Finding.Severity}


def tally_of(round_: Round) -> list[dict[str, Any]]:
    """Standing findings by rule and severity, as seen from the round's province and from what lies above it.

    Who sees less of the round has few findings, which are counted when asked for.
    """
    province = round_.org.path or ""
    return [
        {"path": path, "rules": _plain(standing(round_, Finding.visibility((path,))))}
        for path in (ROOT, *(province[:end] for end in range(WIDTH, len(province) + 1, WIDTH)))
    ]


def _plain(rows: Any) -> list[dict[str, Any]]:
    found: Iterable[dict[str, Any]] = rows.annotate(**severities())
    return sorted(found, key=lambda row: tuple(row[name] for name in RULE_COLUMNS))
