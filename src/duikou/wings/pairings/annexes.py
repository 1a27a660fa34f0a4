"""Between an uploaded table in the database and the engine's reading of it.

The engine reads, checks and repairs; this module keeps its values in `AnnexRow`s and
adds what only the database knows: which hospitals the names mean, whether the heading
is a city of the province, whether the importing authority may decide on the row, and
whether the pair is recorded already.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from duikou.core.models import OrgUnit
from duikou.core.paths import contains
from duikou.engines.pairing import annex
from duikou.engines.pairing.annex import AnnexReading, Field, Issue, RepairAction, SourceRef
from duikou.engines.pairing.model import Resolution, Severity
from duikou.engines.pairing.resolve import Context, Match, Register
from duikou.engines.text import Text
from duikou.wings.hospitals.models import Hospital, NameReview
from duikou.wings.hospitals.queries import register_on
from duikou.wings.pairings import annex_texts as texts
from duikou.wings.pairings.actions._common import CITY_TABLE, authority_path, city_orgs
from duikou.wings.pairings.models import AnnexBatch, AnnexRow, Pairing, Round

SIDES = {Field.SUPPORTER: "supporter", Field.RECIPIENT: "recipient"}
Progress = Callable[[int, int | None, str], None]


# ---------------------------------------------------------------- values ⇄ JSON


def issue_json(issue: Issue) -> dict[str, Any]:
    """An issue as plain values."""
    return asdict(issue)


def issue_from(values: Mapping[str, Any]) -> Issue:
    """The issue behind plain values."""
    return Issue(
        code=values["code"],
        severity=Severity(values["severity"]),
        where=SourceRef(**values["where"]),
        expected=Text(**values["expected"]),
        found=Text(**values["found"]),
        repair=Text(**values["repair"]),
        position=values["position"],
        field=Field(values["field"]) if values["field"] else None,
        repair_action=RepairAction(values["repair_action"]),
        repair_value=values["repair_value"],
    )


def _fill(row: AnnexRow, read: annex.AnnexRow) -> AnnexRow:
    """Put what the engine read into a row."""
    row.where = {
        "row": asdict(read.where),
        **{name.value: asdict(place) for name, place in read.places.items()},
    }
    row.raw = {name.value: text for name, text in read.raw.items()}
    row.covered = {name.value: text for name, text in read.covered.items()}
    row.table = read.table
    row.group = read.group or ""
    row.running_number = read.running_number
    row.supporter_printed = read.supporter
    row.recipient_printed = read.recipient
    row.start, row.end = read.start, read.end
    row.kind = read.type or Pairing.Kind.NORMAL
    row.departments = list(read.departments)
    row.reason = read.reason
    return row


def new_row(batch: AnnexBatch, read: annex.AnnexRow) -> AnnexRow:
    """A row of a batch as the engine read it."""
    return _fill(AnnexRow(batch=batch, position=read.position), read)


def _engine_row(row: AnnexRow) -> annex.AnnexRow:
    places = {Field(name): SourceRef(**place) for name, place in row.where.items() if name != "row"}
    return annex.AnnexRow(
        position=row.position,
        table=row.table,
        group=row.group or None,
        supporter=row.supporter_printed,
        running_number=row.running_number,
        recipient=row.recipient_printed,
        start=row.start,
        end=row.end,
        type=row.kind,
        departments=tuple(row.departments),
        reason=row.reason,
        where=SourceRef(**row.where["row"]),
        raw={Field(name): text for name, text in row.raw.items()},
        places=places,
        covered={Field(name): text for name, text in row.covered.items()},
    )


def reading_of(batch: AnnexBatch, rows: Iterable[AnnexRow], *, own_issues: bool = True) -> AnnexReading:
    """The engine's reading of a batch as repaired so far; `own_issues`: with what the database found."""
    rows = [row for row in rows if not row.dropped]
    issues = [issue_from(values) for row in rows for values in row.issues]
    if not own_issues:
        issues = [issue for issue in issues if issue.code not in texts.OWN_CODES]
    return AnnexReading(
        rows=tuple(_engine_row(row) for row in rows),
        issues=(*(issue_from(values) for values in batch.issues), *issues),
        kind=annex.AnnexKind(batch.kind),
        encoding=batch.encoding or None,
        filename=batch.filename,
        round_start=batch.round.start,
        round_end=batch.round.end,
    )


# ---------------------------------------------------------------- what the database knows


