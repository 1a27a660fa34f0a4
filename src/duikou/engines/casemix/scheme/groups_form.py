"""The table form `groups`: categories, base groups and groups, with their lists beside them.

mdc.csv      eval_order, mdc, condition [, name_zh, name_en]
adrg.csv     mdc, eval_order, adrg, condition [, kind, name_zh, name_en]   `AH1_2`: a second rule of AH1
drg.csv      adrg, eval_order, drg, severity_test [, name_zh, name_en]
mdc_dx.csv   mdc, dx [, site, list]        mdc_px.csv    mdc, px [, list]
adrg_dx.csv  adrg, dx [, list]             adrg_px.csv   adrg, px [, list]
px_valid.csv px                            lists.csv     kind, list, code
cc.csv, mcc.csv  dx [, exclusion_table]    cc_exclusion_pdx.csv  pdx, exclusion_table
dx_codes.csv dx [, name_zh]                px_codes.csv  px [, name_zh]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from duikou.engines.casemix.scheme import texts
from duikou.engines.casemix.scheme.conditions import FALSE, TRUE, Condition, Has, Kind, both, walk
from duikou.engines.casemix.scheme.description import Description
from duikou.engines.casemix.scheme.model import (
    BadScheme,
    Complications,
    Leaf,
    Rule,
    RuleKind,
    Scheme,
    Section,
)
from duikou.engines.casemix.scheme.naming import OWN, Flags, GroupNames, Lists
from duikou.engines.casemix.scheme.notation import BadCondition, Names, parse
from duikou.engines.casemix.scheme.tables import Row, Tables
from duikou.engines.text import Text

VALID: Final = "VALID"
"""The list of operations that count, read from px_valid.csv."""

Refuse = Callable[[BadScheme], None]
"""What is done about a fault of one line: raise it, or note it and go on."""


def read(tables: Tables, description: Description, refuse: Refuse) -> Scheme:
    """Compile the tables of a folder."""
    mdcs = tables.rows("mdc", ("eval_order", "mdc", "condition"))
    adrgs = tables.rows("adrg", ("mdc", "eval_order", "adrg", "condition"))
    drgs = tables.rows("drg", ("adrg", "eval_order", "drg", "severity_test"))
    lists = _lists(tables, description)
    flags = Flags(description.flags)
    owners = frozenset([row["mdc"] for row in mdcs] + [row["adrg"] for row in adrgs])

    def names(owner: str) -> GroupNames:
        return GroupNames(lists, flags, owners, owner)

    leaves = _leaves(drgs, {row["adrg"] for row in adrgs}, names, refuse)
    rules: dict[str, list[Rule]] = {row["mdc"]: [] for row in mdcs}
    for row in _in_order(adrgs, refuse):
        if (mdc := row["mdc"]) not in rules:
            refuse(row.refused(texts.unknown_reference("mdc", mdc, "mdc")))
            continue
        rule = _rule(row, description, leaves.get(row["adrg"], ()), names(row["adrg"]), refuse)
        rules[mdc] += _with_redirect(rule, mdc, description, leaves, names(row["adrg"]), refuse)
    sections = tuple(
        Section(
            mdc=row.need("mdc"),
            gate=condition_of(row, "condition", names(row["mdc"]), refuse),
            text=row["condition"],
            rules=tuple(rules[row["mdc"]]),
            source=row.where,
        )
        for row in _in_order(mdcs, refuse)
    )
    if not any(section.rules for section in sections):
        raise BadScheme(texts.no_rules())
    frozen = lists.frozen()
    return Scheme(
        name=description.name,
        version=description.version,
        title=description.title,
        source=description.source,
        official=description.official,
        form=description.form,
        checksum=tables.checksum(),
        sections=sections,
        lists=frozen,
        complications=_complications(tables),
        known={kind: _known(tables, kind) for kind in Kind},
        names=_group_names(mdcs, adrgs, drgs),
        no_group=description.no_group,
        length=description.length,
        principal=principal_of(sections, frozen[Kind.DX]),
        assume=description.assume,
    )


def condition_of(row: Row, column: str, names: Names, refuse: Refuse) -> Condition:
    """Read a condition of a table; a refused one never holds."""
    text = row[column]
    try:
        return parse(row.need(column), names)
    except BadCondition as error:
        refuse(row.refused(texts.bad_condition(text, error.at, error.message)))
    except BadScheme as error:
        refuse(error)
    return FALSE


def principal_of(sections: tuple[Section, ...], lists: Mapping[str, frozenset[str]]) -> frozenset[str] | None:
    """Collect the codes that open some category as principal diagnosis."""
    found: set[str] = set()
    for section in sections:
        gate = [part for part in walk(section.gate) if isinstance(part, Has) and part.kind is Kind.DX]
        found.update(*(lists[part.codes] for part in gate))
        if section.gate == TRUE:
            return None
    return frozenset(found) or None


def _in_order(rows: list[Row], refuse: Refuse) -> list[Row]:
    ordered = []
    for row in rows:
        try:
            ordered.append((row.whole("eval_order"), row))
        except BadScheme as error:
            refuse(error)
    return [row for _, row in sorted(ordered, key=lambda pair: pair[0])]


def _rule(
    row: Row, description: Description, leaves: tuple[Leaf, ...], names: GroupNames, refuse: Refuse
) -> Rule:
    key = row.need("adrg")
    kind = description.kind_of(key)
    if given := row["kind"]:
        if given in list(RuleKind):
            kind = RuleKind(given)
        else:
            refuse(row.refused(texts.unknown_kind(given, tuple(RuleKind))))
    condition = condition_of(row, "condition", names, refuse)
    return Rule(key.partition("_")[0], condition, row["condition"], leaves, kind, row.where)


def _with_redirect(
    rule: Rule,
    mdc: str,
    description: Description,
    leaves: dict[str, tuple[Leaf, ...]],
    names: GroupNames,
    refuse: Refuse,
) -> list[Rule]:
    """Put the redirected twin before a rule whose records may go to the group of its category."""
    redirect = description.redirect
    if redirect is None or rule.kind is not redirect.kind:
        return [rule]
    filled = {"mdc": mdc, "letter": mdc[-1:]}
    adrg = redirect.adrg.format_map(filled)
    try:
        condition = parse(redirect.condition, names)
    except BadCondition as error:
        text = texts.bad_condition(redirect.condition, error.at, error.message)
        refuse(BadScheme(texts.at("scheme.toml redirect", text)))
        return [rule]
    twin = replace(
        rule,
        adrg=adrg,
        condition=both(rule.condition, condition),
        text=f"({rule.text}) and {redirect.condition}",
        leaves=leaves.get(adrg) or (Leaf(redirect.drg.format_map(filled)),),
        kind=RuleKind.REDIRECT,
    )
    return [twin, rule]


def _leaves(
    rows: list[Row], adrgs: set[str], names: Callable[[str], GroupNames], refuse: Refuse
) -> dict[str, tuple[Leaf, ...]]:
    found: dict[str, tuple[Leaf, ...]] = {}
    for row in _in_order(rows, refuse):
        adrg = row["adrg"]
        if adrg not in adrgs and not row["drg"].startswith(adrg):
            refuse(row.refused(texts.unknown_reference("adrg", adrg, "adrg")))
        condition = condition_of(row, "severity_test", names(adrg), refuse)
        found[adrg] = (*found.get(adrg, ()), Leaf(row.need("drg"), condition, row["severity_test"]))
    return found


def _lists(tables: Tables, description: Description) -> Lists:
    lists = Lists()
    for owner in ("mdc", "adrg"):
        for kind in Kind:
            _own_lists(lists, tables, owner, kind, description)
    _sites(lists, tables, description)
    for row in tables.rows("px_valid", ("px",), optional=True):
        lists.add(Kind.PX, VALID, row["px"])
    for row in tables.rows("lists", ("kind", "list", "code"), optional=True):
        if row["kind"] not in list(Kind):
            raise row.refused(texts.unknown_kind(row["kind"], tuple(Kind)))
        lists.add(Kind(row["kind"]), row.need("list"), row.need("code"))
    return lists


def _own_lists(lists: Lists, tables: Tables, owner: str, kind: Kind, description: Description) -> None:
    numbered: set[tuple[str, str]] = set()
    for row in tables.rows(f"{owner}_{kind}", (owner, kind), optional=True):
        group, code, label = row.need(owner), row.need(kind), row["list"] or OWN[kind]
        if label.isdigit() and description.numbered_first:
            if (group, code) in numbered:
                continue
            numbered.add((group, code))
        lists.add(kind, f"{group}/{label}", code)


def _sites(lists: Lists, tables: Tables, description: Description) -> None:
    site_of: dict[tuple[str, str], list[str]] = {}
    for row in tables.rows("mdc_dx", ("mdc", "dx"), optional=True):
        if site := row["site"]:
            site_of.setdefault((row["mdc"], row["dx"]), []).append(site)
    for (mdc, code), sites in site_of.items():
        key = f"{mdc}/@{sites[-1 if description.sites_last else 0]}"
        if key not in (keys := lists.sites.setdefault(mdc, [])):
            keys.append(key)
        lists.add(Kind.DX, key, code)


def _complications(tables: Tables) -> Complications:
    excluded: dict[str, set[str]] = {}
    codes: dict[str, set[str]] = {"mcc": set(), "cc": set()}
    for name, found in codes.items():
        for row in tables.rows(name, ("dx",), optional=True):
            found.add(row.need("dx"))
            if table := row["exclusion_table"]:
                excluded.setdefault(table, set()).add(row["dx"])
    tables_of: dict[str, list[str]] = {}
    for row in tables.rows("cc_exclusion_pdx", ("pdx", "exclusion_table"), optional=True):
        of_code = tables_of.setdefault(row.need("pdx"), [])
        if (table := row.need("exclusion_table")) not in of_code:
            of_code.append(table)
    return Complications(
        frozenset(codes["mcc"]), frozenset(codes["cc"]), *combined_exclusions(tables_of, excluded)
    )


def combined_exclusions(
    tables_of: dict[str, list[str]], excluded: dict[str, set[str]]
) -> tuple[dict[str, str], dict[str, frozenset[str]]]:
    """Give each principal diagnosis one exclusion table: several are joined under one name."""
    joined: dict[str, frozenset[str]] = {}
    group_of = {}
    for code, tables in tables_of.items():
        group_of[code] = name = "+".join(tables)
        if name not in joined:
            joined[name] = frozenset().union(*(excluded.get(table, ()) for table in tables))
    return group_of, joined


def _known(tables: Tables, kind: Kind) -> frozenset[str] | None:
    name = f"{kind}_codes"
    return frozenset(row[kind] for row in tables.rows(name, (kind,))) if name in tables else None


def _group_names(*tables: list[Row]) -> dict[str, Text]:
    """Return the names; one that is given in one language only stands for both."""
    names: dict[str, Text] = {}
    for rows, column in zip(tables, ("mdc", "adrg", "drg"), strict=True):
        for row in rows:
            zh, en = row["name_zh"], row["name_en"]
            if zh or en:
                names.setdefault(row[column].partition("_")[0], Text(zh or en, en or zh))
    return names
