"""Counts that must not be shown, and those that must go with them so that nobody can work them out.

A table with its totals is a set of sums, one for each row and column. A hidden cell can be
worked out exactly when it lies on no cycle of hidden cells (rows and columns taken as
points, cells as lines between them). So for each count below the threshold the cheapest
cycle through it is hidden as a whole; cheapest means the fewest cases, totals last of all.
"""

from __future__ import annotations

import heapq
from collections.abc import Hashable, Mapping
from typing import Final

TOTAL: Final = "total"  # the row or the column of totals

Cell = tuple[Hashable, Hashable]
Node = tuple[bool, Hashable]  # whether it is a column, and which

_ZERO: Final = 10**9  # an empty cell is often known to be empty: it hides little
_MARGIN: Final = 10**12


def hidden_cells(counts: Mapping[Cell, int], threshold: int) -> frozenset[Cell]:
    """Return the cells to hide, totals included as (row, TOTAL), (TOTAL, column), (TOTAL, TOTAL).

    Counts from 1 to threshold - 1 are hidden, and with them as much as keeps each of them
    unknown to somebody who sees all the rest. Cells that are not given count 0.
    """
    full = _with_totals(counts)
    hidden = {cell for cell, count in full.items() if 0 < count < threshold}
    for cell in sorted(hidden, key=lambda one: (full[one], repr(one))):
        hidden |= _rest_of_cycle(cell, full, hidden)
    return frozenset(hidden)


def _with_totals(counts: Mapping[Cell, int]) -> dict[Cell, int]:
    rows, columns = {row for row, _ in counts}, {column for _, column in counts}
    full: dict[Cell, int] = {
        (row, column): counts.get((row, column), 0) for row in rows for column in columns
    }
    for row in rows:
        full[row, TOTAL] = sum(full[row, column] for column in columns)
    for column in columns:
        full[TOTAL, column] = sum(full[row, column] for row in rows)
    full[TOTAL, TOTAL] = sum(counts.values())
    return full


def _rest_of_cycle(cell: Cell, full: Mapping[Cell, int], hidden: set[Cell]) -> set[Cell]:
    """Return the cells of the cheapest way from the row of a cell to its column without it."""
    lines: dict[Node, list[tuple[int, Node, Cell]]] = {}
    for other, count in full.items():
        if other != cell:
            cost = 0 if other in hidden else _cost(other, count)
            row, column = (False, other[0]), (True, other[1])
            lines.setdefault(row, []).append((cost, column, other))
            lines.setdefault(column, []).append((cost, row, other))
    start, goal = (False, cell[0]), (True, cell[1])
    best: dict[Node, int] = {start: 0}
    back: dict[Node, tuple[Node, Cell]] = {}
    queue: list[tuple[int, str, Node]] = [(0, repr(start), start)]
    while queue:
        so_far, _, node = heapq.heappop(queue)
        if node == goal:
            break
        if so_far > best[node]:
            continue
        for cost, neighbour, way in lines[node]:
            if so_far + cost < best.get(neighbour, so_far + cost + 1):
                best[neighbour] = so_far + cost
                back[neighbour] = (node, way)
                heapq.heappush(queue, (so_far + cost, repr(neighbour), neighbour))
    found = set()
    node = goal
    while node != start:
        node, way = back[node]
        found.add(way)
    return found


def _cost(cell: Cell, count: int) -> int:
    return (count or _ZERO) + (_MARGIN if TOTAL in cell else 0)