class Desk:
    """All that is needed to judge the rows of one round's batches; read once per request or job."""

    def __init__(self, round_: Round, scope_path: str) -> None:
        self.round = round_
        self.scope_path = scope_path
        self.register: Register = register_on(round_.divisions_on)
        self.cities: dict[str, OrgUnit] = city_orgs(round_)
        self.hospitals: dict[str, Hospital] = {h.key: h for h in Hospital.objects.all()}
        self.by_id: dict[int, Hospital] = {h.pk: h for h in self.hospitals.values()}
        self.scope_name = OrgUnit.objects.filter(path=scope_path).values_list("name", flat=True).first() or ""
        self.recorded = recorded_pairs(round_)
        self.decided: dict[str, int] = dict(  # names that people of this authority have decided on
            NameReview.objects.filter(scope_path=scope_path, decided__isnull=False)
            .order_by("decided_at")
            .values_list("printed", "decided_id")
        )

    def judge(
        self,
        batch: AnnexBatch,
        rows: Sequence[AnnexRow],
        reading: AnnexReading,
        progress: Progress | None = None,
    ) -> None:
        """Write rows and issues of `reading` into the batch and its rows, and resolve every name."""
        known = {row.position: row for row in rows}
        kept = {read.position for read in reading.rows}
        for row in rows:
            row.dropped = row.position not in kept
        found: dict[int, list[Issue]] = {position: [] for position in kept}
        batch.issues = []
        for issue in reading.issues:
            if issue.position is None:
                batch.issues.append(issue_json(issue))
            elif issue.position in found:
                found[issue.position].append(issue)
        seen: dict[tuple[str, int, int], annex.AnnexRow] = {}
        for done, read in enumerate(reading.rows):
            row = _fill(known[read.position], read)
            row.issues = [
                issue_json(issue) for issue in (*found[read.position], *self._own_issues(row, read, seen))
            ]
            if progress is not None:
                progress(done + 1, len(reading.rows), read.recipient)

    def _own_issues(
        self, row: AnnexRow, read: annex.AnnexRow, seen: dict[tuple[str, int, int], annex.AnnexRow]
    ) -> Iterable[Issue]:
        for side, name in SIDES.items():
            yield from self._resolve(row, read, side, name)
        yield from self._check_authority(read)
        if row.supporter_id is None or row.recipient_id is None:
            return
        giver = self.by_id[row.supporter_id]
        own_table = contains(self.scope_path, self.authority(read))
        if own_table and not contains(self.scope_path, giver.scope_path):
            yield texts.supporter_elsewhere(read, giver.name, self.scope_name)
        if row.supporter_id == row.recipient_id:
            yield texts.one_hospital(read, self.by_id[row.recipient_id].name)
        key = (row.table, row.supporter_id, row.recipient_id)
        first = seen.setdefault(key, read)
        if first is not read and (first.supporter, first.recipient) != (read.supporter, read.recipient):
            yield texts.pair_under_other_names(read, first)
        if (recorded := self.recorded.get(key)) is not None:
            yield texts.recorded(read, same=recorded == terms_of(row, self.round))

    def _resolve(self, row: AnnexRow, read: annex.AnnexRow, side: Field, name: str) -> Iterable[Issue]:
        printed = getattr(read, name)
        if name in row.chosen:
            setattr(row, f"{name}_resolution", Resolution.VARIANT.value)
            return
        match = self.match(printed, read)
        hospital = self.hospitals[match.hospital.key] if match.hospital else None
        resolution = match.resolution
        if hospital is None and printed in self.decided:
            hospital, resolution = self.by_id[self.decided[printed]], Resolution.VARIANT
        setattr(row, name, hospital)
        setattr(row, f"{name}_resolution", resolution.value)
        row.candidates = {**row.candidates, name: [_candidate(one) for one in match.candidates]}
        if hospital is None and printed:
            names = [one.hospital.name for one in match.candidates]
            yield texts.unresolved(read, side, printed, names)

    def match(self, printed: str, read: annex.AnnexRow) -> Match:
        """What a printed name means in its row."""
        return self.register.resolve(printed, self.round.divisions_on, Context(read.table, read.group))

    def _check_authority(self, read: annex.AnnexRow) -> Iterable[Issue]:
        group = read.group or ""
        if read.table == CITY_TABLE and group:
            code = self.register.divisions.city_code(group)
            if (self.register.divisions.cities.get(code, "") if code else group) not in self.cities:
                yield texts.unknown_city(read, list(self.cities))
        if not contains(self.scope_path, self.authority(read)):
            yield texts.not_own_table(read, self.scope_name)

    def authority(self, read: annex.AnnexRow) -> str:
        """Path of the authority that decides on a row."""
        return authority_path(self.round, read.table, read.group or "", self.cities, self.register.divisions)


Terms = tuple[dt.date, dt.date, tuple[str, ...]]


def terms_of(row: AnnexRow, round_: Round) -> Terms:
    """First and last day and departments that a row asks for."""
    return row.start or round_.start, row.end or round_.end, tuple(row.departments)


def recorded_pairs(round_: Round) -> dict[tuple[str, int, int], Terms]:
    """Pairs of a round that are on record: (table, supporter, recipient) → their terms."""
    rows = Pairing.objects.filter(round=round_).values_list(
        "table", "supporter_id", "recipient_id", "start", "end", "departments"
    )
    return {
        (table, giver, taker): (start, end, tuple(departments))
        for table, giver, taker, start, end, departments in rows
    }


def _candidate(one: Any) -> dict[str, Any]:
    reasons = one.reasons
    return {
        "key": one.hospital.key,
        "name": one.hospital.name,
        "score": round(one.score, 3),
        "why": {"zh": "；".join(r.zh for r in reasons), "en": "; ".join(r.en for r in reasons)},
    }


def edited(reading: AnnexReading, position: int, name: Field, value: str) -> AnnexReading:
    """The reading with one cell set by hand; a name's cell also stands for the empty cells below it.

    Raises ValueError when the value cannot be read (a date).
    """
    by_hand = Issue(
        code="edited",
        severity=Severity.NOTE,
        where=SourceRef(),
        expected=Text("", ""),
        found=Text("", ""),
        repair=Text("", ""),
        position=position,
        field=name,
        repair_action=RepairAction.SET,
        repair_value=value,
    )
    return annex.repair(replace(reading, issues=(*reading.issues, by_hand)), [by_hand])
