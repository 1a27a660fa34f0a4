"""The table form `formulas`: ordered rules over attributes of codes, one list of rules per category.

    rules.csv   list_mdc, eval_order, drg, base_drg, surgical, reroute_mdc, formula, severity_suppression
    dx.csv      dx, mdc, severity (MCC, CC, else none), attributes (with spaces between)
    px.csv      px, attributes
    pdx_exclusion_group.csv  pdx, group        exclusion_groups.csv  group, excluded_dx (with spaces)
    gender_mdc.csv           dx, male_mdc, female_mdc

A formula joins attributes by `& | ~ ( )`; `PDX: SDX: ANY: ONLY:` look at the principal, the other,
any, only such diagnoses; a bare attribute at any diagnosis or operation. MCC, CC and NONE are the
severity without the diagnoses of the rule's suppressed attributes. A rule with `reroute_mdc`
continues in that list for good; one with neither group nor list is a mark and never holds, but for
those that `stops` of the form names: they end the search.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from duikou.engines.casemix.scheme import texts
from duikou.engines.casemix.scheme.conditions import (
    FALSE,
    TRUE,
    Compare,
    Condition,
    Has,
    Kind,
    Level,
    Not,
    Severe,
    Where,
    both,
    either,
)
from duikou.engines.casemix.scheme.description import Description
from duikou.engines.casemix.scheme.groups_form import Refuse, combined_exclusions, condition_of
from duikou.engines.casemix.scheme.model import (
    BadScheme,
    Complications,
    Leaf,
    Rule,
    RuleKind,
    Scheme,
    Section,
)
from duikou.engines.casemix.scheme.naming import Flags, Lists
from duikou.engines.casemix.scheme.tables import Row, Tables

_SCOPES: Final[Mapping[str, Where]] = {
    "PDX": Where.MAIN,
    "SDX": Where.OTHER,
    "ANY": Where.ANY,
    "ONLY": Where.ONLY,
}
_NONE: Final = "0"  # no group, no list
_KINDS: Final = {"SURGICAL": RuleKind.SURGICAL, "MEDICAL": RuleKind.MEDICAL}
_MALE, _FEMALE = Compare("sex", "==", 1), Compare("sex", "==", 2)


class FormulaNames:
    """Words of one formula."""

    def __init__(self, lists: Lists, flags: Flags, idle: re.Pattern[str], without: tuple[str, ...]) -> None:
        self.lists = lists
        self.flags = flags
        self.idle = idle
        self.words: Mapping[str, Condition] = {
            "true": TRUE,
            "false": FALSE,
            "MCC": Severe(Level.MCC, without),
            "CC": Severe(Level.CC, without),
            "NONE": Not(Severe(Level.EITHER, without)),
        }

    def listed(self, kind: Kind, reference: str) -> str | None:
        """Find the codes with an attribute."""
        return reference if reference in self.lists.codes[kind] else None

    def literal(self, kind: Kind, codes: tuple[str, ...]) -> str:
        """Make a list of quoted codes."""
        return self.lists.literal(kind, codes)

    def sites(self) -> tuple[str, ...]:
        """Return nothing: this form counts sites by attributes."""
        return ()

    def bare(self, word: str) -> Condition | None:
        """Find a severity, a flag, a scoped or a bare attribute."""
        if word in self.words:
            return self.words[word]
        if (flag := self.flags.meaning(word, self)) is not None:
            return flag
        scope, colon, attribute = word.partition(":")
        if colon:
            known = scope in _SCOPES and attribute in self.lists.codes[Kind.DX]
            return Has(Kind.DX, _SCOPES[scope], attribute) if known else None
        found = [Has(kind, Where.ANY, word) for kind in Kind if word in self.lists.codes[kind]]
        if found:
            return either(*found)
        return FALSE if self.idle.fullmatch(word) else None


def read(tables: Tables, description: Description, refuse: Refuse) -> Scheme:
    """Compile the tables of a folder."""
    rows = tables.rows(
        "rules",
        ("list_mdc", "eval_order", "drg", "base_drg", "reroute_mdc", "formula", "severity_suppression"),
    )
    lists = Lists()
    dx = tables.rows("dx", ("dx", "mdc", "severity", "attributes"))
    px = tables.rows("px", ("px", "attributes"))
    for kind, table in ((Kind.DX, dx), (Kind.PX, px)):
        for row in table:
            for attribute in row["attributes"].split():
                lists.add(kind, attribute, row[kind])
    gates = _gates(dx, tables, lists, description)
    if not rows:
        raise BadScheme(texts.no_rules())
    sections = _Compiler(rows, lists, description, gates, refuse).sections()
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
        complications=_complications(dx, tables),
        known={
            Kind.DX: frozenset(row["dx"] for row in dx),
            Kind.PX: None,
        },  # unknown operations are passed over
        no_group=description.no_group,
        length=description.length,
        principal=frozenset(row["dx"] for row in dx if row["mdc"] != _NONE),
        assume=description.assume,
    )


class _Compiler:
    """Lay the lists of rules out in one order, with rerouted lists in place."""

    def __init__(
        self,
        rows: Iterable[Row],
        lists: Lists,
        description: Description,
        gates: Mapping[str, Condition],
        refuse: Refuse,
    ) -> None:
        self.lists = lists
        self.description = description
        self.gates = gates
        self.refuse = refuse
        self.flags = Flags(description.flags)
        self.idle = re.compile("|".join(description.idle) or r"(?!)")
        self.rows: dict[str, list[Row]] = {}
        for row in sorted(rows, key=lambda row: row.whole("eval_order")):
            self.rows.setdefault(row["list_mdc"], []).append(row)

    def sections(self) -> tuple[Section, ...]:
        first = self.description.first_list
        own = sorted((key for key in self.gates if key != first and key in self.rows), key=_number)
        found = self._list(first, first, TRUE, ()) if first in self.rows else []
        for key in own:
            found += self._list(key, key, self.gates[key], ())
        return tuple(found)

    def _list(self, key: str, mdc: str, gate: Condition, above: tuple[str, ...]) -> list[Section]:
        """Return the sections of a list; a rerouting line splits it."""
        found: list[Section] = []
        rules: list[Rule] = []
        text = f"list {key}"
        for row in self.rows.get(key, ()):
            target = row["reroute_mdc"]
            reroutes = target not in ("", _NONE, *above, key)
            stops = row["formula"] in self.description.stops
            if row["drg"] == _NONE and not reroutes and not stops:
                continue
            condition = condition_of(row, "formula", self._names(row), self.refuse)
            if stops:
                rules.append(_end(row, condition))
            elif not reroutes:
                leaf = (Leaf(row["drg"]),)
                kind = _KINDS.get(row["surgical"], RuleKind.OTHER)
                rules.append(Rule(row["base_drg"], condition, row["formula"], leaf, kind, row.where))
            elif target not in self.rows:
                self.refuse(row.refused(texts.unknown_reference("reroute_mdc", target, "rules")))
            elif condition != FALSE:
                if rules:
                    found.append(Section(mdc, gate, text, tuple(rules), rules[0].source))
                    rules = []
                inner = mdc if target in self.description.keep_mdc else target
                found += self._list(target, inner, both(gate, condition), (*above, key))
                found.append(Section(inner, both(gate, condition), text, (_end(row, TRUE),), row.where))
        if rules:
            found.append(Section(mdc, gate, text, tuple(rules), rules[0].source))
        return found

    def _names(self, row: Row) -> FormulaNames:
        without = tuple(row["severity_suppression"].split())
        for attribute in without:
            if attribute not in self.lists.codes[Kind.DX]:
                self.refuse(row.refused(texts.unknown_reference("severity_suppression", attribute, "dx")))
        known = tuple(one for one in without if one in self.lists.codes[Kind.DX])
        return FormulaNames(self.lists, self.flags, self.idle, known)


def _end(row: Row, condition: Condition) -> Rule:
    """Return the rule that ends the search: ungrouped, without coming back."""
    return Rule("", condition, row["formula"], (), RuleKind.OTHER, row.where)


def _number(key: str) -> tuple[int, str]:
    return (int(key), "") if key.isdigit() else (10**6, key)


def _gates(
    dx: Iterable[Row], tables: Tables, lists: Lists, description: Description
) -> Mapping[str, Condition]:
    """Return the gate of each list: its principal diagnoses, those of one sex apart."""
    of_sex = {row["dx"]: row for row in tables.rows("gender_mdc", _GENDER, optional=True)}
    parts: dict[str, list[Condition]] = {}
    for row in dx:
        code = row["dx"]
        if code in of_sex:
            lists.add(Kind.DX, f"@male{of_sex[code]['male_mdc']}", code)
            lists.add(Kind.DX, f"@female{of_sex[code]['female_mdc']}", code)
        elif row["mdc"] != _NONE:
            lists.add(Kind.DX, f"@{row['mdc']}", code)
    for key in [key for key in lists.codes[Kind.DX] if key.startswith("@")]:
        has = Has(Kind.DX, Where.MAIN, key)
        for start, sex in (("@male", _MALE), ("@female", _FEMALE), ("@", TRUE)):
            if key.startswith(start):
                parts.setdefault(key.removeprefix(start), []).append(both(has, sex))
                break
    return {key: either(*found) for key, found in parts.items() if key not in description.ignore}


_GENDER: Final = ("dx", "male_mdc", "female_mdc")


def _complications(dx: Iterable[Row], tables: Tables) -> Complications:
    levels: dict[str, set[str]] = {"MCC": set(), "CC": set()}
    for row in dx:
        if row["severity"] in levels:
            levels[row["severity"]].add(row["dx"])
    excluded = {
        row["group"]: set(row["excluded_dx"].split())
        for row in tables.rows("exclusion_groups", ("group", "excluded_dx"), optional=True)
    }
    tables_of: dict[str, list[str]] = {}
    for row in tables.rows("pdx_exclusion_group", ("pdx", "group"), optional=True):
        tables_of.setdefault(row.need("pdx"), []).append(row.need("group"))
    return Complications(
        frozenset(levels["MCC"]), frozenset(levels["CC"]), *combined_exclusions(tables_of, excluded)
    )
