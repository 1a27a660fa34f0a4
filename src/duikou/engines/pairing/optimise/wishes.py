"""Locks, prohibitions and a limit of changes laid on a problem that is already there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from duikou.engines.pairing.optimise import texts_problem as texts
from duikou.engines.pairing.optimise.model import BadProblem, Flags, Problem
from duikou.engines.pairing.optimise.naming import names_of


def with_wishes(
    problem: Problem,
    locks: Iterable[tuple[str, str]] = (),
    prohibitions: Iterable[tuple[str, str]] = (),
    max_changes: int | None = None,
) -> Problem:
    """The problem with pairs, given by key or name, locked or forbidden as well.

    Raises BadProblem for unknown names and for a lock of a pair that is no candidate. A
    pair that is both locked and forbidden stays so: the solve explains it.
    """
    candidates = problem.candidates
    locked, forbidden = candidates.locked.copy(), candidates.forbidden.copy()
    _mark(problem, locks, locked, needed=True)
    _mark(problem, prohibitions, forbidden, needed=False)
    return replace(
        problem,
        candidates=replace(candidates, locked=locked, forbidden=forbidden),
        max_changes=problem.max_changes if max_changes is None else max_changes,
    )


def _mark(problem: Problem, pairs: Iterable[tuple[str, str]], column: Flags, *, needed: bool) -> None:
    supporters, recipients = names_of(problem)
    columns = problem.candidates
    for one, other in pairs:
        giver, taker = supporters.find(one), recipients.find(other)
        at = ((columns.supporter == giver) & (columns.recipient == taker)).nonzero()[0]
        if len(at):
            column[at[0]] = True
        elif needed:  # what is no candidate is not paired anyway
            raise BadProblem(
                texts.no_candidate(problem.supporters[giver].name, problem.recipients[taker].name)
            )
