"""Group whole frames: codes to numbers, ranks out of tables, masks for the rest, severity, group.

The result equals the reference grouper's, record by record; it says nothing about why.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import polars as pl

from duikou.engines.casemix.columns import GROUPED
from duikou.engines.casemix.grouper import status
from duikou.engines.casemix.grouper.codebook import NONE, Flags
from duikou.engines.casemix.grouper.masks import Judged, Selection
from duikou.engines.casemix.grouper.pages import Arrays, Rows, arrays_of
from duikou.engines.casemix.grouper.program import (
    UNDECIDED,
    Block,
    Program,
    Ranks,
    asked_facts,
    compile_scheme,
)
from duikou.engines.casemix.grouper.severity import NO
from duikou.engines.casemix.scheme.conditions import FACTS, Kind
from duikou.engines.casemix.scheme.model import Scheme

_PROGRAMS: WeakKeyDictionary[Scheme, Program] = WeakKeyDictionary()
_STATUSES: Final = tuple(status.STATUSES)
_NUMBER: Final = {name: number for number, name in enumerate(_STATUSES)}
Indexes = npt.NDArray[np.intp]
Statuses = npt.NDArray[np.uint8]


def group(pages: pl.DataFrame, scheme: Scheme) -> pl.DataFrame:
    """Group PAGES; the answer has their order."""
    program = program_of(scheme)
    return grouped(program, arrays_of(pages, program.books, scheme.assume))


def program_of(scheme: Scheme) -> Program:
    """Return the compiled scheme, compiled once."""
    if scheme not in _PROGRAMS:
        _PROGRAMS[scheme] = compile_scheme(scheme)
    return _PROGRAMS[scheme]


def grouped(program: Program, arrays: Arrays) -> pl.DataFrame:
    """Group records whose codes are numbered."""
    found = np.full(arrays.size, _NUMBER[status.GROUPED], np.uint8)
    everyone = Selection(program.tables, arrays, None)
    ranks, may = decide(program, arrays, everyone)
    drg = _final(program, arrays, everyone, ranks, found)
    if may is not ranks:
        unsure = np.flatnonzero(may < ranks)
        _say_missing(arrays, unsure, program.asked[may[unsure]], found)
        ranks[unsure] = program.none
    _say_ungrouped(program, arrays, drg, found)
    _refuse(program, arrays, found)
    out = np.flatnonzero(found != _NUMBER[status.GROUPED])
    ranks[out] = program.none
    drg[out] = program.no_drg
    empty = program.scheme.no_group
    return pl.DataFrame(
        {
            "id": arrays.frame["id"],
            "mdc": _texts([mdc for mdc, _ in program.rules], empty.mdc, ranks),
            "adrg": _texts([rule.adrg for _, rule in program.rules], empty.adrg, ranks),
            "drg": _texts(program.drgs, empty.drg, drg),
            "status": _texts(_STATUSES, "", found),
        },
        schema=GROUPED,
    )


def _texts(names: Sequence[str], last: str, numbers: npt.NDArray[np.integer]) -> pl.Series:
    return pl.Series([*names, last], dtype=pl.String).gather(numbers)


def decide(program: Program, arrays: Arrays, everyone: Selection) -> tuple[Ranks, Ranks]:
    """Return the least rank that holds and the least that may hold, for each record."""
    dx, px = arrays.main[Kind.DX], arrays.main[Kind.PX]
    ranks = program.by_dx[dx]
    operated = np.flatnonzero(px != NONE)
    if len(operated):
        of_rows = np.minimum(ranks[operated], program.by_px[px[operated]])
        diagnosed, operations = dx[operated], px[operated].astype(np.int32)
        for gates in program.gates:
            np.minimum(of_rows, program.by_gate[gates[diagnosed] + operations], out=of_rows)
        ranks[operated] = of_rows
    may = ranks
    for block, rows in _candidates(program, arrays):
        if rows is not None:
            rows = rows[may[rows] > block.rules[0][0]]
        selection = everyone if rows is None else Selection(program.tables, arrays, rows)
        may = _try(block, selection, ranks, may)
    return ranks, may


def _candidates(program: Program, arrays: Arrays) -> Iterator[tuple[Block, Rows]]:
    """Return for each block the rows on which it can hold, by their main codes; None = all."""
    if not program.blocks:
        return
    px = arrays.main[Kind.PX]
    of_row = program.classes[arrays.main[Kind.DX]]
    order = np.argsort(of_row, kind="stable")
    ends = np.searchsorted(of_row, np.arange(program.opened.shape[1] + 1), sorter=order)
    slices = [order[start:end] for start, end in itertools.pairwise(ends)]
    for block, opened in zip(program.blocks, program.opened, strict=True):
        rows: Rows = None
        if block.main[Kind.DX] is not None:
            rows = np.concatenate([order[:0], *(slices[number] for number in np.flatnonzero(opened))])
        if (wanted := block.main[Kind.PX]) is not None:
            rows = np.flatnonzero(wanted[px]) if rows is None else rows[wanted[px[rows]]]
        if rows is None or len(rows):
            yield block, rows


def _try(block: Block, selection: Selection, ranks: Ranks, may: Ranks) -> Ranks:
    """Try the rules of a block in their order on some rows."""
    gate = selection.judge(block.gate)
    if not gate.may.all():
        selection = selection.part(np.flatnonzero(gate.may))
        holds = gate.holds[gate.may]
        gate = Judged(holds, holds) if gate.known else Judged(holds, np.ones(len(holds), np.bool_))
    if not selection.size:
        return may
    rows = slice(None) if selection.rows is None else selection.rows
    best, least = ranks[rows].copy(), may[rows].copy()
    known = may is ranks
    for rank, condition in block.rules:
        judged = selection.judge(condition)
        known = known and judged.known and gate.known
        np.minimum(best, rank, out=best, where=judged.holds if gate.known else judged.holds & gate.holds)
        if not known:
            np.minimum(least, rank, out=least, where=judged.may)
    if not known and may is ranks:
        may = ranks.copy()
    ranks[rows] = best
    if may is not ranks:
        may[rows] = np.minimum(least, best)
    return may


def _final(
    program: Program, arrays: Arrays, everyone: Selection, ranks: Ranks, found: Statuses
) -> npt.NDArray[np.int32]:
    """Return the number of the final group of each record."""
    if not program.graded:
        return program.leaf[ranks, NO]
    levels = everyone.levels()
    drg = program.leaf.ravel()[ranks * program.leaf.shape[1] + levels]
    open_rows = np.flatnonzero(drg == UNDECIDED)
    for rank in np.unique(ranks[open_rows]):
        _choose(program, arrays, int(rank), open_rows[ranks[open_rows] == rank], drg, found)
    return drg


def _choose(
    program: Program, arrays: Arrays, rank: int, rows: Indexes, drg: npt.NDArray[np.int32], found: Statuses
) -> None:
    """Choose the final group by conditions that ask for more than the severity."""
    drg[rows] = program.no_drg
    for leaf in program.rules[rank][1].leaves:
        holds, may = Selection(program.tables, arrays, rows).judge(leaf.condition)
        drg[rows[holds]] = program.drgs.index(leaf.drg)
        unsure = rows[may & ~holds]
        _say_missing(arrays, unsure, np.tile(asked_facts(leaf.condition), (len(unsure), 1)), found)
        rows = rows[~may]


def _say_missing(arrays: Arrays, rows: Indexes, asked: Flags, found: Statuses) -> None:
    """Name the first fact that is asked for and not stated; `asked`: rows by facts."""
    unsaid = np.ones(len(rows), np.bool_)
    for place, fact in enumerate(FACTS):
        wanted = asked[:, place] & unsaid
        if wanted.any():
            wanted &= ~arrays.stated(fact)[rows]
            found[rows[wanted]] = _NUMBER[status.MISSING[fact]]
            unsaid &= ~wanted


def _say_ungrouped(program: Program, arrays: Arrays, drg: npt.NDArray[np.int32], found: Statuses) -> None:
    out = (found == _NUMBER[status.GROUPED]) & (drg == program.no_drg)
    found[out] = _NUMBER[status.UNGROUPED]
    if program.principal is not None:
        found[out & ~program.principal[arrays.main[Kind.DX]]] = _NUMBER[status.INVALID_PDX]


def _refuse(program: Program, arrays: Arrays, found: Statuses) -> None:
    """Refuse records without principal diagnosis or with main codes that the scheme does not know."""
    for kind, known in program.known.items():
        if known is not None:
            main = arrays.main[kind]
            found[~known[main] & (main != NONE)] = _NUMBER[status.UNKNOWN_CODE]
    found[arrays.main[Kind.DX] == NONE] = _NUMBER[status.MISSING_PDX]
