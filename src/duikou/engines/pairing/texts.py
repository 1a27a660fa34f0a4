"""How the audit's sentences list names, count and point at rows, in both languages.

The sentences themselves stand in texts_load, texts_coverage, texts_support,
texts_fit and texts_data: one function per rule, saying what the policy expects, what
the tables show and what an officer can do about it, with names and numbers. Names
stay as printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from duikou.engines.pairing.model import Row
from duikou.engines.text import Text

# More names than this are counted, not listed; the finding's subjects hold them all.
_LIST_LIMIT = 20


@dataclass(frozen=True, slots=True)
class Wording:
    """The four sentences of a finding."""

    expected: Text
    found: Text
    message: Text
    suggestion: Text


def names_zh(names: Sequence[str]) -> str:
    """List names in Chinese, cut after twenty."""
    if len(names) <= _LIST_LIMIT:
        return "、".join(names)
    return "、".join(names[:_LIST_LIMIT]) + f"等{len(names)}个"


def names_en(names: Sequence[str]) -> str:
    """List names in English, cut after twenty."""
    if len(names) <= _LIST_LIMIT:
        return ", ".join(names)
    return ", ".join(names[:_LIST_LIMIT]) + f" and {len(names) - _LIST_LIMIT} more"


def counted(number: int, noun: str) -> str:
    """Return "1 row", "2 rows"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def where(rows: Sequence[Row]) -> Text:
    """Say where rows are printed."""
    positions = [str(row.position) for row in rows]
    noun = "line" if len(positions) == 1 else "lines"
    return Text(f"第{'、'.join(positions)}行", f"{noun} {', '.join(positions)}")


def with_load(supporters: Sequence[tuple[str, int]]) -> Text:
    """List supporters with the number of their recipients."""
    return Text(
        names_zh([f"{name}（现{load}所）" for name, load in supporters]),
        names_en([f"{name} (now {load})" for name, load in supporters]),
    )
