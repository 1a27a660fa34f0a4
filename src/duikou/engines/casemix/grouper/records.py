"""One record as the oracle and the explanation see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from duikou.engines.casemix.columns import operations, other_diagnoses
from duikou.engines.casemix.grouper.facts import COLUMNS, completed
from duikou.engines.casemix.scheme.conditions import FACTS, Kind
from duikou.engines.casemix.scheme.model import Scheme


@dataclass(frozen=True, slots=True)
class Record:
    """Codes by position (an empty text where none is given) and facts (None = not stated)."""

    pdx: str
    odx: tuple[str, ...]
    ppx: str
    opx: tuple[str, ...]
    facts: Mapping[str, float | str | None]


def record_of(page: Mapping[str, Any], scheme: Scheme) -> Record:
    """Read a row of PAGES; codes are cut to the scheme's length."""
    columns = list(page)

    def code(column: str, kind: Kind) -> str:
        return (page.get(column) or "")[: scheme.length.get(kind)]

    diagnoses = [code(column, Kind.DX) for column in other_diagnoses(columns)]
    procedures = [code(column, Kind.PX) for column in operations(columns)]
    facts = completed({fact: page.get(column) for fact, column in COLUMNS.items()})
    for fact in FACTS:
        if facts.get(fact) is None:
            facts[fact] = scheme.assume.get(fact)
    return Record(
        pdx=code("pdx", Kind.DX),
        odx=tuple(filter(None, diagnoses)),
        ppx=procedures[0] if procedures else "",
        opx=tuple(filter(None, procedures[1:])),
        facts=facts,
    )
