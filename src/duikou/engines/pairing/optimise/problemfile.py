"""A problem as a JSON file: solved by `duikou pairing optimise PROBLEM.json`, without a database.

The members are those of `model.Problem`. Candidates are columns of one length;
`existing`, `locked`, `forbidden` and each member of `unknown` list the indexes of the
candidates that they mark. `source` says which round and policy pack the problem comes
from; a plan made from it can then be audited.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from duikou.engines.pairing.optimise import texts_files as texts
from duikou.engines.pairing.optimise.model import (
    Candidates,
    County,
    Flags,
    Indexes,
    Level,
    Lost,
    Problem,
    Recipient,
    Supporter,
    Terms,
)
from duikou.engines.pairing.optimise.strict import BadFile, read, written
from duikou.engines.pairing.optimise.validate import validate
from duikou.engines.text import Text

FORMAT, VERSION = "duikou-problem", 1


@dataclass(frozen=True, slots=True)
class Source:
    """Where a problem comes from: what an audit of the plan needs to know."""

    policy_pack: str | None = None
    first_day: date | None = None  # of the round, and the day of its divisions
    last_day: date | None = None


NO_SOURCE = Source()


@dataclass(frozen=True, slots=True)
class _Candidates:
    supporter: tuple[int, ...]
    recipient: tuple[int, ...]
    existing: tuple[int, ...] = ()
    locked: tuple[int, ...] = ()
    forbidden: tuple[int, ...] = ()
    parts: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    unknown: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Level:
    name: str
    title: Text
    unit: Text
    cost: tuple[int, ...] | None = None
    prices: Mapping[str, int] = field(default_factory=dict)
    evenness: int = 0
    coverage: int = 0
    constant: int = 0


@dataclass(frozen=True, slots=True)
class _Terms:
    supporter: str
    recipient: str
    departments: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class _Document:
    supporters: tuple[Supporter, ...]
    recipients: tuple[Recipient, ...]
    counties: tuple[County, ...]
    candidates: _Candidates
    levels: tuple[_Level, ...]
    max_changes: int | None = None
    lost_pairs: int = 0
    lost: tuple[Lost, ...] = ()
    terms: tuple[_Terms, ...] = ()
    key: str = ""
    name: str = ""
    source: Source = NO_SOURCE


def write_problem(problem: Problem, source: Source = Source()) -> str:
    """The problem as the text of a file."""
    return written(_document(problem, source), FORMAT, VERSION)


def read_problem(text: str | bytes) -> tuple[Problem, Source]:
    """The problem that a file holds, checked. Raises BadProblem (BadFile where the file is at fault)."""
    document = read(text, _Document, FORMAT, VERSION)
    problem = _problem(document)
    validate(problem)
    return problem, document.source


def digest(problem: Problem) -> str:
    """A fingerprint: equal problems, wherever they come from, have equal ones."""
    return hashlib.sha256(write_problem(problem).encode()).hexdigest()


def _document(problem: Problem, source: Source) -> _Document:
    columns = problem.candidates
    return _Document(
        supporters=tuple(problem.supporters),
        recipients=tuple(problem.recipients),
        counties=tuple(problem.counties),
        candidates=_Candidates(
            supporter=tuple(columns.supporter.tolist()),
            recipient=tuple(columns.recipient.tolist()),
            existing=_marked(columns.existing),
            locked=_marked(columns.locked),
            forbidden=_marked(columns.forbidden),
            parts={name: tuple(column.tolist()) for name, column in sorted(columns.parts.items())},
            unknown={name: _marked(column) for name, column in sorted(columns.unknown.items())},
        ),
        levels=tuple(
            _Level(
                name=one.name,
                title=one.title,
                unit=one.unit,
                cost=None if one.cost is None else tuple(one.cost.tolist()),
                prices=dict(sorted(one.prices.items())),
                evenness=one.evenness,
                coverage=one.coverage,
                constant=one.constant,
            )
            for one in problem.levels
        ),
        max_changes=problem.max_changes,
        lost_pairs=problem.lost_pairs,
        lost=problem.lost,
        terms=tuple(
            _Terms(*pair, terms.departments, terms.reason) for pair, terms in sorted(problem.terms.items())
        ),
        key=problem.key,
        name=problem.name,
        source=source,
    )


def _problem(document: _Document) -> Problem:
    columns = document.candidates
    count = len(columns.supporter)
    return Problem(
        supporters=document.supporters,
        recipients=document.recipients,
        counties=document.counties,
        candidates=Candidates(
            supporter=_indexes(columns.supporter),
            recipient=_indexes(columns.recipient),
            existing=_flags(columns.existing, count, "existing"),
            locked=_flags(columns.locked, count, "locked"),
            forbidden=_flags(columns.forbidden, count, "forbidden"),
            parts={name: np.array(column, dtype=np.int64) for name, column in columns.parts.items()},
            unknown={
                name: _flags(marked, count, f"unknown.{name}") for name, marked in columns.unknown.items()
            },
        ),
        levels=tuple(
            Level(
                name=one.name,
                title=one.title,
                unit=one.unit,
                cost=None if one.cost is None else np.array(one.cost, dtype=np.int64),
                prices=one.prices,
                evenness=one.evenness,
                coverage=one.coverage,
                constant=one.constant,
            )
            for one in document.levels
        ),
        max_changes=document.max_changes,
        lost_pairs=document.lost_pairs,
        key=document.key,
        name=document.name,
        lost=document.lost,
        terms={(one.supporter, one.recipient): Terms(one.departments, one.reason) for one in document.terms},
    )


def _marked(column: Flags) -> tuple[int, ...]:
    return tuple(np.flatnonzero(column).tolist())


def _indexes(column: tuple[int, ...]) -> Indexes:
    """As a column; what is out of 32 bits stays out of every range."""
    return np.clip(np.array(column, dtype=np.int64), -1, 2**31 - 1).astype(np.int32)


def _flags(marked: tuple[int, ...], count: int, name: str) -> Flags:
    column = np.zeros(count, dtype=np.bool_)
    for at, index in enumerate(marked):
        if not 0 <= index < count:
            place = f"candidates.{name}[{at}]"
            raise BadFile(texts.wrong(place, texts.index_below(count), str(index)))
        column[index] = True
    return column
