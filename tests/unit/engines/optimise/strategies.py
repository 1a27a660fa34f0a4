"""Hypothesis strategies of tiny pairing problems, small enough for the oracle.

What breaks the network is off unless asked for. Costs and prices are small, so that
ties, trade-offs between rules and infeasible rounds are common.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from duikou.engines.pairing.model import HospitalKind, UnitKind
from duikou.engines.pairing.optimise.model import (
    CITY_TABLE,
    COVERAGE,
    DUPLICATE,
    GENERAL_LOAD,
    SPECIAL_LOAD,
    UNBROKEN,
    Candidates,
    County,
    Flags,
    Level,
    Problem,
    Recipient,
    Supporter,
)
from duikou.engines.text import Text

PRICED = (COVERAGE, CITY_TABLE, GENERAL_LOAD, SPECIAL_LOAD, DUPLICATE, UNBROKEN, "load", "nobody's")
DEPARTMENTS = ("儿科", "产科", "骨科")


@st.composite
def problems(
    draw: st.DrawFn,
    *,
    city_table: bool = False,
    capacity: bool = False,
    departments: bool = False,
    max_changes: bool = False,
    evenness: bool = True,
    locks: bool = True,
    max_candidates: int = 9,
    max_levels: int = 3,
) -> Problem:
    """Draw a problem; each switch allows (not forces) one kind of rule."""
    supporters = [
        draw(_supporters(number, capacity=capacity, departments=departments))
        for number in range(draw(st.integers(1, 3)))
    ]
    counties = [draw(_counties(number, city_table=city_table)) for number in range(draw(st.integers(1, 3)))]
    recipients = [
        draw(_recipients(number, len(counties), capacity=capacity, departments=departments))
        for number in range(draw(st.integers(1, 4)))
    ]
    candidates = draw(_candidates(len(supporters), len(recipients), max_candidates, locks=locks))
    levels = [
        draw(_levels(number, len(candidates), evenness=evenness, departments=departments))
        for number in range(draw(st.integers(1, max_levels)))
    ]
    problem = Problem(supporters, recipients, counties, candidates, levels, key="tiny", name="小例")
    if max_changes and draw(st.booleans()):
        problem = replace(
            problem, max_changes=draw(st.integers(0, 6)), lost_pairs=draw(st.sampled_from((0, 0, 1, 2)))
        )
    return problem


def enlarged(problem: Problem, factor: int) -> Problem:
    """Multiply all that a problem's levels count, so that they need stages of their own."""
    return replace(
        problem,
        levels=[
            replace(
                level,
                cost=None if level.cost is None else level.cost * factor,
                prices={rule: price * factor for rule, price in level.prices.items()},
                evenness=level.evenness * factor,
                coverage=level.coverage * factor,
            )
            for level in problem.levels
        ],
    )


@st.composite
def edits(draw: st.DrawFn, problem: Problem) -> Mapping[str, tuple[int, ...]]:
    """Draw the arguments of an edit: few candidates, each locked, forbidden or freed."""
    chosen: dict[str, tuple[int, ...]] = {"lock": (), "forbid": (), "free": ()}
    if len(problem.candidates):
        for index in draw(st.sets(st.integers(0, len(problem.candidates) - 1), max_size=2)):
            chosen[draw(st.sampled_from(sorted(chosen)))] += (index,)
    return chosen


@st.composite
def _supporters(draw: st.DrawFn, number: int, *, capacity: bool, departments: bool) -> Supporter:
    least = draw(st.integers(0, 2))
    return Supporter(
        key=f"s{number}",
        name=f"城市{number}医院",
        kind=HospitalKind.GENERAL,
        city_code="330100",
        table=draw(st.sampled_from(("1", "2"))),
        rule=draw(st.sampled_from((GENERAL_LOAD, SPECIAL_LOAD, None))),
        least=least,
        target=draw(st.sampled_from((None, 0, 1, 2, 3))),
        most=draw(st.integers(least, 3)),
        ceiling=draw(st.sampled_from((0, 1, 2, 99, 99, 99))),
        capacity_months=draw(st.sampled_from((None, 0, 3, 6, 9))) if capacity else None,
        strengths=draw(st.frozensets(st.sampled_from(DEPARTMENTS))) if departments else frozenset(),
    )


@st.composite
def _recipients(
    draw: st.DrawFn, number: int, counties: int, *, capacity: bool, departments: bool
) -> Recipient:
    least = draw(st.sampled_from((0, 0, 1, 1, 2)))
    return Recipient(
        key=f"r{number}",
        name=f"县{number}医院",
        kind=HospitalKind.GENERAL,
        county=draw(st.integers(0, counties - 1)),
        least=least,
        most=draw(st.integers(least, 2)),
        months=draw(st.sampled_from((None, 2, 3, 5))) if capacity else None,
        needs=draw(st.dictionaries(st.sampled_from(DEPARTMENTS), st.integers(1, 3), max_size=3))
        if departments
        else {},
    )


@st.composite
def _counties(draw: st.DrawFn, number: int, *, city_table: bool) -> County:
    return County(
        code=f"33010{number}",
        name=f"县{number}",
        kind=UnitKind.COUNTY,
        city_code="330100",
        least=draw(st.integers(0, 2)),
        least_in_city_table=draw(st.integers(0, 2)) if city_table else 0,
    )


@st.composite
def _candidates(
    draw: st.DrawFn, supporters: int, recipients: int, max_candidates: int, *, locks: bool
) -> Candidates:
    possible = [(s, r) for s in range(supporters) for r in range(recipients)]
    size = draw(st.integers(0, min(len(possible), max_candidates)))
    pairs = sorted(draw(st.permutations(possible))[:size])
    flags = st.integers(0, 2**size - 1)  # one draw for a column, a bit per candidate
    rare = flags if locks else st.just(0)
    return Candidates(
        supporter=np.array([s for s, _ in pairs], dtype=np.int32),
        recipient=np.array([r for _, r in pairs], dtype=np.int32),
        existing=_bits(draw(flags), size),
        locked=_bits(draw(rare) & draw(rare) & draw(rare), size),
        forbidden=_bits(draw(rare) & draw(rare) & draw(rare), size),
    )


def _bits(number: int, size: int) -> Flags:
    return np.array([number >> index & 1 for index in range(size)], dtype=np.bool_)


@st.composite
def _levels(draw: st.DrawFn, number: int, candidates: int, *, evenness: bool, departments: bool) -> Level:
    cost = st.lists(st.integers(-4, 4), min_size=candidates, max_size=candidates)
    return Level(
        name=f"level{number}",
        title=Text(f"第{number}级", f"Level {number}"),
        unit=Text("分", "points"),
        cost=np.array(draw(cost), dtype=np.int64) if draw(st.booleans()) else None,
        prices=draw(st.dictionaries(st.sampled_from(PRICED), st.integers(0, 5), max_size=4)),
        evenness=draw(st.sampled_from((0, 0, 1, 2))) if evenness else 0,
        coverage=draw(st.sampled_from((0, 1, 2))) if departments else 0,
        constant=draw(st.sampled_from((0, 7, -3))),
    )
