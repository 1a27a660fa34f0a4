"""Names of places in travel tables: "hospital:<key>" and "division:<code>".

Divisions are ours. Hospitals belong to a later wing, which registers how to tell
known keys from unknown ones; this keeps the imports running one way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from duikou.wings.places.models import Division

Known = Callable[[set[str]], set[str]]
_POINT = re.compile(r"(hospital|division):([\w-]+)")
_known: dict[str, Known] = {}


def register(prefix: str, known: Known) -> None:
    """Tell which keys of `prefix` exist: `known` takes keys and returns those that do."""
    _known[prefix] = known


def _known_codes(codes: set[str]) -> set[str]:
    return set(Division.objects.filter(code__in=codes).values_list("code", flat=True))


register("division", _known_codes)


def read_point(text: str) -> str | None:
    """A point as we write it, from what a person wrote (six digits alone are a division); None if neither."""
    text = text.strip()
    if re.fullmatch(r"\d{6}", text):
        return f"division:{text}"
    return text if _POINT.fullmatch(text) else None


def unknown_points(points: Iterable[str]) -> set[str]:
    """Those of `points` (as `read_point` returns them) that name nothing we know."""
    by_prefix: dict[str, set[str]] = {}
    for point in points:
        prefix, _, key = point.partition(":")
        by_prefix.setdefault(prefix, set()).add(key)
    missing: set[str] = set()
    for prefix, keys in by_prefix.items():
        if prefix in _known:
            missing |= {f"{prefix}:{key}" for key in keys - _known[prefix](keys)}
    return missing
