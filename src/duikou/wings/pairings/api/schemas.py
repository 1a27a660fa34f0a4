"""Shapes that several rooms of this wing's routes share."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import Field

from duikou.core.rest import Answer
from duikou.core.rest.types import TEXT_PATTERN
from duikou.wings.pairings.models import Round
from duikou.wings.pairings.queries.rounds import Figures

RoundKey = Annotated[str, Field(min_length=1, max_length=50, pattern=r"^[A-Za-z0-9_\-]+$")]
HospitalKey = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9_\-]+$")]
Text500 = Annotated[str, Field(max_length=500, pattern=TEXT_PATTERN)]
PairingKind = Literal["normal", "branch", "trustee", "union", "group"]
PairingLevel = Literal["provincial", "municipal", "military"]
Severity = Literal["error", "warning", "note"]


class RoundItem(Answer):
    """One edition of a province's pairing tables; `start` and `end` are both included."""

    key: str
    name: str
    name_en: str
    province: str
    policy_pack: str
    start: dt.date
    end: dt.date
    divisions_on: dt.date
    previous: str | None
    state: Literal["draft", "active", "closed"]
    term_mark: str
    term_note: str
    term_note_en: str
    revision: int
    version: int


def round_item(round_: Round) -> dict[str, Any]:
    """A round with the names of its province and of the round before."""
    columns = (
        "key", "name", "name_en", "policy_pack", "start", "end", "divisions_on", "state", "term_mark",
        "term_note", "term_note_en", "revision", "version",
    )  # fmt: skip
    return {
        **{name: getattr(round_, name) for name in columns},
        "province": round_.org.name,
        "previous": round_.previous.key if round_.previous else None,
    }


class Counts(Answer):
    """How many there are."""

    supporters: int
    pairings: int
    recipients: int


class ReachItem(Answer):
    """How many units of one sort there are, how many have a recipient, and which have none."""

    total: int
    covered: int
    uncovered: list[str]


class Coverage(Answer):
    """Coverage of county-level units; districts stand apart, the goal does not speak of them."""

    counties: ReachItem
    counties_in_city_tables: ReachItem
    districts: ReachItem


class FigureClauses(Answer):
    """The rules that speak of each figure, for looking up their clauses."""

    counties: str
    counties_in_city_tables: str
    districts: str
    supporters: list[str]
    recipients: list[str]


class RoundFigures(Answer):
    """The figures of a round, the same on every face. `partial`: of the caller's part only."""

    round: str
    as_of: dt.date | None
    policy_pack: str
    partial: bool
    counts: Counts
    coverage: Coverage
    rules: FigureClauses
    rows: dict[str, str]


RULES = {
    "counties": "PAIR-03",
    "counties_in_city_tables": "PAIR-04",
    "districts": "PAIR-15",
    "supporters": ["PAIR-01", "PAIR-02"],
    "recipients": ["PAIR-05"],
}


def figures_answer(
    round_: Round, figures: Figures, as_of: dt.date | None, rows: dict[str, str]
) -> dict[str, Any]:
    """Figures with the rules behind them and the addresses of their rows."""
    return {
        "round": round_.key,
        "as_of": as_of,
        "policy_pack": round_.policy_pack,
        "partial": figures.partial,
        **figures.as_json(),
        "rules": RULES,
        "rows": rows,
    }


class UnitCoverage(Answer):
    """A county-level unit of the round's divisions and the number of its recipients."""

    code: str
    name: str
    kind: str
    city_code: str
    city: str
    recipients: int
    covered: bool
    counted: bool
