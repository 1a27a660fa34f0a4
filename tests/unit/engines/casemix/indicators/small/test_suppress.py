"""Hidden counts cannot be worked out from what is shown."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from duikou.engines.casemix.indicators.small import TOTAL, hidden_cells
from tests.examples import examples

Cell = tuple[Hashable, Hashable]


def test_a_small_count_takes_a_cheapest_rectangle_along() -> None:
    """3 is hidden; alone it were 60 - 27 - 30. The smallest that protect it are 12, 11 and 10."""
    counts: dict[Cell, int] = {
        ("a", "x"): 3, ("a", "y"): 12, ("a", "z"): 45,
        ("b", "x"): 10, ("b", "y"): 11, ("b", "z"): 40,
        ("c", "x"): 90, ("c", "y"): 80, ("c", "z"): 70,
    }  # fmt: skip

    assert hidden_cells(counts, 5) == {("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")}


def test_two_small_counts_of_one_row_and_column_protect_one_another() -> None:
    counts: dict[Cell, int] = {("a", "x"): 1, ("a", "y"): 2, ("b", "x"): 3, ("b", "y"): 4, ("c", "x"): 50}

    assert hidden_cells(counts, 5) >= {("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")}
    assert not any(cell[0] == "c" for cell in hidden_cells(counts, 5))


def test_nothing_small_nothing_hidden() -> None:
    assert hidden_cells({("a", "x"): 5, ("a", "y"): 0}, 5) == frozenset()
    assert hidden_cells({}, 5) == frozenset()


def test_a_single_cell_takes_its_totals_along() -> None:
    assert hidden_cells({("a", "x"): 3}, 5) == {("a", "x"), ("a", TOTAL), (TOTAL, "x"), (TOTAL, TOTAL)}


def worked_out(counts: dict[Cell, int], hidden: frozenset[Cell]) -> set[Cell]:
    """The hidden cells that the sums of rows and columns leave no choice for: linear algebra."""
    rows = [*{row for row, _ in counts}, TOTAL]
    columns = [*{column for _, column in counts}, TOTAL]
    cells = [(row, column) for row in rows for column in columns if (row, column) in hidden]
    sums = np.zeros((len(rows) + len(columns), len(cells)))
    for place, (row, column) in enumerate(cells):
        # every row and every column is a sum: its cells less its total are 0
        sums[rows.index(row), place] = -1 if column == TOTAL else 1
        sums[len(rows) + columns.index(column), place] = -1 if row == TOTAL else 1
    if not cells:
        return set()
    _, sizes, directions = np.linalg.svd(sums)
    free = directions[(sizes > 1e-9).sum() :]  # ways in which the hidden may vary together
    return {cell for place, cell in enumerate(cells) if not (np.abs(free[:, place]) > 1e-9).any()}


tables = st.dictionaries(
    st.tuples(st.sampled_from("abcd"), st.sampled_from("wxyz")),
    st.one_of(st.integers(0, 8), st.integers(0, 200)),
    min_size=1,
)


@given(tables)
@settings(max_examples=examples(200), deadline=None)
def test_no_hidden_count_can_be_worked_out(counts: dict[Cell, int]) -> None:
    hidden = hidden_cells(counts, 5)

    assert {cell for cell, count in counts.items() if 0 < count < 5} <= hidden
    assert worked_out(counts, hidden) == set()


def test_the_oracle_sees_what_can_be_worked_out() -> None:
    counts: dict[Cell, int] = {("a", "x"): 3, ("a", "y"): 12, ("b", "x"): 10, ("b", "y"): 11}

    assert worked_out(counts, frozenset({("a", "x"), ("a", "y")})) == {("a", "x"), ("a", "y")}
