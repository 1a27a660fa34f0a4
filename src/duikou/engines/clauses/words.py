"""The words of words.toml, as the comparison needs them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

Kind = str  # of a weakening: softened, scope_narrowed …


@dataclass(frozen=True, slots=True)
class Words:
    """Known words: what each stands for and what its coming or going does to a clause."""

    same: dict[str, str]  # word → the one that stands for its group
    empty: frozenset[str]
    strong: dict[str, Kind]  # gone: the clause is weaker
    when_replaced: frozenset[str]  # of these: only when other words stand in their place
    weak: dict[str, Kind]  # new beside the duty: the clause is weaker
    ranks: dict[str, int]
    longest_first: tuple[str, ...]


@cache
def words() -> Words:
    """The lists of words.toml."""
    data = tomllib.loads(files(__package__).joinpath("words.toml").read_text("utf-8"))
    same = {word: group.split()[0] for group in data["same"] for word in group.split()}
    replaced = {w: kind for kind, text in data["strong_when_replaced"].items() for w in text.split()}
    strong = {word: kind for kind, text in data["strong"].items() for word in text.split()} | replaced
    weak = {word: kind for kind, text in data["weak"].items() for word in text.split()}
    empty = frozenset(data["empty"].split())
    known = {*same, *strong, *weak, *empty, *data["harmless"]["words"].split(), *data["ranks"]}
    return Words(
        same,
        empty,
        strong,
        frozenset(replaced),
        weak,
        data["ranks"],
        tuple(sorted(known, key=len, reverse=True)),
    )
