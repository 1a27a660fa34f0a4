"""Which layout a header belongs to, and where our columns are in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from duikou.engines.casemix.columns import CHECKED, FEES, PAGES
from duikou.engines.casemix.layouts.definition import Layout, layouts
from duikou.engines.casemix.layouts.errors import BadFile, refusal

LISTS = ("dx", "sdx", "px")
"""Columns of the narrow layout that hold several codes, joined by |."""

_HELPERS = ("admitted_hour", "discharged_hour", "ventilator_hours")
_PLAIN = (set(PAGES) - {"row"}) | set(CHECKED) | set(_HELPERS) | {f"fee_{name}" for name in FEES}
_NUMBERED = re.compile(r"(dx|px)0*([1-9]\d?)(|_condition|_date|_level|_incision|_anaesthesia)")
_LEAST_KNOWN = 0.5  # share of the headings that must be known


@dataclass(frozen=True, slots=True)
class Match:
    """A header understood."""

    layout: Layout
    headings: tuple[str, ...]  # as they stand in the file
    places: Mapping[str, int]  # our name -> number of the column in the file
    lists: Mapping[str, int]  # dx, sdx, px of the narrow layout
    address: int | None  # column of the address of residence
    ignored: tuple[str, ...]  # headings that are not of the layout
    missing: tuple[str, ...]  # columns of the layout that the file lacks


def match(headings: Sequence[str]) -> Match:
    """Find the layout of a header; `BadFile` where none fits or the columns are not in their places."""
    found = [heading.strip().strip("\ufeff").strip() for heading in headings]
    keys = [heading.upper() for heading in found]
    candidates = [(candidate, _known(candidate, keys)) for candidate in layouts()]
    best, known = max(candidates, key=lambda pair: (len(pair[1]), set(keys) == _columns(pair[0])))
    if len(known) < max(1, _LEAST_KNOWN * sum(map(bool, keys))) and not _is_narrow(best, known):
        first = next((heading for heading, key in zip(found, keys, strict=True) if key not in known), "")
        raise refusal(
            "unknown_layout", line=1, column=first, layout=best.title, known=len(known), total=len(keys)
        )
    for number, key in enumerate(keys):
        if key in known and key in keys[:number]:
            raise refusal("repeated_column", line=1, column=found[number])
    return _narrow(best, found) if best.id == "narrow" else _interface(best, found, keys)


def _known(candidate: Layout, keys: Sequence[str]) -> set[str]:
    if candidate.id == "narrow":
        return {key for key in keys if _our_name(candidate, key.lower())}
    return _columns(candidate).intersection(keys)


def _columns(candidate: Layout) -> set[str]:
    return {column.upper() for column in candidate.columns}


def _is_narrow(best: Layout, known: set[str]) -> bool:
    """A narrow file may have many columns of its own, as long as it has a principal diagnosis."""
    return best.id == "narrow" and bool(known & {"PDX", "DX"})


def _interface(found_layout: Layout, found: list[str], keys: list[str]) -> Match:
    columns = [column.upper() for column in found_layout.columns]
    place_of = {key: number for number, key in enumerate(keys)}
    if keys != columns:
        _check_header(found_layout, found, keys, columns)
    places = {
        name: place_of[column.upper()]
        for name, column in found_layout.fields.items()
        if column.upper() in place_of
    }
    known = _columns(found_layout)
    return Match(
        layout=found_layout,
        headings=tuple(found),
        places=places,
        lists={},
        address=place_of.get(found_layout.address.upper()),
        ignored=tuple(heading for heading, key in zip(found, keys, strict=True) if key not in known),
        missing=tuple(column for column in found_layout.columns if column.upper() not in place_of),
    )


def _check_header(found_layout: Layout, found: list[str], keys: list[str], columns: list[str]) -> None:
    """Columns may be missing or added, but not both: then one is misspelt or of another edition."""
    there, known = set(keys), set(columns)
    missing = [column for column in columns if column not in there]
    unknown = [number for number, key in enumerate(keys) if key not in known]
    if found_layout.fixed_order:
        pairs = list(zip(columns, keys, strict=False))
        number = next((n for n, (column, key) in enumerate(pairs) if column != key), len(pairs))
        expected = found_layout.columns[number] if number < len(columns) else "—"
        raise _wrong_column(found_layout, number, expected, found[number] if number < len(found) else "—")
    if missing and unknown:
        raise _wrong_column(found_layout, unknown[0], missing[0], found[unknown[0]])
    required = [found_layout.fields[name] for name in found_layout.required]
    lacking = [column for column in required if column.upper() in missing]
    if lacking:
        raise refusal("missing_column", line=1, column=", ".join(lacking), layout=found_layout.title)


def _wrong_column(found_layout: Layout, number: int, expected: str, found: str) -> BadFile:
    return refusal(
        "wrong_column",
        line=1,
        column=found,
        layout=found_layout.title,
        position=number + 1,
        expected=expected,
    )


def _our_name(narrow: Layout, key: str) -> str | None:
    """Our name of a heading of the narrow layout."""
    key = narrow.aliases.get(key, key)
    if key in _PLAIN or key in LISTS or key == narrow.address:
        return key
    numbered = _NUMBERED.fullmatch(key)
    return f"{numbered[1]}{int(numbered[2]):02d}{numbered[3]}" if numbered else None


def _narrow(narrow: Layout, found: list[str]) -> Match:
    names = [_our_name(narrow, heading.lower()) for heading in found]
    places: dict[str, int] = {}
    for number, name in enumerate(names):
        if name in places:  # two spellings of one column: dx1 and dx01
            raise refusal("repeated_column", line=1, column=found[number])
        if name:
            places[name] = number
    lists = {name: places.pop(name) for name in LISTS if name in places}
    _check_lists(found, places, lists)
    if "pdx" not in places and "dx" not in lists:
        raise refusal("missing_column", line=1, column="pdx", layout=narrow.title)
    address = places.pop(narrow.address, None)
    ignored = tuple(heading for heading, name in zip(found, names, strict=True) if not name)
    return Match(narrow, tuple(found), places, lists, address, ignored, ())


def _check_lists(found: list[str], places: Mapping[str, int], lists: Mapping[str, int]) -> None:
    """Refuse a header that gives the same codes twice."""
    for name in LISTS:
        rivals = ("dx", "px")[name == "px"]
        numbered = [n for n in places if n[:2] == rivals and n[2:].isdigit()]
        others = [*(["pdx"] if name == "dx" and "pdx" in places else []), *numbered]
        if name in lists and others:
            raise refusal("two_lists", line=1, first=found[lists[name]], column=found[places[others[0]]])
    if "dx" in lists and "sdx" in lists:
        raise refusal("two_lists", line=1, first=found[lists["dx"]], column=found[lists["sdx"]])


_REPLACEMENTS = {
    "id": ("hospital", "record_no", "visit_no"),
    "age_years": ("birth_date", "admitted"),
    "age_days": ("birth_date", "admitted", "age_years"),
    "stay_days": ("admitted", "discharged"),
}
"""What a column is made from where the file has none of its own."""


def chosen(found: Match, needs: Iterable[str] | None) -> dict[str, int]:
    """Return the columns to read: those needed, or all that a typed page holds."""
    wanted = set((*PAGES, "dx", "px", "fee") if needs is None else needs)
    for name, replacements in _REPLACEMENTS.items():
        if name in wanted and name not in found.places:
            wanted |= set(replacements)
    if "admitted" in wanted or "discharged" in wanted:
        wanted |= {"admitted_hour", "discharged_hour"}
    return {name: place for name, place in found.places.items() if name in wanted or _family(name) in wanted}


def _family(name: str) -> str:
    """Return dx of dx07, px_date of px03_date, fee of fee_nursing."""
    return "fee" if name.startswith("fee_") else re.sub(r"(?<=^[dp]x)\d\d", "", name)
