"""Whether the data stand under their own headings: a look at the first records.

When an exporter leaves out one value of each line and fills up at the end, every line has its
right number of fields and everything behind the gap is under a wrong heading. A few columns
whose values look unlike their neighbours' tell.
"""

from __future__ import annotations

import polars as pl

from duikou.engines.casemix.layouts.detect import Match
from duikou.engines.casemix.layouts.errors import refusal

_SAMPLE = 1000
_LEAST_FAILING = 2  # columns; one alone may be badly filled in
_LEAST_VALUES = 3  # of a column; fewer may all be faults, which the checks name one by one

# Looser than any check: dates of any form, numbers spoilt by a spreadsheet and full-width letters pass.
_LOOKS = {
    "date": r"(?:\d\D*){4}",
    "count": r"^\s*\d",
    "digit": r"^.{0,3}$",
    "money": r"^\s*[-+]?[\d.,]+(?:[eE][-+]?\d+)?\s*$",
    "diagnosis": r"^\s*[A-Za-zＡ-Ｚａ-ｚ]\s*[0-9０-９]",
    "operation": r"^\s*[0-9０-９]{2}|^\s*\d\w",
}


def check_places(match: Match, frame: pl.DataFrame) -> None:
    """Refuse a file whose first records do not look like their headings."""
    sample = frame.head(_SAMPLE)
    failing: list[tuple[int, str, float, str]] = []
    for name, kind in match.layout.witnesses.items():
        if name not in sample.columns or name not in match.places:
            continue
        values = sample[name].drop_nulls()
        values = values.filter(values.str.contains(r"[^\s\-—\\/]"))
        wrong = values.filter(~values.str.contains(_LOOKS[kind]))
        if len(values) >= _LEAST_VALUES and len(wrong) * 2 > len(values):
            place = match.places[name]
            failing.append((place, match.headings[place], len(wrong) / len(values), wrong[0]))
    if len(failing) >= _LEAST_FAILING:
        _, heading, share, example = min(failing)
        raise refusal("shifted", column=heading, share=round(share * 100), example=_shape(example))


def _shape(value: str) -> str:
    """Show what a value looks like without showing it: it may be a name or an identity number."""
    return "".join(
        "9" if c.isdigit() else "A" if c.isascii() and c.isalpha() else "字" if c.isalpha() else c
        for c in value[:8]
    )
