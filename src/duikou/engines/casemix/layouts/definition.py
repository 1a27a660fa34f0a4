"""Layouts of front pages as data: which columns a file has and which of ours each of them is.

A definition names every column of the interface in file order, in a small notation: `##` is a
two-digit counter, `#` a plain one, `X*40` repeats a column or a group in brackets 40 times, and
`X*8,1,9` counts in that order.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from duikou.engines.casemix.columns import FEES
from duikou.engines.text import Text

IDS = ("hqms-2020", "hqms-2019", "n041", "narrow")
"""Layouts in the order in which they are tried: of two that fit equally well, the newer."""

_PART = re.compile(r"(?:\(([^)]*)\)|(\S+?))(?:\*([\d,]+))?(?=\s|$)")


@dataclass(frozen=True)
class Layout:
    """One interface: its columns, and where ours are among them."""

    id: str
    title: Text
    columns: tuple[str, ...]  # every column in file order; empty for the narrow layout
    fields: Mapping[str, str]  # our name -> column of the file
    address: str  # column of the address of residence, which the reader resolves and forgets
    aliases: Mapping[str, str]  # other headings -> our name
    fixed_order: bool
    required: tuple[str, ...]  # our names without which nothing can be done
    witnesses: Mapping[str, str]  # our name -> what a value under this heading looks like


def expand(pattern: str) -> Iterator[str]:
    """Write out the columns of a pattern, in order."""
    for group, single, counter in _PART.findall(pattern):
        names = (group or single).split()
        for number in _numbers(counter):
            for name in names:
                yield name.replace("##", f"{number:02d}").replace("#", str(number))


def _numbers(counter: str) -> list[int]:
    if not counter:
        return [0]
    return [int(n) for n in counter.split(",")] if "," in counter else list(range(1, int(counter) + 1))


@cache
def layout(layout_id: str) -> Layout:
    """Read a layout's definition."""
    path = files("duikou.engines.casemix.layouts") / "definitions" / f"{layout_id.replace('-', '_')}.toml"
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    fields: dict[str, str] = dict(data.get("fields", {}))
    for name, pattern in data.get("families", {}).items():
        fields |= {
            name.replace("##", f"{n:02d}"): column for n, column in enumerate(expand(pattern), start=1)
        }
    fees = list(expand(data.get("fees", {}).get("columns", "")))
    fields |= {f"fee_{name}": column for name, column in zip(FEES, fees, strict=bool(fees))}
    return Layout(
        id=data["id"],
        title=Text(data["zh"], data["en"]),
        columns=tuple(expand(data["columns"])),
        fields=fields,
        address=data["residence"]["address"],
        aliases=data.get("aliases", {}),
        fixed_order=data["fixed_order"],
        required=tuple(data["required"]),
        witnesses=data["witnesses"],
    )


def layouts() -> tuple[Layout, ...]:
    """Return all layouts in the order in which they are tried."""
    return tuple(layout(layout_id) for layout_id in IDS)
