"""Between a proposal in the database and the optimiser: its members, its problem, its freshness.

The problem of a round under given settings is built once and kept in this process, so that
an edit of a proposal costs no more than the edit itself. It is kept under everything that
it depends on: the round's revision, the settings, and a fingerprint of what is known.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from duikou.core.errors import Invalid, Missing
from duikou.core.paths import contains
from duikou.core.scope import SYSTEM
from duikou.engines.pairing import model as engine
from duikou.engines.pairing.optimise.build import LEVELS, Distance, Facts, Newcomer, Options, problem_of
from duikou.engines.pairing.optimise.model import BadProblem, Problem
from duikou.engines.pairing.optimise.problemfile import digest
from duikou.wings.hospitals.distances import hospital_places
from duikou.wings.hospitals.models import Hospital
from duikou.wings.hospitals.queries import divisions_for_names, engine_hospitals
from duikou.wings.pairings import knowledge
from duikou.wings.pairings.actions._common import CITY_TABLE, authority_path, city_orgs
from duikou.wings.pairings.models import Proposal, ProposalEdit, ProposalResult, Round
from duikou.wings.pairings.optimising import facts_for
from duikou.wings.pairings.settings import Settings, settings_of
from duikou.wings.pairings.translate import engine_round, rows_of, rules_for
from duikou.wings.pairings.warm import Warm
from duikou.wings.places.travel import legs

KEPT = 8  # problems held in this process
METRES = 1000


# ---------------------------------------------------------------- members


@dataclass(frozen=True, slots=True)
class Member:
    """A hospital that takes part, or (without `pk`) one that is still to be registered."""

    key: str
    name: str
    pk: int | None = None
    path: str = ""
    table: str = ""  # of a supporter
    group: str = ""
    authority_path: str = ""  # who decides on a supporter's pairs


@dataclass(frozen=True)
class Members:
    """Who takes part, by key."""

    supporters: Mapping[str, Member] = field(default_factory=dict)
    recipients: Mapping[str, Member] = field(default_factory=dict)

    def supporter(self, key: str) -> Member:
        """One supporter; raises Missing."""
        return self._one(self.supporters, key)

    def recipient(self, key: str) -> Member:
        """One recipient; raises Missing."""
        return self._one(self.recipients, key)

    @staticmethod
    def _one(side: Mapping[str, Member], key: str) -> Member:
        if (found := side.get(key)) is None:
            raise Missing(_("标识为“%(key)s”的医院不在本方案之中。") % {"key": key})
        return found


@dataclass(frozen=True, slots=True)
class Present:
    """A pairing of the present round, with the hospitals as the engine sees them."""

    pk: int
    supporter: Member
    recipient: Member
    table: str
    group: str
    authority_path: str
    county_code: str
    county: str


@dataclass(frozen=True)
class Base:
    """A round under given settings, without locks and prohibitions: the problem and who takes part.

    `present` are the pairings by supporter and recipient key; `facts` is the fingerprint of
    what was known.
    """

    problem: Problem
    members: Members
    present: Mapping[tuple[str, str], Present]
    facts: str
    index: Mapping[tuple[str, str], int]  # candidates by supporter and recipient key
    options: Options
    build: Callable[[Options], Problem]  # builds the problem anew with other options
    digest: str  # fingerprint of the problem
    warm: Warm = field(default_factory=Warm)


_kept: OrderedDict[tuple[Any, ...], Base] = OrderedDict()
_lock = threading.Lock()


def base_of(round_: Round, settings: Settings) -> Base:
    """The problem of a round under settings, from memory where possible. Raises Invalid for a bad one."""
    key = (round_.pk, round_.revision, settings.digest(), knowledge.fingerprint())
    with _lock:
        if (found := _kept.get(key)) is not None:
            _kept.move_to_end(key)
            return found
    made = _build(round_, settings, facts=key[-1])
    with _lock:
        _kept[key] = made
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return made


def forget() -> None:
    """Drop what is kept in this process."""
    with _lock:
        _kept.clear()


def _build(round_: Round, settings: Settings, *, facts: str) -> Base:
    hospitals = engine_hospitals(round_.divisions_on)
    tables = engine_round(round_)
    rules = rules_for(round_)
    known = _facts(round_, tables, settings, hospitals)
    options = _options(settings)

    def build(changed: Options) -> Problem:
        try:
            return problem_of(tables, rules, known, changed)
        except BadProblem as error:
            raise Invalid(_said(error)) from error

    problem = build(options)
    ids = {hospital.key: pk for pk, hospital in sorted(hospitals.items(), reverse=True)}
    present = _present(round_, hospitals, ids)
    return Base(
        problem=problem,
        members=_members(round_, problem, present),
        present=present,
        facts=facts,
        index=index_of(problem),
        options=options,
        build=build,
        digest=digest(problem),
    )


def _said(error: BadProblem) -> str:
    return error.message.en if (get_language() or "").startswith("en") else error.message.zh


def _options(settings: Settings) -> Options:
    return Options(
        recipients=tuple((one.county_code, one.name) for one in settings.named),
        max_changes=settings.max_changes,
        max_distance=None if settings.max_km is None else settings.max_km * METRES,
        ceiling=settings.ceiling,
        evenness="evenness" in settings.levels or bool(settings.weights.get("evenness")),
        off=frozenset(settings.rules_off),
        prices={str(rule): price for rule, price in settings.prices.items()},
        order=settings.levels if settings.mode == "levels" else LEVELS,
        weights={str(name): weight for name, weight in settings.weights.items()}
        if settings.mode == "weights"
        else None,
    )


def _facts(
    round_: Round, tables: engine.Round, settings: Settings, hospitals: Mapping[int, engine.Hospital]
) -> Facts:
    """What is on record, with what was declared in its place, and the hospitals of the settings."""
    found = facts_for(round_, tables)
    canonical = {hospital.key: pk for pk, hospital in sorted(hospitals.items(), reverse=True)}
    newcomers = [*found.newcomers, *_newcomers(settings, hospitals, canonical)]
    named = {hospital.key for row in tables.rows for hospital in (row.supporter, row.recipient) if hospital}
    named |= {newcomer.hospital.key for newcomer in newcomers}
    said = knowledge.declared(
        {canonical[key]: key for key in named}, settings.year, months=settings.use_months
    )
    return replace(
        found,
        distances={**_distances_to_newcomers(round_, tables, newcomers, canonical), **found.distances},
        needs={**found.needs, **said["needs"]},
        strengths={**found.strengths, **said["strengths"]},
        asked_months=said["asked_months"],
        capacity_months=said["capacity_months"],
        newcomers=tuple(newcomers),
        closed=found.closed | set(settings.closed),
    )


def _newcomers(
    settings: Settings, hospitals: Mapping[int, engine.Hospital], canonical: Mapping[str, int]
) -> list[Newcomer]:
    found = []
    for one in settings.newcomers:
        if (pk := canonical.get(one.key)) is None:
            raise Missing(_("登记中没有标识为“%(key)s”的医院。") % {"key": one.key})
        found.append(Newcomer(hospitals[pk], supporter=one.side == "supporter", table=one.table))
    return found


def _distances_to_newcomers(
    round_: Round, tables: engine.Round, newcomers: list[Newcomer], ids: Mapping[str, int]
) -> dict[tuple[str, str], Distance]:
    """Roads between newcomers and everybody on the other side, by key."""
    new = {one.hospital.key for one in newcomers}
    if not new:
        return {}
    givers = {row.supporter.key for row in tables.rows if row.supporter}
    takers = {row.recipient.key for row in tables.rows if row.recipient}
    givers |= {one.hospital.key for one in newcomers if one.supporter}
    takers |= {one.hospital.key for one in newcomers if not one.supporter}
    day = round_.divisions_on
    places = hospital_places(SYSTEM, (ids[key] for key in givers | takers), day)
    pairs = [
        (giver, taker)
        for giver in sorted(givers)
        for taker in sorted(takers)
        if giver != taker and (giver in new or taker in new)
    ]
    found = legs((places[ids[giver]], places[ids[taker]]) for giver, taker in pairs)
    return {
        pair: Distance(round(leg.km * METRES), leg.kind)
        for pair, leg in zip(pairs, found, strict=True)
        if leg.km is not None
    }


_PRESENT = (
    "pk", "supporter_id", "recipient_id", "supporter_path", "recipient_path", "table", "group",
    "authority_path", "recipient_division__code", "recipient_division__name",
)  # fmt: skip


def _present(
    round_: Round, hospitals: Mapping[int, engine.Hospital], ids: Mapping[str, int]
) -> dict[tuple[str, str], Present]:
    """The rows of the round; of two of one pair (in both tables, say) the first printed one."""
    found: dict[tuple[str, str], Present] = {}
    for pk, s, r, s_path, r_path, table, *rest in rows_of(round_).order_by("position").values_list(*_PRESENT):
        giver, taker = hospitals[s], hospitals[r]
        found.setdefault(
            (giver.key, taker.key),
            Present(
                pk,
                Member(giver.key, giver.name, ids[giver.key], s_path),
                Member(taker.key, taker.name, ids[taker.key], r_path),
                table,
                *rest,
            ),
        )
    return found


def _members(round_: Round, problem: Problem, present: Mapping[tuple[str, str], Present]) -> Members:
    registered = {
        key: (pk, path)
        for pk, key, path in Hospital.objects.filter(
            key__in=[*(s.key for s in problem.supporters), *(r.key for r in problem.recipients)]
        ).values_list("pk", "key", "scope_path")
    }
    tables: dict[str, tuple[str, str, str]] = {}
    for row in sorted(present.values(), key=lambda row: row.table):
        tables.setdefault(row.supporter.key, (row.table, row.group, row.authority_path))
    if any(one.key not in tables for one in problem.supporters):
        cities, divisions = city_orgs(round_), divisions_for_names(round_.divisions_on)
        for one in problem.supporters:
            if one.key not in tables:
                group = divisions.cities.get(one.city_code or "", "") if one.table == CITY_TABLE else ""
                place = authority_path(round_, one.table, group, cities, divisions)
                tables[one.key] = (one.table, group, place)

    def member(key: str, name: str, place: tuple[str, str, str] = ("", "", "")) -> Member:
        pk, path = registered.get(key, (None, ""))
        return Member(key, name, pk, path, *place)

    return Members(
        {one.key: member(one.key, one.name, tables[one.key]) for one in problem.supporters},
        {one.key: member(one.key, one.name) for one in problem.recipients},
    )


def members_of(round_: Round, settings: Settings | None = None) -> Members:
    """Who takes part in a round under settings (default: the usual ones, nobody closed or new)."""
    return base_of(round_, settings or Settings()).members


# ---------------------------------------------------------------- a proposal


def problem_for(proposal: Proposal, edits: Sequence[ProposalEdit] | None = None) -> tuple[Base, Problem]:
    """The proposal's problem with its locks and prohibitions; tables of other authorities stay as they are.

    `edits` are read when they are not given. Raises Invalid when one of them names a
    hospital that takes no part (any more).
    """
    base = base_of(proposal.round, settings_of(proposal.settings))
    if edits is None:
        edits = list(proposal.edits.all())
    for edit in edits:
        for side, key in (
            (base.members.supporters, edit.supporter_key),
            (base.members.recipients, edit.recipient_key),
        ):
            if key not in side:
                raise Invalid(
                    _("“%(edit)s”中的医院已不在方案之中：请取消这一%(kind)s。")
                    % {"edit": edit, "kind": edit.get_kind_display()}
                )
    locks = [_pair(edit) for edit in edits if edit.kind == ProposalEdit.Kind.LOCK]
    forbidden = [_pair(edit) for edit in edits if edit.kind == ProposalEdit.Kind.FORBID]
    problem, index = base.problem, base.index
    if any(pair not in index for pair in locks):  # pairs that were no candidates: built anew with them
        problem, index = _with_locks(base, locks)
    problem = problem.edited(
        lock=(index[pair] for pair in locks),
        forbid=(index[pair] for pair in forbidden if pair in index),
    )
    return base, _own_tables_only(proposal, base, problem)


def _pair(edit: ProposalEdit) -> tuple[str, str]:
    return edit.supporter_key, edit.recipient_key


def _with_locks(base: Base, locks: list[tuple[str, str]]) -> tuple[Problem, Mapping[tuple[str, str], int]]:
    problem = base.build(replace(base.options, locks=tuple(locks)))
    return problem, index_of(problem)


def index_of(problem: Problem) -> dict[tuple[str, str], int]:
    """Candidates by the keys of their hospitals."""
    givers = [one.key for one in problem.supporters]
    takers = [one.key for one in problem.recipients]
    pairs = zip(problem.candidates.supporter.tolist(), problem.candidates.recipient.tolist(), strict=True)
    return {(givers[s], takers[r]): at for at, (s, r) in enumerate(pairs)}


def _own_tables_only(proposal: Proposal, base: Base, problem: Problem) -> Problem:
    """Present pairs of tables outside the proposal's authority stay, and no others join them (PAIR-06)."""
    if proposal.scope_path == (proposal.round.org.path or ""):
        return problem
    foreign = np.array(
        [
            not contains(proposal.scope_path, base.members.supporters[one.key].authority_path)
            for one in problem.supporters
        ]
    )[problem.candidates.supporter]
    existing = problem.candidates.existing
    return problem.edited(
        lock=np.flatnonzero(foreign & existing).tolist(), forbid=np.flatnonzero(foreign & ~existing).tolist()
    )


def staleness(proposal: Proposal, result: ProposalResult) -> list[str]:
    """Why a result is out of date, as the proposal and its round were read; empty when it is not."""
    found = []
    if result.revision != proposal.round.revision:
        found.append(_("本轮的结对或其核查依据已有变动"))
    if result.inputs != proposal.inputs:
        found.append(_("方案的设置或要求已有更改"))
    if result.facts != knowledge.fingerprint():
        found.append(_("医院登记、路程或供需填报已有变动"))
    return found
