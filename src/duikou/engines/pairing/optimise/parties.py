"""Supporters, recipients and counties of a problem, from a round, its rules and what is known besides.

A recipient that today has several supporters, each further one for departments of its
own and with a reason, keeps them or loses them (PAIR-05); it gets no other ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from duikou.engines.pairing.checks_common import Party, Reading, whole, words
from duikou.engines.pairing.checks_support import excused_departments
from duikou.engines.pairing.model import Hospital, HospitalKind, Round, RuleSpec, UnitKind
from duikou.engines.pairing.optimise import texts_problem as texts
from duikou.engines.pairing.optimise.facts import Facts
from duikou.engines.pairing.optimise.model import (
    CITY_TABLE,
    COVERAGE,
    DUPLICATE,
    GENERAL_LOAD,
    SPECIAL_LOAD,
    UNBROKEN,
    BadProblem,
    County,
    Recipient,
    Supporter,
)
from duikou.engines.pairing.optimise.naming import Names, find_county
from duikou.engines.pairing.optimise.numbers import whole as number
from duikou.engines.pairing.optimise.options import Options

LOAD = "load"  # the bounds of hospitals without a rule of their own
MANY = 99
UNKNOWN_COUNTY = County("", "所在县不明", UnitKind.DISTRICT, "")


@dataclass(slots=True)
class Parties:
    """The hospitals and counties, how to find them, and the present pairs by their indexes' keys."""

    supporters: list[Supporter] = field(default_factory=list)
    recipients: list[Recipient] = field(default_factory=list)
    counties: list[County] = field(default_factory=list)
    supporter_names: Names = field(default_factory=lambda: Names(texts.SUPPORTER))
    recipient_names: Names = field(default_factory=lambda: Names(texts.RECIPIENT))
    supporter_at: dict[str, int] = field(default_factory=dict)  # by the party's identity
    recipient_at: dict[str, int] = field(default_factory=dict)
    fixed: frozenset[int] = frozenset()  # recipients that keep several supporters, each with departments


