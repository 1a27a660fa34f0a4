"""Cells to values: spaces, invisible characters, running numbers, dates, types, lists."""

from __future__ import annotations

import calendar
import re
import unicodedata
from datetime import date

PAIRING_TYPES = {
    "normal": ("一般", "普通", "一般支援", "对口支援", "normal", "ordinary"),
    "branch": ("分院", "分院建设", "branch"),
    "trustee": ("托管", "trustee", "trusteeship"),
    "union": ("医联体", "医疗联合体", "联合体", "union", "alliance"),
    "group": ("医院集团", "集团", "group"),
}
_TYPE_OF = {word: name for name, words in PAIRING_TYPES.items() for word in words}

_CJK = re.compile("[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_DATE = re.compile(r"(\d{4})(?:[-/.年])(\d{1,2})(?:[-/.月](\d{1,2})日?|月?)")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_LIST_SEPARATORS = re.compile(r"[、，,;；/\n]+")


def squeezed(text: str) -> str:
    """A name without stray spaces: none at all where it is Chinese, single ones elsewhere."""
    return "".join(text.split()) if _CJK.search(text) else " ".join(text.split())


def invisible(text: str) -> str:
    """Control and format characters of a cell, white space aside.

    Private-use and unassigned characters stay: rare characters of names are among them.
    """
    return "".join(c for c in text if unicodedata.category(c) in ("Cc", "Cf") and not c.isspace())


def without_invisible(text: str) -> str:
    """A cell's text without the characters that `invisible` finds."""
    unwanted = set(invisible(text))
    return squeezed("".join(c for c in text if c not in unwanted))


def whole_number(text: str) -> int | None:
    """A whole number as people write it (3, ３, 3.0, 3.); None for anything else."""
    plain = unicodedata.normalize("NFKC", text).strip().rstrip(".、")
    plain = plain.removesuffix(".0")
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 7 else None


def read_date(text: str, *, last_day: bool = False) -> date | None:
    """A date as people write it; a bare month means its first day, or its last with `last_day`.

    Raises ValueError when the text is not a date; None when it is empty.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    if not plain:
        return None
    match = _COMPACT_DATE.fullmatch(plain) or _DATE.fullmatch(plain.removesuffix("00:00:00"))
    if not match:
        raise ValueError(text)
    year, month = int(match[1]), int(match[2])
    if match[3]:
        return date(year, month, int(match[3]))
    return date(year, month, calendar.monthrange(year, month)[1] if last_day else 1)


def pairing_type(text: str) -> str | None:
    """Canonical type of support (normal, branch, trustee, union, group); None when unknown."""
    return _TYPE_OF.get(squeezed(text).lower()) if text.strip() else ""


def listed(text: str) -> tuple[str, ...]:
    """The parts of a cell that lists several things."""
    return tuple(part for part in map(squeezed, _LIST_SEPARATORS.split(text)) if part)
