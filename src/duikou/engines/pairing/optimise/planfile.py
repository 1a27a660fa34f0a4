"""A plan as a JSON file: what is proposed, how well it is proved, and why, in both languages.

The file stands on its own: `duikou pairing audit PLAN.json` judges it by the policy
pack without database or problem. Reading is strict; a file that says more, less or
other than this format is refused with the place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from duikou.engines.pairing.model import HospitalKind, UnitKind
from duikou.engines.pairing.optimise import texts_files as texts
from duikou.engines.pairing.optimise.before_after import BeforeAfter, Side
from duikou.engines.pairing.optimise.model import Breach, Indexes, LevelValue, Plan, Problem, Progress, Status
from duikou.engines.pairing.optimise.problemfile import NO_SOURCE, Source, digest
from duikou.engines.pairing.optimise.reasons import Reasons
from duikou.engines.pairing.optimise.strict import BadFile, read, written
from duikou.engines.pairing.optimise.texts_reasons import LOST, joined
from duikou.engines.text import Text

FORMAT, VERSION = "duikou-plan", 1


@dataclass(frozen=True, slots=True)
class Origin:
    """The problem that was solved: its fingerprint, and the round that it starts from."""

    digest: str
    key: str
    name: str
    source: Source = NO_SOURCE


@dataclass(frozen=True, slots=True)
class LevelResult:
    """One level: what the plan reaches and below which no plan can go."""

    name: str
    title: Text
    unit: Text
    value: int
    bound: int
    proved: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """Pairs of the plan, and how they differ from the present round."""

    present: int
    pairs: int
    kept: int
    added: int
    dropped: int
    changes: int


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair by keys and names, with the reason of its fate."""

    supporter_key: str
    supporter: str
    recipient_key: str
    recipient: str
    reason: Text
    departments: tuple[str, ...] = ()  # a present pairing's own terms
    terms: str = ""


@dataclass(frozen=True, slots=True)
class Load:
    """A supporter: how many recipients it had and gets, and what its rule wants."""

    key: str
    name: str
    kind: HospitalKind
    city_code: str | None
    table: str
    rule: str | None
    before: int
    after: int
    least: int
    target: int | None
    most: int


@dataclass(frozen=True, slots=True)
class Taker:
    """A recipient: where it lies, how many supporters it had and gets; `assumed`: still to be named."""

    key: str
    name: str
    kind: HospitalKind
    county: str
    before: int
    after: int
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """A county-level unit: its supported hospitals, before and after, in all and by its city's table."""

    code: str
    name: str
    kind: UnitKind
    city_code: str
    city: str
    least: int
    before: int
    after: int
    least_in_city_table: int
    before_in_city_table: int
    after_in_city_table: int


@dataclass(frozen=True, slots=True)
class Step:
    """One point of the curve of a long solve."""

    seconds: float
    level: str
    incumbent: int | None
    bound: int | None


@dataclass(frozen=True, slots=True)
class PlanFile:
    """All that the file says. `gap` is 0 and `proved` true only for a verified optimum."""

    problem: Origin
    status: Status
    proved: bool
    verified: bool
    gap: float
    regime: str
    solver: str
    seconds: float
    cpu_seconds: float
    levels: tuple[LevelResult, ...]
    counts: Counts
    kept: tuple[Pair, ...]
    added: tuple[Pair, ...]
    dropped: tuple[Pair, ...]
    breaches: tuple[Breach, ...]
    loads: tuple[Load, ...]
    recipients: tuple[Taker, ...]
    coverage: tuple[Reach, ...]
    note: Text | None = None
    curve: tuple[Step, ...] = ()

    @property
    def assumed(self) -> tuple[Taker, ...]:
        """Recipients that are still to be named and that the plan supports."""
        return tuple(one for one in self.recipients if one.assumed and one.after)


def plan_file(problem: Problem, plan: Plan, source: Source = NO_SOURCE) -> PlanFile:
    """What a file says of a plan."""
    both = BeforeAfter.of(problem, plan)
    reasons = Reasons(problem, both)
    dropped = [_pair(problem, at, reasons.dropped(at)) for at in both.dropped]
    dropped += [
        Pair(one.supporter_key, one.supporter, one.recipient_key, one.recipient, joined([LOST[one.why]]))
        for one in problem.lost
    ]
    changes = len(both.added) + len(both.dropped) + problem.lost_pairs
    return PlanFile(
        problem=Origin(digest(problem), problem.key, problem.name, source),
        status=plan.status,
        proved=plan.verified and plan.status is Status.OPTIMAL,
        verified=plan.verified,
        gap=plan.gap,
        regime=plan.regime,
        solver=plan.solver,
        seconds=round(plan.seconds, 3),
        cpu_seconds=round(plan.cpu_seconds, 3),
        levels=tuple(
            LevelResult(one.name, level.title, level.unit, one.value, one.bound, one.proved)
            for level, one in zip(problem.levels, plan.values, strict=False)
        ),
        counts=Counts(
            present=len(both.kept) + len(both.dropped) + problem.lost_pairs,
            pairs=len(both.kept) + len(both.added),
            kept=len(both.kept),
            added=len(both.added),
            dropped=len(both.dropped) + problem.lost_pairs,
            changes=changes,
        ),
        kept=tuple(_pair(problem, at, reasons.kept(at)) for at in both.kept),
        added=tuple(_pair(problem, at, reasons.added(at)) for at in both.added),
        dropped=tuple(dropped),
        breaches=plan.breaches,
        loads=_loads(problem, both.before, both.after),
        recipients=_takers(problem, both.before, both.after),
        coverage=_reaches(problem, both.before, both.after),
        note=plan.note,
        curve=tuple(Step(*point) for point in plan.curve),
    )


