"""A scheme compiled for whole columns: minimum-rank tables for plain rules, masks for the rest.

Every rule has a rank, its place in the order of the scheme; the least rank that holds
decides. A rule that only looks at the principal diagnosis collapses into a table
`rank[diagnosis]`; one that looks at the main operation behind a gate of principal
diagnoses into `rank[gate, operation]`. What is left stays with its gate as a condition
and is evaluated on the rows whose principal diagnosis can meet it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from duikou.engines.casemix.grouper.codebook import Codebook, Flags
from duikou.engines.casemix.grouper.masks import Tables
from duikou.engines.casemix.grouper.severity import LEVELS, MAJOR, MINOR, NO, Severity
from duikou.engines.casemix.scheme.conditions import (
    FACTS,
    FALSE,
    TRUE,
    Always,
    And,
    Condition,
    Has,
    Kind,
    Level,
    Not,
    Or,
    Severe,
    Where,
    both,
    facts_of,
    lists_of,
)
from duikou.engines.casemix.scheme.model import Rule, Scheme, Section

Ranks = npt.NDArray[np.int32]
UNDECIDED: Final = -1
"""In the table of final groups: more than the severity decides."""


@dataclass(frozen=True, slots=True)
class Parts:
    """A condition as a conjunction: codes at main positions, and the rest."""

    main: Mapping[Kind, Flags | None]  # None = any code and none
    rest: Condition


@dataclass(slots=True)
class Block:
    """Rules behind one gate that do not collapse, with the rows on which they can hold."""

    gate: Condition
    rules: list[tuple[int, Condition]]  # rank, what is left of the condition behind the gate
    main: Mapping[Kind, Flags | None]


@dataclass(slots=True)
class Program:
    """A compiled scheme."""

    scheme: Scheme
    books: Mapping[Kind, Codebook]
    tables: Tables
    rules: list[tuple[str, Rule]]  # by rank: category, rule
    by_dx: Ranks  # rank by principal diagnosis
    by_px: Ranks  # rank by main operation
    by_gate: Ranks  # rank by gate and main operation, flat
    gates: list[Ranks]  # where in `by_gate` the gates begin that a principal diagnosis opens
    blocks: list[Block]
    classes: npt.NDArray[np.uint16]  # principal diagnoses that open the same blocks, by number
    opened: Flags  # [block, class]
    leaf: npt.NDArray[np.int32]  # [rank, severity] -> place in `drgs`, or UNDECIDED
    graded: bool  # some final group hangs on more than its rule
    drgs: list[str]
    known: Mapping[Kind, Flags | None]
    principal: Flags | None
    asked: Flags  # [rank, fact of FACTS]

    @property
    def none(self) -> int:
        """The rank of no rule."""
        return len(self.rules)

    @property
    def no_drg(self) -> int:
        """The place of no group."""
        return len(self.drgs)


def compile_scheme(scheme: Scheme) -> Program:
    """Compile a scheme; what is the same for all frames is done once here."""
    books = {kind: Codebook(_mentioned(scheme, kind), scheme.length.get(kind)) for kind in Kind}
    held = {
        kind: {key: books[kind].held(codes) for key, codes in lists.items()}
        for kind, lists in scheme.lists.items()
    }
    rules = [(section.mdc, rule) for section, rule in scheme.rules()]
    plain = _Plain(books, held, len(rules))
    rank = 0
    for section in scheme.sections:
        plain.add(section, rank)
        rank += len(section.rules)
    blocks = plain.blocks
    classes, opened = _classes(blocks, books[Kind.DX].size)
    by_gate, gates = plain.stacked()
    leaf, drgs = _leaves([rule for _, rule in rules])
    severity = Severity(scheme.complications, books[Kind.DX])
    return Program(
        scheme=scheme,
        books=books,
        tables=Tables(books, held, severity, [pair for one in _conditions(scheme) for pair in lists_of(one)]),
        rules=rules,
        by_dx=plain.by_dx,
        by_px=plain.by_px,
        by_gate=by_gate,
        gates=gates,
        blocks=blocks,
        classes=classes,
        opened=opened,
        leaf=leaf,
        graded=bool((leaf != leaf[:, :1]).any() or (leaf == UNDECIDED).any()),
        drgs=drgs,
        known={
            kind: books[kind].held(codes) if codes is not None else None
            for kind, codes in scheme.known.items()
        },
        principal=None if scheme.principal is None else books[Kind.DX].held(scheme.principal),
        asked=np.array([asked_facts(both(section.gate, rule.condition)) for section, rule in scheme.rules()]),
    )


def asked_facts(condition: Condition) -> Flags:
    """Tell of each fact whether a condition asks for it."""
    asked = facts_of(condition)
    return np.array([fact in asked for fact in FACTS])


def _conditions(scheme: Scheme) -> Iterator[Condition]:
    for section in scheme.sections:
        yield section.gate
        for rule in section.rules:
            yield rule.condition
            yield from (leaf.condition for leaf in rule.leaves)


def _mentioned(scheme: Scheme, kind: Kind) -> set[str]:
    found: set[str] = set(scheme.known.get(kind) or ()).union(*scheme.lists[kind].values())
    if kind is Kind.DX:
        complications = scheme.complications
        found |= (
            complications.mcc | complications.cc | set(complications.group_of) | (scheme.principal or set())
        )
    return found


class _Plain:
    """Puts each rule into the cheapest place that can hold it."""

    def __init__(
        self, books: Mapping[Kind, Codebook], held: Mapping[Kind, Mapping[str, Flags]], none: int
    ) -> None:
        self.held = held
        self.none = none
        self.sizes = {kind: book.size for kind, book in books.items()}
        self.by_dx = np.full(self.sizes[Kind.DX], none, np.int32)
        self.by_px = np.full(self.sizes[Kind.PX], none, np.int32)
        self.gates: list[tuple[Flags, Ranks]] = []
        self.blocks: list[Block] = []

    def add(self, section: Section, first: int) -> None:
        """Sort the rules of a section, the first of which has this rank."""
        gate = _parts(section.gate, self.held)
        behind_gate = np.full(self.sizes[Kind.PX], self.none, np.int32)
        left: list[tuple[int, Condition]] = []
        for rank, rule in enumerate(section.rules, first):
            own = _parts(both(section.gate, rule.condition), self.held)
            dx, px = own.main[Kind.DX], own.main[Kind.PX]
            if own.rest == FALSE:
                continue
            if own.rest != TRUE or (dx is not None and px is not None and dx is not gate.main[Kind.DX]):
                left.append((rank, rule.condition))
            elif px is None:
                _lower(self.by_dx, dx, rank)
            else:
                _lower(self.by_px if dx is None else behind_gate, px, rank)
        opens = gate.main[Kind.DX]
        if opens is not None and (behind_gate < self.none).any():
            self.gates.append((opens, behind_gate))
        if left:
            self.blocks.append(Block(gate.rest, left, self._met(section.gate, left)))

    def _met(self, gate: Condition, rules: list[tuple[int, Condition]]) -> Mapping[Kind, Flags | None]:
        """Return the main codes that some rule behind a gate can meet."""
        demands = [_parts(both(gate, condition), self.held).main for _, condition in rules]
        found: dict[Kind, Flags | None] = {}
        for kind in Kind:
            given = [flags for main in demands if (flags := main[kind]) is not None]
            found[kind] = np.logical_or.reduce(given) if len(given) == len(demands) else None
        return found

    def stacked(self) -> tuple[Ranks, list[Ranks]]:
        """Lay the tables of all gates in one; say for each diagnosis where those begin that it opens."""
        width = self.sizes[Kind.PX]
        table = np.concatenate([np.full(width, self.none, np.int32), *(ranks for _, ranks in self.gates)])
        starts: list[Ranks] = []
        opened = np.zeros(self.sizes[Kind.DX], np.int32)
        for number, (gate, _) in enumerate(self.gates, 1):
            for level in range(int(opened[gate].max(initial=0)) + 1):
                if level == len(starts):
                    starts.append(np.zeros(len(opened), np.int32))
                starts[level][gate & (opened == level)] = number * width
            opened[gate] += 1
        return table, starts


def _lower(table: Ranks, codes: Flags | None, rank: int) -> None:
    chosen = slice(None) if codes is None else codes
    table[chosen] = np.minimum(table[chosen], rank)


def _classes(blocks: list[Block], size: int) -> tuple[npt.NDArray[np.uint16], Flags]:
    """Sort principal diagnoses by the blocks that they open."""
    opens = np.ones((size, max(len(blocks), 1)), np.bool_)
    for number, block in enumerate(blocks):
        if (codes := block.main[Kind.DX]) is not None:
            opens[:, number] = codes
    packed = np.ascontiguousarray(np.packbits(opens, axis=1))
    _, first, classes = np.unique(
        packed.view(f"V{packed.shape[1]}").ravel(), return_index=True, return_inverse=True
    )
    return classes.astype(np.uint16), opens[first].T


def _parts(condition: Condition, held: Mapping[Kind, Mapping[str, Flags]]) -> Parts:
    """Take the demands on main positions out of a conjunction."""
    main: dict[Kind, Flags | None] = dict.fromkeys(Kind)
    rest = []
    for part in condition.parts if isinstance(condition, And) else (condition,):
        found = _main_codes(part, held)
        if found is None:
            rest.append(part)
            continue
        kind, flags = found
        before = main[kind]
        main[kind] = flags if before is None else before & flags
    return Parts(main, both(*rest))


def _main_codes(condition: Condition, held: Mapping[Kind, Mapping[str, Flags]]) -> tuple[Kind, Flags] | None:
    """Return which main codes meet a condition that looks at nothing else."""
    match condition:
        case Has(kind, Where.MAIN, key):
            return kind, held[kind][key]
        case Not(part):
            inner = _main_codes(part, held)
            return None if inner is None else (inner[0], ~inner[1])
        case Or(parts):
            found = [one for part in parts if (one := _main_codes(part, held)) is not None]
            if len(found) < len(parts) or len({kind for kind, _ in found}) > 1:
                return None
            return found[0][0], np.logical_or.reduce([flags for _, flags in found])
    return None


def _leaves(rules: list[Rule]) -> tuple[npt.NDArray[np.int32], list[str]]:
    """Tabulate the final group by rule and severity where nothing else decides it."""
    drgs = list(dict.fromkeys(leaf.drg for rule in rules for leaf in rule.leaves))
    place = {drg: number for number, drg in enumerate(drgs)} | {None: len(drgs)}
    table = [[_leaf(rule, level, place) for level in (NO, MINOR, MAJOR)] for rule in rules]
    return np.array([*table, [len(drgs)] * 3], np.int32), drgs


def _leaf(rule: Rule, level: int, place: Mapping[str | None, int]) -> int:
    for leaf in rule.leaves:
        holds = _by_severity(leaf.condition, level)
        if holds is None:
            return UNDECIDED
        if holds:
            return place[leaf.drg]
    return place[None]


def _by_severity(condition: Condition, level: int) -> bool | None:
    """Evaluate a condition that only asks for the severity; None when it asks for more."""
    match condition:
        case Always(value):
            return value
        case Severe(wanted, ()):
            return level != NO if wanted is Level.EITHER else level == LEVELS[wanted]
        case Not(part):
            inner = _by_severity(part, level)
            return None if inner is None else not inner
    return None
