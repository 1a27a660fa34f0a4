"""What every check stands on: a round read once, parameters, the making of findings.

A check is a function `(Reading, RuleSpec) -> Iterator[Finding]`. It computes nothing
that another check has already computed: that is what `Reading` is for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from duikou.engines.pairing.model import (
    Finding,
    Hospital,
    Resolution,
    Round,
    Row,
    RuleSpec,
    Severity,
    Unit,
)
from duikou.engines.pairing.texts import Wording
from duikou.engines.pairing.writing import index_form, normalise

# A similar name is not a match: until a person confirms it, the hospital is not known.
UNRESOLVED = frozenset({Resolution.GUESS, Resolution.NONE})

# Clause of each table's rows, where a rule speaks of the tables themselves (parameter `table_clauses`).
_TABLE_CLAUSES = "table_clauses"


class BadParameter(ValueError):
    """A rule's parameter is missing or of the wrong type; the text names rule, name and need."""

    def __init__(self, spec: RuleSpec, name: str, expected: str) -> None:
        if name in spec.parameters:
            found = f"found {spec.parameters[name]!r}"
        else:
            found = f"it is missing (given: {', '.join(sorted(spec.parameters)) or 'none'})"
        super().__init__(
            f"rule {spec.id}, parameter {name!r}: expected {expected}, {found}; correct the pack"
        )


def whole(spec: RuleSpec, name: str, default: int | None = None) -> int:
    """Return a parameter that is a whole number ≥ 0; BadParameter if it is not."""
    value = spec.parameters.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadParameter(spec, name, "a whole number of 0 or more")
    return value


def yes(spec: RuleSpec, name: str, default: bool) -> bool:
    """Return a parameter that is true or false; BadParameter if it is not."""
    value = spec.parameters.get(name, default)
    if not isinstance(value, bool):
        raise BadParameter(spec, name, "true or false")
    return value


def words(spec: RuleSpec, name: str, default: Sequence[str] | None = None) -> frozenset[str]:
    """Return a parameter that is a list of words; BadParameter if it is not."""
    value = spec.parameters.get(name, default)
    if not isinstance(value, (list, tuple)) or not all(isinstance(word, str) for word in value):
        raise BadParameter(spec, name, "a list of words")
    return frozenset(value)


def word_lists(spec: RuleSpec, name: str) -> Mapping[str, frozenset[str]]:
    """Return a parameter that maps words to lists of words; BadParameter if it does not."""
    value = spec.parameters.get(name)
    if not isinstance(value, Mapping):
        raise BadParameter(spec, name, "a table of word = [words]")
    table: dict[str, frozenset[str]] = {}
    for key, entries in value.items():
        if not isinstance(entries, (list, tuple)) or not all(isinstance(word, str) for word in entries):
            raise BadParameter(spec, name, f"a list of words under {key!r}")
        table[str(key)] = frozenset(entries)
    return table


@dataclass(slots=True, eq=False)
class Party:
    """A supporter or a recipient of a round with all of its rows.

    `identity` is "hospital:<key>", or "name:<index form>" while the name is not
    resolved; `printed` is the first printing in the round.
    """

    identity: str
    hospital: Hospital | None
    printed: str
    rows: list[Row] = field(default_factory=list)


