"""Between the database and the pairing engine: rounds out, findings back in. Set-based throughout."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone

from duikou.engines.pairing import model as engine
from duikou.policy.loader import load_pack
from duikou.wings.hospitals.models import Hospital, HospitalPlace
from duikou.wings.hospitals.queries import engine_hospitals
from duikou.wings.pairings.models import Finding, Pairing, Round
from duikou.wings.places.models import Division
from duikou.wings.places.queries import units_on

_COLUMNS = (
    "id", "table", "group", "position", "running_number", "supporter_printed", "recipient_printed",
    "supporter_id", "recipient_id", "supporter_resolution", "recipient_resolution",
    "start", "end", "departments", "reason",
)  # fmt: skip

_RANK = {engine.Severity.ERROR: 0, engine.Severity.WARNING: 1, engine.Severity.NOTE: 2}
_RANK_STEP = 10_000  # findings of one severity keep the engine's order below this number


def rules_for(round_: Round) -> dict[str, engine.RuleSpec]:
    """The rules by which a round is audited: its pack's, valid when the round began."""
    return load_pack(round_.policy_pack).audit_rules(round_.start)


def rules_digest(rules: Mapping[str, engine.RuleSpec]) -> str:
    """A fingerprint of rules and parameters, to tell which audits can be compared."""
    plain = [[rule.id, rule.clause, rule.mark, dict(rule.parameters)] for rule in rules.values()]
    return hashlib.sha256(
        json.dumps(plain, ensure_ascii=False, sort_keys=True, default=str).encode()
    ).hexdigest()


def rows_of(round_: Round, as_of: dt.date | None = None) -> QuerySet[Pairing]:
    """The pairings that a question about a round concerns.

    With a day, those in force on it. Without, the tables as they stand now: the whole
    term, less what was ended early.
    """
    rows = Pairing.objects.filter(round=round_)
    return rows.standing(timezone.localdate()) if as_of is None else rows.on(as_of)


def engine_round(round_: Round, as_of: dt.date | None = None) -> engine.Round:
    """The round as the engine takes it, with divisions and hospitals of the day.

    Without a day, the round's own division date holds: the tables are judged by the
    divisions they were printed by. Row keys are the pairings' ids.
    """
    day = as_of or round_.divisions_on
    hospitals = engine_hospitals(day)
    previous = round_.previous
    return engine.Round(
        key=round_.key,
        name=round_.name,
        start=round_.start,
        end=round_.end,
        rows=tuple(_rows(rows_of(round_, as_of), hospitals)),
        units=units_on(day),
        previous=engine.Round(
            key=previous.key,
            name=previous.name,
            start=previous.start,
            end=previous.end,
            rows=tuple(_rows(Pairing.objects.filter(round=previous), hospitals)),
            units=(),
        )
        if previous
        else None,
    )


def _rows(rows: QuerySet[Pairing], hospitals: Mapping[int, engine.Hospital]) -> Iterable[engine.Row]:
    for row in rows.order_by("position").values(*_COLUMNS):
        yield engine.Row(
            key=str(row["id"]),
            table=row["table"],
            group=row["group"] or None,
            position=row["position"],
            running_number=row["running_number"],
            supporter_printed=row["supporter_printed"],
            recipient_printed=row["recipient_printed"],
            supporter=hospitals[row["supporter_id"]],
            recipient=hospitals[row["recipient_id"]],
            supporter_resolution=engine.Resolution(row["supporter_resolution"]),
            recipient_resolution=engine.Resolution(row["recipient_resolution"]),
            start=row["start"],
            end=row["end"],
            departments=tuple(row["departments"]),
            reason=row["reason"],
        )


def divisions_of(hospitals: Iterable[int], day: dt.date) -> dict[int, int]:
    """Where hospitals lay on a day: hospital → division (ids)."""
    return dict(
        HospitalPlace.objects.filter(HospitalPlace.on(day), hospital__in=list(hospitals)).values_list(
            "hospital_id", "division_id"
        )
    )


def recipients_per_unit(round_: Round, as_of: dt.date | None = None) -> dict[str, int]:
    """Number of recipients of each county-level unit (by code), a public fact."""
    rows = rows_of(round_, as_of).order_by()
    if as_of is None:
        return dict(
            rows.values_list("recipient_division__code").annotate(n=Count("recipient", distinct=True))
        )
    places = HospitalPlace.objects.filter(HospitalPlace.on(as_of), hospital__in=rows.values("recipient"))
    return dict(places.values_list("division__code").annotate(n=Count("hospital", distinct=True)))


# ---------------------------------------------------------------- findings


def finding_columns(found: engine.Finding, order: int) -> dict[str, Any]:
    """The columns of a `Finding` row that an audit decides; `order` is the engine's."""
    return {
        "rule": found.rule,
        "clause": found.clause,
        "mark": found.mark,
        "severity": found.severity.value,
        "rank": _RANK[found.severity] * _RANK_STEP + min(order, _RANK_STEP - 1),
        "subjects": list(found.subjects),
        "subject_keys": list(found.subject_keys),
        "rows": [int(key) for key in found.rows],
        "texts": {
            part: {"zh": text.zh, "en": text.en}
            for part, text in (
                ("message", found.message),
                ("expected", found.expected),
                ("found", found.found),
                ("suggestion", found.suggestion),
            )
        },
    }


def materially_differs(row: Finding, columns: Mapping[str, Any]) -> bool:
    """Whether the facts changed, not only the wording: an approved exception then no longer holds."""
    return row.severity != columns["severity"] or sorted(row.rows) != sorted(columns["rows"])


@dataclass(frozen=True)
class Scopes:
    """Where in the organisation tree a finding belongs."""

    fallback: str  # the round's province
    units: Mapping[str, str]  # code of a county-level unit → path
    hospitals: Mapping[str, str]  # key → path
    rows: Mapping[str, engine.Row]

    @classmethod
    def of(cls, round_: Round, tables: engine.Round, as_of: dt.date | None = None) -> Scopes:
        """Read the places of hospitals, and of the counties on the day of `tables`."""
        units = Division.objects.on(as_of or round_.divisions_on).filter(level=Division.Level.COUNTY)
        previous = tables.previous.rows if tables.previous else ()
        return cls(
            round_.org.path or "",
            dict(units.values_list("code", "org__path")),
            dict(Hospital.objects.values_list("key", "scope_path")),
            {row.key: row for row in (*previous, *tables.rows)},
        )

    def paths(self, found: engine.Finding) -> set[str]:
        """Paths of the finding's subjects; a recipient's supporters in the rows are concerned as well."""
        paths: set[str] = set()
        for subject in found.subject_keys:
            kind, _, key = subject.partition(":")
            place = self.units.get(key) if kind == "unit" else self.hospitals.get(key)
            paths.add(place or self.fallback)
        for key in found.rows:
            row = self.rows[key]
            if row.supporter and row.recipient and f"hospital:{row.recipient.key}" in found.subject_keys:
                paths.add(self.hospitals[row.supporter.key])
        return paths or {self.fallback}