class PartiesBuilder:
    """Builds `Parties`; one step per method, in order."""

    def __init__(
        self, reading: Reading, rules: Mapping[str, RuleSpec], facts: Facts, options: Options
    ) -> None:
        self.reading, self.facts, self.options = reading, facts, options
        self.rules = {rule: spec for rule, spec in rules.items() if rule not in options.off}
        self.parties = Parties(
            supporter_names=Names(texts.SUPPORTER, _closed(reading.supporters.values(), facts)),
            recipient_names=Names(texts.RECIPIENT, _closed(reading.recipients.values(), facts)),
        )
        self._county_at: dict[str, int] = {}

    def build(self) -> Parties:
        """All of it."""
        self._counties()
        self._supporters()
        self._recipients()
        self._named()
        self._assumed()
        return self.parties

    # ------------------------------------------------------------ counties

    def _counties(self) -> None:
        coverage = self.rules.get(COVERAGE)
        city = self.rules.get(CITY_TABLE) if self.options.city_tables else None
        for code, value in self.facts.priorities.items():
            if code not in self.reading.units:
                raise BadProblem(texts.unknown_county(code, ()))
            number(value, texts.PRIORITY, code)
        for unit in self.reading.units.values():
            self._county_at[unit.code] = len(self.parties.counties)
            self.parties.counties.append(
                County(
                    code=unit.code,
                    name=unit.name,
                    kind=unit.kind,
                    city_code=unit.city_code,
                    least=_demand(coverage, unit.kind),
                    least_in_city_table=_demand(city, unit.kind),
                    priority=int(self.facts.priorities.get(unit.code, 0)),
                    city=unit.city,
                )
            )

    def _county_of(self, unit_code: str | None) -> int:
        at = self._county_at.get(unit_code or "")
        if at is None:  # what lies nowhere on the map still may be supported
            at = self._county_at.setdefault("", len(self.parties.counties))
            if at == len(self.parties.counties):
                self.parties.counties.append(UNKNOWN_COUNTY)
            self._county_at[unit_code or ""] = at
        return at

    # ------------------------------------------------------------ supporters

    def _supporters(self) -> None:
        for party in self.reading.supporters.values():
            hospital = hospital_of(party)
            if hospital.key in self.facts.closed:
                continue
            present = len({self.reading.recipient(row).identity for row in party.rows})
            heading = self.reading.city_of_heading(party.rows[0].group)
            self._supporter(
                party.identity,
                replace(hospital, city_code=hospital.city_code or heading),
                min(row.table for row in party.rows),
                present,
                {row.supporter_printed for row in party.rows},
            )
        for newcomer in self.facts.newcomers:
            if newcomer.supporter and newcomer.hospital.key not in self.facts.closed:
                identity = f"hospital:{newcomer.hospital.key}"
                if identity not in self.parties.supporter_at:
                    self._supporter(identity, newcomer.hospital, newcomer.table, 0, ())

    def _supporter(
        self, identity: str, hospital: Hospital, table: str, present: int, printed: Iterable[str]
    ) -> None:
        at = len(self.parties.supporters)
        bounds = self._bounds(hospital.kind, present)
        self.parties.supporters.append(
            Supporter(
                key=hospital.key,
                name=hospital.name,
                kind=hospital.kind,
                city_code=hospital.city_code,
                table=table,
                ceiling=MANY if self.options.ceiling is None else self.options.ceiling,
                capacity_months=self._free_months(hospital),
                strengths=frozenset(self.facts.strengths.get(hospital.key, ())),
                **bounds,
            )
        )
        self.parties.supporter_at[identity] = at
        self.parties.supporter_names.add(at, hospital.key, {hospital.name, *printed})

    def _bounds(self, kind: HospitalKind, present: int) -> dict:
        for rule in (GENERAL_LOAD, SPECIAL_LOAD):
            spec = self.rules.get(rule)
            if spec and kind in words(spec, "kinds"):
                least, target, most = _range(spec)
                return {"rule": rule, "least": least, "target": target, "most": most}
        if LOAD in self.options.off or self._ruled_otherwise(kind):
            return {"rule": None, "least": 0, "most": MANY}
        general = self.rules.get(GENERAL_LOAD)
        return {"rule": None, "least": 1, "most": max(present, _range(general)[2] if general else 1)}

    def _ruled_otherwise(self, kind: HospitalKind) -> bool:
        """Whether the kind has a rule that the planner switched off."""
        off = (self.reading.rules.get(rule) for rule in self.options.off & {GENERAL_LOAD, SPECIAL_LOAD})
        return any(spec and kind in words(spec, "kinds") for spec in off)

    def _free_months(self, hospital: Hospital) -> int | None:
        aid = number(self.facts.aid_months.get(hospital.key, 0), texts.AID, hospital.name)
        capacity = self.facts.capacity_months.get(hospital.key)
        if capacity is None:
            return None
        return max(0, number(capacity, texts.CAPACITY, hospital.name) - aid)

    # ------------------------------------------------------------ recipients

    def _recipients(self) -> None:
        support = self.rules.get(DUPLICATE)
        allowed = whole(support, "max_supporters") if support else MANY
        unbroken = 1 if support and UNBROKEN not in self.options.off else 0
        fixed = set()
        for party in self.reading.recipients.values():
            hospital = hospital_of(party)
            if hospital.key in self.facts.closed:
                continue
            supporters = {self.reading.supporter(row).identity for row in party.rows}
            several = (
                support is not None
                and supporters <= self.parties.supporter_at.keys()
                and bool(excused_departments(self.reading, party, support))
            )
            if several:
                fixed.add(len(self.parties.recipients))
            self._recipient(
                party.identity,
                hospital,
                self._county_of(hospital.unit_code),
                most=len(supporters) if several else allowed,
                least=unbroken,
                printed={row.recipient_printed for row in party.rows},
            )
        self.parties.fixed = frozenset(fixed)
        for newcomer in self.facts.newcomers:
            hospital = newcomer.hospital
            identity = f"hospital:{hospital.key}"
            fresh = identity not in self.parties.recipient_at and hospital.key not in self.facts.closed
            if not newcomer.supporter and fresh:
                self._recipient(identity, hospital, self._county_of(hospital.unit_code), most=allowed)
        self._allowed = allowed

    def _recipient(
        self,
        identity: str,
        hospital: Hospital,
        county: int,
        *,
        most: int,
        least: int = 0,
        printed: Iterable[str] = (),
        assumed: bool = False,
    ) -> None:
        at = len(self.parties.recipients)
        asked = self.facts.asked_months.get(hospital.key)
        needs = {
            department: number(weight, texts.NEED, f"{hospital.name} · {department}")
            for department, weight in sorted(self.facts.needs.get(hospital.key, {}).items())
        }
        self.parties.recipients.append(
            Recipient(
                key=hospital.key,
                name=hospital.name,
                kind=hospital.kind,
                county=county,
                least=least,
                most=most,
                months=None if asked is None else number(asked, texts.ASKED, hospital.name),
                needs=needs,
                assumed=assumed,
            )
        )
        self.parties.recipient_at[identity] = at
        self.parties.recipient_names.add(at, hospital.key, {hospital.name, *printed})

    def _named(self) -> None:
        """Recipients that the planner names himself; of their kind nothing is known."""
        by_name: dict[str, list[int]] = {}
        for at, county in enumerate(self.parties.counties):
            by_name.setdefault(county.name, []).append(at)
        for place, name in self.options.recipients:
            at = find_county(place, self._county_at, by_name)
            county = self.parties.counties[at]
            if self.parties.recipient_names.knows(name):
                raise BadProblem(texts.already_recipient(name, county.name))
            key = f"named-{county.code}-{1 + sum(r.county == at for r in self.parties.recipients)}"
            hospital = Hospital(key, name.strip(), HospitalKind.OTHER, county.code, county.city_code)
            self._recipient(f"hospital:{key}", hospital, at, most=self._allowed)

    def _assumed(self) -> None:
        """Stand-ins where a county has fewer recipients than it needs: a hospital still to be named."""
        have = [0] * len(self.parties.counties)
        for recipient in self.parties.recipients:
            have[recipient.county] += 1
        for at, county in enumerate(tuple(self.parties.counties)):
            wanted = max(county.least, county.least_in_city_table)
            for nth in range(have[at], wanted):
                key = assumed_key(county.code, nth)
                name = f"{county.name}县级医院（待定）{nth + 1 if nth else ''}"
                hospital = Hospital(key, name, HospitalKind.OTHER, county.code, county.city_code)
                self._recipient(f"hospital:{key}", hospital, at, most=self._allowed, assumed=True)


