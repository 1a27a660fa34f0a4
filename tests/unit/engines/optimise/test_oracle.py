"""The oracle itself, on cases that can be counted by hand; the hash that breaks ties."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from duikou.engines.pairing.model import HospitalKind, UnitKind
from duikou.engines.pairing.optimise import ties
from duikou.engines.pairing.optimise.model import (
    COVERAGE,
    DUPLICATE,
    GENERAL_LOAD,
    Candidates,
    County,
    Level,
    Problem,
    Recipient,
    Supporter,
)
from duikou.engines.text import Text
from tests.unit.engines.optimise import oracle
from tests.unit.engines.optimise.strategies import problems


def _problem() -> Problem:
    """Two supporters, two recipients of one county, all four pairs; the cheapest pair is (0, 0)."""
    no = np.zeros(4, dtype=np.bool_)
    return Problem(
        [
            Supporter(f"s{i}", f"S{i}", HospitalKind.GENERAL, None, "1", GENERAL_LOAD, least=1, most=1)
            for i in (0, 1)
        ],
        [Recipient(f"r{i}", f"R{i}", HospitalKind.GENERAL, 0, months=6) for i in (0, 1)],
        [County("330101", "县", UnitKind.COUNTY, "330100", least=1)],
        Candidates(
            np.array([0, 0, 1, 1], dtype=np.int32),
            np.array([0, 1, 0, 1], dtype=np.int32),
            np.array([True, False, False, False]),
            no,
            no,
        ),
        [
            Level("rules", Text("规则", "rules"), Text("项", "breaches"), None,
                  {GENERAL_LOAD: 1, DUPLICATE: 1, COVERAGE: 9}),
            Level("travel", Text("路程", "travel"), Text("公里", "km"), np.array([1, 5, 6, 9])),
        ],
    )  # fmt: skip


def test_it_weighs_levels_strictly():
    assert oracle.best(_problem()) == oracle.Answer((0, 3), (0, 10))


def test_it_obeys_locks_and_reports_what_they_break():
    locked = _problem().edited(lock=[0, 1, 2, 3])
    assert oracle.best(locked) == oracle.Answer((0, 1, 2, 3), (4, 21))
    breaches = oracle.breaches_of(locked, frozenset(range(4)))
    assert [(one.rule, one.subject, one.amount, one.found) for one in breaches] == [
        (GENERAL_LOAD, "supporter:s0", 1, 2),
        (GENERAL_LOAD, "supporter:s1", 1, 2),
        (DUPLICATE, "recipient:r0", 1, 2),
        (DUPLICATE, "recipient:r1", 1, 2),
    ]


@pytest.mark.parametrize(("budget", "expected"), [(0, (0,)), (1, (0, 3)), (9, (0, 3))])
def test_it_counts_changes(budget: int, expected: tuple[int, ...]):
    answer = oracle.best(replace(_problem(), max_changes=budget))
    assert answer is not None
    assert answer.chosen == expected
    assert oracle.best(replace(_problem(), max_changes=0, lost_pairs=1)) is None


def test_it_counts_person_months():
    problem = _problem()
    tired = [replace(one, capacity_months=5) for one in problem.supporters]
    assert oracle.best(replace(problem, supporters=tired)) == oracle.Answer((), (11, 0))


@given(problems(city_table=True, capacity=True, departments=True, max_changes=True))
def test_ties_are_broken_alike_by_column_and_pair(problem: Problem):
    candidates = problem.candidates
    assert ties.column(problem).tolist() == [
        ties.hash_of(problem.supporters[s].key, problem.recipients[r].key)
        for s, r in zip(candidates.supporter, candidates.recipient, strict=True)
    ]


def test_exchanged_pairs_do_not_tie():
    numbers = range(60)
    straight = [ties.hash_of(f"s{i}", f"r{i}") + ties.hash_of(f"s{i + 1}", f"r{i + 1}") for i in numbers]
    crossed = [ties.hash_of(f"s{i}", f"r{i + 1}") + ties.hash_of(f"s{i + 1}", f"r{i}") for i in numbers]
    assert all(a != b for a, b in zip(straight, crossed, strict=True))
