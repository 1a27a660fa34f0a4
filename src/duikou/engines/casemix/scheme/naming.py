"""What the words of a condition mean: lists of a group, named lists, named conditions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from duikou.engines.casemix.scheme import texts
from duikou.engines.casemix.scheme.conditions import (
    FALSE,
    TRUE,
    Condition,
    Kind,
    Level,
    Not,
    Severe,
)
from duikou.engines.casemix.scheme.notation import BadCondition, parse
from duikou.engines.text import Text

OWN: Final[Mapping[Kind, str]] = {Kind.DX: "D", Kind.PX: "P"}
"""The list of a group's codes where its table does not label lists."""

WORDS: Final[Mapping[str, Condition]] = {
    "true": TRUE,
    "any": TRUE,
    "false": FALSE,
    "mcc": Severe(Level.MCC),
    "cc": Severe(Level.CC),
    "mcc_or_cc": Severe(Level.EITHER),
    "none": Not(Severe(Level.EITHER)),
}


class Lists:
    """All lists of a scheme while it is read: `owner/label` of groups, bare names of others."""

    def __init__(self) -> None:
        self.codes: dict[Kind, dict[str, set[str]]] = {kind: {} for kind in Kind}
        self.sites: dict[str, list[str]] = {}  # owner -> keys of its lists by body site

    def add(self, kind: Kind, key: str, code: str) -> None:
        """Put a code into a list."""
        self.codes[kind].setdefault(key, set()).add(code)

    def labels(self, kind: Kind, owner: str) -> list[str]:
        """Return the keys of a group's lists."""
        return [key for key in self.codes[kind] if key.startswith(f"{owner}/")]

    def literal(self, kind: Kind, codes: tuple[str, ...]) -> str:
        """Return the key of a list of quoted codes."""
        key = "=" + " ".join(codes)
        self.codes[kind].setdefault(key, set(codes))
        return key

    def frozen(self) -> Mapping[Kind, Mapping[str, frozenset[str]]]:
        """Return the lists as they stay."""
        return {
            kind: {key: frozenset(codes) for key, codes in named.items()}
            for kind, named in self.codes.items()
        }


class GroupNames:
    """Names inside a condition of one group: its own lists, other groups' lists, named lists."""

    def __init__(self, lists: Lists, flags: Flags, owners: frozenset[str], owner: str = "") -> None:
        self.lists = lists
        self.flags = flags
        self.owners = owners
        self.owner = owner

    def listed(self, kind: Kind, reference: str) -> str | None:
        """Find `D`, `P:1`, `GB1.P`, `GB1.*` or a named list."""
        owner, dot, label = reference.rpartition(".")
        if dot:
            if owner not in self.owners:
                return None
            return self._all(kind, owner) if label == "*" else self._own(kind, owner, label)
        if reference in self.lists.codes[kind]:
            return reference
        return self._own(kind, self.owner, reference)

    def _own(self, kind: Kind, owner: str, label: str) -> str | None:
        letter, _, number = label.partition(":")
        if number and letter != OWN[kind]:
            return None
        key = f"{owner}/{number or label}"
        if key in self.lists.codes[kind]:
            return key
        if label == OWN[kind]:  # a group without rows: an empty list, which `check` reports
            self.lists.codes[kind][key] = set()
            return key
        return None

    def _all(self, kind: Kind, owner: str) -> str:
        key = f"{owner}/*"
        labels = [label for label in self.lists.labels(kind, owner) if label != key]
        self.lists.codes[kind][key] = set().union(*(self.lists.codes[kind][label] for label in labels))
        return key

    def literal(self, kind: Kind, codes: tuple[str, ...]) -> str:
        """Make a list of quoted codes."""
        return self.lists.literal(kind, codes)

    def sites(self) -> tuple[str, ...]:
        """Return the lists by body site of this group."""
        return tuple(self.lists.sites.get(self.owner, ()))

    def bare(self, word: str) -> Condition | None:
        """Find a word of the notation or a named condition."""
        return WORDS[word] if word in WORDS else self.flags.meaning(word, self)


class Flags:
    """Named conditions of a scheme; one may use others, but not itself."""

    def __init__(self, flags: Mapping[str, str]) -> None:
        self.flags = flags
        self.open: list[str] = []

    def meaning(self, word: str, names: object) -> Condition | None:
        """Read a named condition, None when there is none of that name."""
        if word not in self.flags:
            return None
        if word in self.open:
            circle = texts.circle([*self.open[self.open.index(word) :], word])
            raise BadCondition(1, Text(circle.zh.rstrip("。"), circle.en.rstrip(".")))
        self.open.append(word)
        try:
            return parse(self.flags[word], names)  # type: ignore[arg-type]
        except BadCondition as error:
            inside = Text(f"{word}：{error.message.zh}", f"{word}: {error.message.en}")
            raise BadCondition(error.at, inside) from None
        finally:
            self.open.pop()
