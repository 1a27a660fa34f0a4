"""A plan's pairs as rows of its proposal, and the rows of proposals as this process wrote them last.

An edit moves few pairs of many. A row tells of its own pair and of the loads of the
supporters around it; where neither changed since the plan before, the row of that plan is
taken over. What is remembered counts only as long as the result in the database is the one
that the rows were written with.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from duikou.engines.pairing.optimise.before_after import BeforeAfter, Side
from duikou.engines.pairing.optimise.model import Flags, Plan, Problem
from duikou.engines.pairing.optimise.reasons import Reasons
from duikou.engines.pairing.optimise.texts_reasons import LOST, joined
from duikou.wings.pairings.desk import Base, Member
from duikou.wings.pairings.models import ProposalEdit, ProposalPair, ProposalResult
from duikou.wings.pairings.outcome import as_json, figures_before

KEPT = 16  # proposals remembered in this process

Row = dict[str, Any]
"""Values of a `ProposalPair` by column. Most pairs of a plan are there already: no object is made of them."""

Pair = tuple[str, str]  # keys of supporter and recipient
Stamp = tuple[int, datetime]


@dataclass(frozen=True, eq=False, slots=True)
class PlanRows:
    """The rows of a plan by pair, and what they were made of.

    `concerned` are the pairs that may differ from the former rows; None: any may.
    """

    rows: Mapping[Pair, Row]
    concerned: Set[Pair] | None
    problem: Problem
    chosen: Flags
    locks: frozenset[Pair]
    before: Side
    figures_before: Mapping[str, Any]


def plan_rows(
    edits: Iterable[ProposalEdit], base: Base, problem: Problem, plan: Plan, former: PlanRows | None = None
) -> PlanRows:
    """The pairs of a plan, and the present ones that it drops, not saved yet.

    `edits` are those that the problem was made with: they tell which pairs somebody asked
    for. `former` are rows of the plan before.
    """
    columns = problem.candidates
    if former is not None and former.problem.candidates.supporter is not columns.supporter:
        former = None  # other hospitals or other candidates: nothing can be taken over
    both = BeforeAfter.of(problem, plan, former.before if former else None)
    chosen = np.zeros(len(columns), dtype=np.bool_)
    chosen[plan.chosen] = True
    locks = frozenset(
        (edit.supporter_key, edit.recipient_key) for edit in edits if edit.kind == ProposalEdit.Kind.LOCK
    )
    everything = columns.existing | chosen
    wanted = everything if former is None else _concerned(problem, chosen, locks, base, former)
    rows = dict(former.rows) if former else {pair_of(row): row for row in _lost(base, problem)}
    for at in np.flatnonzero(wanted & ~everything).tolist():
        rows.pop(_pair(problem, at), None)
    rows.update((pair_of(row), row) for row in _rows(base, problem, both, locks, wanted & everything))
    return PlanRows(
        rows=rows,
        concerned={_pair(problem, at) for at in np.flatnonzero(wanted).tolist()} if former else None,
        problem=problem,
        chosen=chosen,
        locks=locks,
        before=both.before,
        figures_before=former.figures_before if former else figures_before(problem),
    )


def no_rows(problem: Problem) -> PlanRows:
    """The rows where there is no plan."""
    nothing = np.zeros(len(problem.candidates), dtype=np.bool_)
    return PlanRows({}, None, problem, nothing, frozenset(), Side(), {})


def _concerned(
    problem: Problem, chosen: Flags, locks: frozenset[Pair], base: Base, former: PlanRows
) -> Flags:
    """The candidates whose rows may have changed since the former plan.

    Those asked for otherwise; and those whose supporter's load or whose recipient's supporters
    changed, or where the load of another supporter of the same recipient did.
    """
    now, then = problem.candidates, former.problem.candidates
    moved = chosen != former.chosen
    shown = now.existing | chosen | former.chosen
    supporter = np.zeros(len(problem.supporters), dtype=np.bool_)
    supporter[now.supporter[moved]] = True
    recipient = np.zeros(len(problem.recipients), dtype=np.bool_)
    recipient[now.recipient[moved]] = True
    recipient[now.recipient[shown & supporter[now.supporter]]] = True
    found: Flags = shown & (supporter[now.supporter] | recipient[now.recipient])
    found |= shown & ((now.locked != then.locked) | (now.forbidden != then.forbidden))
    for pair in locks ^ former.locks:
        if pair in base.index:
            found[base.index[pair]] |= shown[base.index[pair]]
    return found


def _pair(problem: Problem, at: int) -> Pair:
    columns = problem.candidates
    return problem.supporters[int(columns.supporter[at])].key, problem.recipients[
        int(columns.recipient[at])
    ].key


def _rows(
    base: Base, problem: Problem, both: BeforeAfter, locks: frozenset[Pair], wanted: Flags
) -> Iterator[Row]:
    """The rows of these candidates, in the problem's order."""
    columns, reasons = problem.candidates, Reasons(problem, both)
    added = set(both.added)
    order = np.flatnonzero(wanted).tolist()
    parts, unknown = _columns(columns.parts, order), _columns(columns.unknown, order)
    givers, takers = columns.supporter[order].tolist(), columns.recipient[order].tolist()
    dropped = set(both.dropped)
    for number, at in enumerate(order):
        if at in added:
            change, reason = ProposalPair.Change.ADDED, reasons.added(at)
        elif at in dropped:
            change, reason = ProposalPair.Change.DROPPED, reasons.dropped(at)
        else:
            change, reason = ProposalPair.Change.KEPT, reasons.kept(at)
        giver = base.members.supporters[problem.supporters[givers[number]].key]
        recipient = problem.recipients[takers[number]]
        taker = base.members.recipients[recipient.key]
        county = problem.counties[recipient.county]
        present = base.present.get((giver.key, taker.key))
        yield Row(
            change=change.value,
            locked=(giver.key, taker.key) in locks,
            pairing_id=present.pk if present else None,
            table=present.table if present else giver.table,
            group=present.group if present else giver.group,
            authority_path=present.authority_path if present else giver.authority_path,
            county_code=county.code,
            county=county.name,
            parts={name: column[number] for name, column in parts.items()},
            unknown=[name for name, flags in unknown.items() if flags[number]],
            reason=as_json(reason),
            **_sides(giver, taker),
        )