def write(problem: Problem, plan: Plan, source: Source = NO_SOURCE) -> str:
    """A plan as the text of a file."""
    return written(plan_file(problem, plan, source), FORMAT, VERSION)


def read_plan(text: str | bytes) -> PlanFile:
    """What a plan file says. Raises BadFile where it is not one, or names somebody that it does not list."""
    found = read(text, PlanFile, FORMAT, VERSION)
    givers = {one.key for one in found.loads}
    takers = {one.key for one in found.recipients}
    counties = {one.code for one in found.coverage}
    for name in ("kept", "added"):
        seen = set()
        for at, pair in enumerate(getattr(found, name)):
            _listed(f"{name}[{at}].supporter_key", pair.supporter_key, givers)
            _listed(f"{name}[{at}].recipient_key", pair.recipient_key, takers)
            if (pair.supporter_key, pair.recipient_key) in seen:
                raise BadFile(texts.pair_twice(f"{name}[{at}]", pair.supporter, pair.recipient))
            seen.add((pair.supporter_key, pair.recipient_key))
    for at, one in enumerate(found.recipients):
        _listed(f"recipients[{at}].county", one.county, counties)
    return found


def plan_of(problem: Problem, file: PlanFile) -> Plan:
    """The plan of a file, for the very problem that it was made from; BadFile for another one."""
    if file.problem.digest != digest(problem):
        raise BadFile(texts.OTHER_PROBLEM)
    columns = problem.candidates
    at = {
        (problem.supporters[giver].key, problem.recipients[taker].key): index
        for index, (giver, taker) in enumerate(
            zip(columns.supporter.tolist(), columns.recipient.tolist(), strict=True)
        )
    }
    chosen = []
    for pair in (*file.kept, *file.added):
        index = at.get((pair.supporter_key, pair.recipient_key))
        if index is None:
            raise BadFile(texts.OTHER_PROBLEM)
        chosen.append(index)
    indexes: Indexes = np.array(sorted(chosen), dtype=np.int32)
    return Plan(
        status=file.status,
        chosen=indexes,
        values=tuple(LevelValue(one.name, one.value, one.bound) for one in file.levels),
        breaches=file.breaches,
        regime=file.regime,
        solver=file.solver,
        seconds=file.seconds,
        cpu_seconds=file.cpu_seconds,
        verified=False,  # to be checked anew: a file can be edited
        note=file.note,
        curve=tuple(Progress(one.seconds, one.level, one.incumbent, one.bound) for one in file.curve),
    )


# ---------------------------------------------------------------- parts


def _pair(problem: Problem, at: int, reason: Text) -> Pair:
    supporter = problem.supporters[int(problem.candidates.supporter[at])]
    recipient = problem.recipients[int(problem.candidates.recipient[at])]
    terms = problem.terms.get((supporter.key, recipient.key))
    return Pair(
        supporter.key,
        supporter.name,
        recipient.key,
        recipient.name,
        reason,
        terms.departments if terms else (),
        terms.reason if terms else "",
    )


def _loads(problem: Problem, before: Side, after: Side) -> tuple[Load, ...]:
    return tuple(
        Load(
            key=one.key,
            name=one.name,
            kind=one.kind,
            city_code=one.city_code,
            table=one.table,
            rule=one.rule,
            before=before.load[at],
            after=after.load[at],
            least=one.least,
            target=one.target,
            most=one.most,
        )
        for at, one in enumerate(problem.supporters)
    )


def _takers(problem: Problem, before: Side, after: Side) -> tuple[Taker, ...]:
    return tuple(
        Taker(
            key=one.key,
            name=one.name,
            kind=one.kind,
            county=problem.counties[one.county].code,
            before=len(before.supporters_of[at]),
            after=len(after.supporters_of[at]),
            assumed=one.assumed,
        )
        for at, one in enumerate(problem.recipients)
    )


def _reaches(problem: Problem, before: Side, after: Side) -> tuple[Reach, ...]:
    return tuple(
        Reach(
            code=one.code,
            name=one.name,
            kind=one.kind,
            city_code=one.city_code,
            city=one.city,
            least=one.least,
            before=before.supported[at],
            after=after.supported[at],
            least_in_city_table=one.least_in_city_table,
            before_in_city_table=before.supported_by_city[at],
            after_in_city_table=after.supported_by_city[at],
        )
        for at, one in enumerate(problem.counties)
    )


def _listed(place: str, key: str, known: set[str]) -> None:
    if key not in known:
        raise BadFile(texts.not_listed(place, key))
