"""Check a scheme: what cannot be read, what is empty, doubled, never reached or not in the code tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from duikou.engines.casemix.scheme import texts_check as texts
from duikou.engines.casemix.scheme.conditions import (
    FALSE,
    TRUE,
    Condition,
    Has,
    Kind,
    Level,
    Not,
    Severe,
    Where,
    lists_of,
)
from duikou.engines.casemix.scheme.load import load_noting
from duikou.engines.casemix.scheme.model import BadScheme, Grade, Leaf, Problem, Rule, Scheme, Section
from duikou.engines.casemix.scheme.tables import Tables
from duikou.engines.text import Text

_LINES: Final = {
    "mdc": ("mdc",),
    "adrg": ("mdc", "adrg"),
    "drg": ("adrg", "drg"),
    "mdc_dx": ("mdc", "dx", "list", "site"),
    "mdc_px": ("mdc", "px", "list"),
    "adrg_dx": ("adrg", "dx", "list"),
    "adrg_px": ("adrg", "px", "list"),
    "cc": ("dx",),
    "mcc": ("dx",),
    "cc_exclusion_pdx": ("pdx", "exclusion_table"),
    "px_valid": ("px",),
    "lists": ("kind", "list", "code"),
    "dx_codes": ("dx",),
    "px_codes": ("px",),
    "dx": ("dx",),
    "px": ("px",),
    "rules": ("list_mdc", "eval_order"),
}
"""By table: the columns that name a line."""

_KEYS: Final = ("mdc", "adrg", "drg", "dx", "rules")
"""Tables in which a doubled line changes what another one means."""

_SEVERITIES: Final = (None, Level.CC, Level.MCC)


def check(folder: Path | str) -> tuple[Problem, ...]:
    """Check the scheme of a folder; the gravest findings first."""
    folder = Path(folder)
    found: list[Problem] = []

    def refuse(error: BadScheme) -> None:
        found.append(Problem(Grade.ERROR, "", error.message))

    try:
        scheme, description = load_noting(folder, refuse)
        found += _doubled(Tables(folder))
    except BadScheme as error:
        refuse(error)
        return tuple(found)
    if description.checksum and description.checksum != scheme.checksum:
        text = texts.other_checksum(description.checksum, scheme.checksum)
        found.append(Problem(Grade.ERROR, "scheme.toml", text))
    found += [*_empty_lists(scheme), *_reach(scheme), *_finals(scheme), *_codes(scheme)]
    if not scheme.official:
        found.append(Problem(Grade.NOTE, "scheme.toml", texts.not_official()))
    return tuple(sorted(found, key=lambda problem: list(Grade).index(problem.grade)))


def _doubled(tables: Tables) -> Iterator[Problem]:
    for table, columns in _LINES.items():
        lines = Counter(
            tuple(row[column] for column in columns if row[column])
            for row in tables.rows(table, columns[:1], optional=True)
        )
        if doubled := [" ".join(line) for line, times in lines.items() if times > 1]:
            grade = Grade.ERROR if table in _KEYS else Grade.NOTE
            yield Problem(grade, f"{table}.csv", texts.twice(table, doubled))


def _empty_lists(scheme: Scheme) -> Iterator[Problem]:
    seen = set()
    for section, rule in scheme.rules():
        for condition, where in ((section.gate, section.source), (rule.condition, rule.source)):
            for kind, key in lists_of(condition):
                if not scheme.lists[kind][key] and (kind, key) not in seen:
                    seen.add((kind, key))
                    yield Problem(Grade.WARNING, where, texts.empty_list(key))


def _reach(scheme: Scheme) -> Iterator[Problem]:
    """Find rules that never hold, or whose records an earlier rule of the section always takes."""
    for section in scheme.sections:
        taken: dict[Kind, dict[str, str]] = {kind: {} for kind in Kind}  # main code -> rule that takes it
        seen: dict[Condition, str] = {}
        everything = ""
        for rule in section.rules:
            codes = _main(rule.condition, scheme)
            if _is_never(section, rule, scheme):
                yield Problem(Grade.WARNING, rule.source, texts.never(rule.adrg))
                continue
            by = everything or seen.get(rule.condition, "")
            if not by and codes is not None:
                kind, held = codes
                if all(code in taken[kind] for code in held):
                    by = taken[kind][min(held)]
            if by and rule.adrg:
                yield Problem(Grade.WARNING, rule.source, texts.hidden(rule.adrg, by))
            if codes is not None:
                for code in codes[1]:
                    taken[codes[0]].setdefault(code, rule.adrg)
            seen.setdefault(rule.condition, rule.adrg)
            everything = everything or (rule.adrg if rule.condition == TRUE else "")


def _main(condition: Condition, scheme: Scheme) -> tuple[Kind, frozenset[str]] | None:
    if isinstance(condition, Has) and condition.where is Where.MAIN:
        return condition.kind, scheme.lists[condition.kind][condition.codes]
    return None


def _is_never(section: Section, rule: Rule, scheme: Scheme) -> bool:
    if FALSE in (rule.condition, section.gate):
        return True
    return any(
        codes is not None and not codes[1]
        for codes in (_main(section.gate, scheme), _main(rule.condition, scheme))
    )


def _finals(scheme: Scheme) -> Iterator[Problem]:
    told = set()
    for _, rule in scheme.rules():
        if rule.leaves in told or not rule.adrg:
            continue
        if not rule.leaves:
            yield Problem(Grade.ERROR, rule.source, texts.no_leaf(rule.adrg))
            continue
        told.add(rule.leaves)
        whole = next((place for place, leaf in enumerate(rule.leaves) if leaf.condition == TRUE), None)
        if whole is None and not _covers(rule.leaves):
            yield Problem(Grade.WARNING, rule.source, texts.open_leaves(rule.adrg))
        if whole is not None:
            taken = {leaf.drg for leaf in rule.leaves[: whole + 1]}
            for leaf in rule.leaves[whole + 1 :]:
                if leaf.drg not in taken:
                    yield Problem(Grade.WARNING, rule.source, texts.idle_leaf(leaf.drg))


def _covers(leaves: tuple[Leaf, ...]) -> bool:
    """Tell whether final groups that only ask for the severity leave none out."""
    return all(any(_holds(leaf.condition, level) for leaf in leaves) for level in _SEVERITIES)


def _holds(condition: Condition, level: Level | None) -> bool:
    match condition:
        case Severe(Level.EITHER, ()):
            return level is not None
        case Severe(wanted, ()):
            return level is wanted
        case Not(part):
            return isinstance(part, Severe) and not _holds(part, level)
    return False


def _codes(scheme: Scheme) -> Iterator[Problem]:
    for kind in Kind:
        known = scheme.known[kind]
        if known is None:
            if kind is Kind.DX:
                yield Problem(Grade.NOTE, "", texts.no_codes(kind))
            continue
        used = frozenset().union(*scheme.lists[kind].values())
        if kind is Kind.DX:
            used |= scheme.complications.mcc | scheme.complications.cc | set(scheme.complications.group_of)
        if strange := unknown_codes(used, known):
            table = f"{kind}_codes"
            yield Problem(Grade.WARNING, f"{table}.csv", texts.not_in_codes(table, strange))
    idle = [name for name, codes in scheme.complications.excluded.items() if not codes]
    if idle:
        yield Problem(Grade.NOTE, "cc_exclusion_pdx.csv", texts.idle_exclusions(sorted(idle)))


def unknown_codes(used: frozenset[str], known: frozenset[str]) -> list[str]:
    """Return the codes that a code table lacks, in order; beginnings of codes are left aside."""
    return sorted(code for code in used - known if not code.endswith("*"))


def compare_codes(scheme: Scheme, kind: Kind, known: frozenset[str], table: str) -> Iterator[Problem]:
    """Compare the codes of a scheme with a code table that is not its own."""
    used = frozenset().union(*scheme.lists[kind].values())
    if strange := unknown_codes(used, known):
        yield Problem(Grade.WARNING, table, texts.not_in_codes(table, strange))


def summary(scheme: Scheme) -> Text:
    """Say how large a scheme is."""
    mdc = len({section.mdc for section in scheme.sections})
    adrg = len({rule.adrg for _, rule in scheme.rules() if rule.adrg})
    dx, px = (len(frozenset().union(*scheme.lists[kind].values())) for kind in Kind)
    weighing = len(scheme.complications.mcc), len(scheme.complications.cc)
    return Text(
        f"大类 {mdc}，核心组 {adrg}，细分组 {len(scheme.drgs())}，诊断编码 {dx}，手术操作编码 {px}，"
        f"MCC {weighing[0]}，CC {weighing[1]}",
        f"categories {mdc}, base groups {adrg}, groups {len(scheme.drgs())}, diagnoses {dx}, "
        f"operations {px}, MCC {weighing[0]}, CC {weighing[1]}",
    )