class Reading:
    """A round read once: parties, coverage and look-ups that several checks need."""

    def __init__(self, round_: Round, rules: Mapping[str, RuleSpec]) -> None:
        self.round = round_
        self.rules = rules
        self.rows = tuple(sorted(round_.rows, key=lambda row: (row.position, row.key)))
        self.units: dict[str, Unit] = {unit.code: unit for unit in round_.units}
        self.unit_order = {code: order for order, code in enumerate(self.units)}
        self.cities: dict[str, str] = {unit.city_code: unit.city for unit in round_.units}
        self._city_codes = {normalise(city): code for code, city in self.cities.items()}
        self.supporters: dict[str, Party] = {}
        self.recipients: dict[str, Party] = {}
        self._pairs: dict[str, tuple[Party, Party]] = {}
        for row in self.rows:
            if row.key in self._pairs:
                raise ValueError(
                    f"round {round_.key}: two rows have the key {row.key!r}; row keys must differ"
                )
            supporter = _join(
                self.supporters, row, row.supporter, row.supporter_printed, row.supporter_resolution
            )
            recipient = _join(
                self.recipients, row, row.recipient, row.recipient_printed, row.recipient_resolution
            )
            self._pairs[row.key] = (supporter, recipient)

    def supporter(self, row: Row) -> Party:
        """Return the supporter of a row."""
        return self._pairs[row.key][0]

    def recipient(self, row: Row) -> Party:
        """Return the recipient of a row."""
        return self._pairs[row.key][1]

    def period(self, row: Row) -> tuple[date, date]:
        """Return first and last day (included) of a row; the round's own where none is given."""
        return period(row, self.round)

    def city_of_heading(self, heading: str | None) -> str | None:
        """Return the code of the city that heads a table, or None if no unit belongs to it."""
        return self._city_codes.get(normalise(heading or ""))

    def unit_of(self, party: Party) -> Unit | None:
        """Return the county-level division of a resolved party, if it is one of the round's."""
        return self.units.get(party.hospital.unit_code or "") if party.hospital else None

    @cached_property
    def recipients_of_unit(self) -> Mapping[str, tuple[Party, ...]]:
        """Resolved recipients of each county-level division, in order of printing."""
        return self._by_unit(None)

    def recipients_in_tables(self, tables: frozenset[str]) -> Mapping[str, tuple[Party, ...]]:
        """Resolved recipients of each division, counting only rows of the given tables."""
        return self._by_unit(tables)

    def _by_unit(self, tables: frozenset[str] | None) -> Mapping[str, tuple[Party, ...]]:
        found: dict[str, list[Party]] = {}
        for party in self.recipients.values():
            unit = self.unit_of(party)
            if unit and (tables is None or any(row.table in tables for row in party.rows)):
                found.setdefault(unit.code, []).append(party)
        return {code: tuple(parties) for code, parties in found.items()}

    @cached_property
    def uncovered(self) -> tuple[Unit, ...]:
        """Divisions that the coverage rule speaks of and that have too few recipients."""
        spec = self.rules.get("PAIR-03")
        return uncovered_units(self, spec) if spec else ()


def period(row: Row, round_: Round) -> tuple[date, date]:
    """Return first and last day (included) of a row; the round's own where none is given."""
    start, end = row.start or round_.start, row.end or round_.end
    return start, max(start, end)


def uncovered_units(reading: Reading, spec: RuleSpec) -> tuple[Unit, ...]:
    """Return the units of the rule's kinds with fewer recipients than its minimum."""
    kinds, minimum = words(spec, "unit_kinds"), whole(spec, "minimum", 1)
    if "tables" in spec.parameters:
        covering = reading.recipients_in_tables(words(spec, "tables"))
    else:
        covering = reading.recipients_of_unit
    return tuple(
        unit
        for unit in reading.units.values()
        if unit.kind in kinds and len(covering.get(unit.code, ())) < minimum
    )


def _join(
    parties: dict[str, Party], row: Row, hospital: Hospital | None, printed: str, resolution: Resolution
) -> Party:
    """Add a row to its party, opening the party at its first row."""
    known = None if resolution in UNRESOLVED else hospital
    identity = f"hospital:{known.key}" if known else f"name:{index_form(printed)}"
    party = parties.get(identity)
    if party is None:
        party = parties[identity] = Party(identity, known, printed)
    party.rows.append(row)
    return party


def finding(
    spec: RuleSpec,
    severity: Severity,
    wording: Wording,
    *,
    subjects: Sequence[tuple[str, str]],
    rows: Iterable[Row] = (),
    about: str = "",
    apart: str = "",
) -> Finding:
    """Make a finding of pairs (subject key, name as printed).

    `about` replaces the subject keys in the finding's key where there are many;
    `apart` tells several findings about the same subject from each other.
    """
    proof = tuple(rows)
    parts = [spec.id, about or "+".join(key for key, _name in subjects)]
    return Finding(
        key=":".join([*parts, apart] if apart else parts),
        rule=spec.id,
        clause=_clause(spec, proof),
        mark=spec.mark,
        severity=severity,
        subjects=tuple(name for _key, name in subjects),
        subject_keys=tuple(key for key, _name in subjects),
        rows=tuple(row.key for row in proof),
        expected=wording.expected,
        found=wording.found,
        message=wording.message,
        suggestion=wording.suggestion,
    )


def _clause(spec: RuleSpec, rows: tuple[Row, ...]) -> str:
    """Return the clause: of the rows' tables where the rule cites those, else the rule's own."""
    if _TABLE_CLAUSES not in spec.parameters:
        return spec.clause
    clauses = word_lists(spec, _TABLE_CLAUSES)
    cited = sorted({clause for row in rows for clause in clauses.get(row.table, ())})
    return "; ".join(cited) or spec.clause


Check = Callable[[Reading, RuleSpec], Iterator[Finding]]