def _columns(found: Mapping[str, NDArray[Any]], order: list[int]) -> dict[str, list[Any]]:
    """Columns of candidates, of those alone that are written."""
    return {name: column[order].tolist() for name, column in found.items()}


def _sides(giver: Member, taker: Member) -> dict[str, Any]:
    return {
        f"{side}_{name}": value
        for side, member in (("supporter", giver), ("recipient", taker))
        for name, value in (
            ("id", member.pk), ("key", member.key), ("name", member.name), ("path", member.path),
        )
    }  # fmt: skip


def _lost(base: Base, problem: Problem) -> Iterator[Row]:
    """Present pairs that could not be kept."""
    for pair in problem.lost:
        present = base.present[pair.supporter_key, pair.recipient_key]
        yield Row(
            change=ProposalPair.Change.DROPPED.value,
            locked=False,
            pairing_id=present.pk,
            table=present.table,
            group=present.group,
            authority_path=present.authority_path,
            county_code=present.county_code,
            county=present.county,
            parts={},
            unknown=[],
            reason=as_json(joined([LOST[pair.why]])),
            **_sides(present.supporter, present.recipient),
        )


def pair_of(row: Row) -> Pair:
    """The keys of a row's hospitals."""
    return row["supporter_key"], row["recipient_key"]


# ---------------------------------------------------------------- memory

_kept: OrderedDict[int, tuple[Stamp, PlanRows]] = OrderedDict()
_lock = threading.Lock()


def remember(result: ProposalResult, rows: PlanRows) -> None:
    """Keep the rows that were written with a result. To be called once they are there for others to see."""
    with _lock:
        _kept[result.proposal_id] = ((result.pk, result.solved_at), rows)
        _kept.move_to_end(result.proposal_id)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)


def recall(proposal_id: int) -> tuple[Stamp | None, PlanRows | None]:
    """The rows remembered of a proposal, and which result they were written with: it must still be there."""
    with _lock:
        return _kept.get(proposal_id, (None, None))