def assumed_key(county: str, nth: int = 0) -> str:
    """Key of a county's stand-in for a hospital still to be named; facts may be given under it."""
    return f"assumed-{county}-{nth + 1}"


def hospital_of(party: Party) -> Hospital:
    """The registered hospital; of an unresolved name nothing but the name is known."""
    return party.hospital or Hospital(party.identity, party.printed, HospitalKind.OTHER)


def _closed(parties: Iterable[Party], facts: Facts) -> Iterator[str]:
    """Key and names of those that are marked as closed."""
    for party in parties:
        hospital = hospital_of(party)
        if hospital.key in facts.closed:
            yield from (hospital.key, hospital.name, party.printed)


def _range(spec: RuleSpec) -> tuple[int, int, int]:
    """Least, target and most of a rule on loads: the target, give or take what is but a note."""
    target, tolerated = whole(spec, "target"), whole(spec, "note_off_by", 0)
    return max(0, target - tolerated), target, target + tolerated


def _demand(spec: RuleSpec | None, kind: UnitKind) -> int:
    """How many recipients a rule on coverage wants in a unit of the kind."""
    return whole(spec, "minimum", 1) if spec and kind in words(spec, "unit_kinds") else 0


def reading_of(round: Round, rules: Mapping[str, RuleSpec]) -> Reading:
    """The round read once; BadProblem when it names nobody."""
    reading = Reading(round, rules)
    sides: Sequence[tuple[object, object]] = (
        (reading.supporters, texts.SUPPORTER),
        (reading.recipients, texts.RECIPIENT),
    )
    for side, name in sides:
        if not side:
            raise BadProblem(texts.nobody(name))  # type: ignore[arg-type]
    return reading
