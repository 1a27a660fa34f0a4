"""The vectorised kernel against the obvious reference, on random schemes and random records."""

from __future__ import annotations

from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from duikou.engines.casemix.columns import PAGES
from duikou.engines.casemix.grouper import group
from duikou.engines.casemix.grouper.reference import group_all
from duikou.engines.casemix.scheme import Complications, Leaf, NoGroup, Rule, Scheme, Section
from duikou.engines.casemix.scheme.conditions import (
    NUMBERS,
    OPERATORS,
    Always,
    And,
    AtLeast,
    Compare,
    Condition,
    Has,
    Kind,
    Level,
    Not,
    OneOf,
    Or,
    Severe,
    Tally,
    Where,
)
from duikou.engines.text import Text
from tests.examples import examples

CODES = ("A1", "A2", "A21", "B1", "B2", "C1", "C12", "D1")
STRANGE = ("A29", "C129", "E1")  # in no list; some of them match a beginning
BEGINNINGS = ("A*", "A2*", "C1*", "*")
KEYS = ("k", "l", "m", "n")
DEPARTMENTS = ("ICU", "NICU", "other")

codes = st.sampled_from(CODES)
held = st.frozensets(st.one_of(codes, codes, codes, st.sampled_from(BEGINNINGS)), max_size=4)
numbers = st.sampled_from((0, 1, 2, 28, 29, 365, 1500))
kinds, places = st.sampled_from(Kind), st.sampled_from(Where)
has = st.builds(Has, kinds, places, st.sampled_from(KEYS))
main = st.builds(Has, kinds, st.just(Where.MAIN), st.sampled_from(KEYS))
without = st.lists(st.sampled_from(KEYS), max_size=2).map(tuple)
severe = st.builds(Severe, st.sampled_from(Level), without)
compare = st.builds(Compare, st.sampled_from(NUMBERS), st.sampled_from(OPERATORS), numbers)
weighted = st.lists(st.tuples(st.integers(1, 3), st.sampled_from(KEYS)), min_size=1, max_size=3).map(tuple)
leaves = st.one_of(
    has,
    main,
    main,
    severe,
    compare,
    st.builds(OneOf, st.just("department"), st.lists(st.sampled_from(DEPARTMENTS), max_size=2).map(tuple)),
    st.builds(Tally, kinds, places, weighted, st.integers(1, 4)),
    st.builds(Always, st.booleans()),
)


def _combined(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    parts = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.one_of(
        st.builds(And, parts),
        st.builds(And, parts),
        st.builds(Or, parts),
        st.builds(Not, inner),
        st.builds(AtLeast, st.integers(1, 3), parts),
    )


conditions = st.recursive(leaves, _combined, max_leaves=5)


@st.composite
def schemes(draw: st.DrawFn) -> Scheme:
    names = iter(range(1000))

    def rule() -> Rule:
        name = f"R{next(names)}"
        of_severity = st.builds(Severe, st.sampled_from(Level), st.just(()))
        tests = draw(st.lists(st.one_of(of_severity, of_severity, conditions), max_size=2))
        finals = (*tests, *draw(st.sampled_from([(), (Always(True),)])))
        return Rule(
            name,
            draw(st.one_of(main, conditions)),
            "",
            tuple(Leaf(f"{name}{number}", test) for number, test in enumerate(finals)),
        )

    sections = tuple(
        Section(
            f"M{number}",
            draw(st.one_of(main, conditions)),
            "",
            tuple(rule() for _ in range(draw(st.integers(1, 4)))),
        )
        for number in range(draw(st.integers(1, 4)))
    )
    tables = st.sampled_from(("1", "2"))
    known = st.one_of(st.none(), st.just(frozenset(CODES)))
    return Scheme(
        name="random",
        version="1",
        title=Text("随机", "random"),
        source="",
        official=False,
        form="groups",
        checksum="",
        sections=sections,
        lists={kind: {key: draw(held) for key in KEYS} for kind in Kind},
        complications=Complications(
            draw(held), draw(held), draw(st.dictionaries(codes, tables)), {"1": draw(held), "2": draw(held)}
        ),
        known={kind: draw(known) for kind in Kind},
        no_group=NoGroup("0000", "00", "0000"),
        length=draw(st.sampled_from([{}, {Kind.DX: 2}, {Kind.DX: 2, Kind.PX: 2}])),
        principal=draw(st.one_of(st.none(), held)),
        assume=draw(st.dictionaries(st.sampled_from(NUMBERS), st.just(1), max_size=1)),
    )


@st.composite
def frames(draw: st.DrawFn) -> pl.DataFrame:
    code = st.one_of(st.none(), codes, codes, st.sampled_from(STRANGE))
    columns: dict[str, st.SearchStrategy[Any]] = {"pdx": code}
    columns |= {f"dx{place:02}": code for place in range(1, draw(st.integers(0, 3)) + 1)}
    columns |= {f"px{place:02}": code for place in range(1, draw(st.integers(0, 3)) + 1)}
    facts = ("age_years", "age_days", "birth_weight", "admission_weight", "stay_days")
    columns |= {fact: st.one_of(st.none(), numbers) for fact in facts}
    columns["disposition"] = st.sampled_from((None, 1, 2, 28))
    columns |= {"sex": st.sampled_from((None, 0, 1, 2, 9)), "icu_hours": st.one_of(st.none(), numbers)}
    columns["department"] = st.one_of(st.none(), st.sampled_from(DEPARTMENTS))
    for absent in draw(st.sets(st.sampled_from(sorted(columns.keys() - {"pdx"})), max_size=4)):
        del columns[absent]
    rows = draw(st.lists(st.fixed_dictionaries(columns), max_size=12))
    schema = {"id": pl.String} | {name: PAGES.get(name, pl.String) for name in columns}
    schema |= {"icu_hours": pl.Float64} if "icu_hours" in columns else {}
    return pl.DataFrame([{"id": str(number), **row} for number, row in enumerate(rows)], schema=schema)


@settings(max_examples=examples(100))
@given(schemes(), frames())
def test_the_kernel_equals_the_reference(scheme: Scheme, pages: pl.DataFrame) -> None:
    assert_frame_equal(group(pages, scheme), group_all(pages, scheme))
