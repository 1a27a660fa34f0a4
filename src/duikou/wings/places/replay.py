"""Zhejiang's county-level divisions over time, replayed from the packaged tables.

Starting point is the list of 2014-01-01. Events before it are undone to find the
predecessors, events after it are applied to find the successors; the result is one
`Stretch` per unit and unbroken stretch of time, and one `Link` per event. Pure: no
database, so that a test can compare the outcome with both printed lists.
"""

from __future__ import annotations

import csv
import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

# No county-level change in Zhejiang between this day and October 2013 is known (recalled). Units
# that no recorded event created are valid from here, which means "at the latest since".
RECORDED_SINCE = dt.date(2006, 1, 1)
LIST_DAY = dt.date(2014, 1, 1)

KINDS: Mapping[str, str] = {
    "市辖区": "district",
    "县级市": "county_city",
    "县": "county",
    "自治县": "autonomous_county",
}
# Kinds of change that end the unit they start from.
ENDING = frozenset(
    {
        "county_to_district",
        "county_city_to_district",
        "county_to_county_city",
        "abolished_merged",
        "abolished_reestablished",
    }
)
# Kinds of change after which the same authority goes on under another name or kind.
SAME_AUTHORITY = frozenset(
    {"county_to_district", "county_city_to_district", "county_to_county_city", "abolished_reestablished"}
)
_ALL_BUT = ("most: without ", "without ")


@dataclass(frozen=True, slots=True)
class Event:
    """One line of changes.csv."""

    id: str
    approval: str  # key of the approval that the line belongs to
    effective_on: dt.date
    approved_text: str
    notice_on: dt.date | None
    inaugurated_on: dt.date | None
    kind: str
    from_code: str
    from_name: str
    to_code: str
    to_name: str
    whole: bool
    all_but: bool
    territory: str
    approval_document: str
    provincial_document: str
    confidence: str


@dataclass(slots=True)
class Stretch:
    """One unit over one unbroken stretch of time, [valid_from, valid_to)."""

    code: str
    name: str
    name_en: str
    pinyin: str
    kind: str
    city_code: str
    seat: str
    seat_lon: float
    seat_lat: float
    coord_source: str
    authority: str  # shared by all stretches of one line of authorities
    valid_from: dt.date = RECORDED_SINCE
    since_known: bool = False
    valid_to: dt.date | None = None

    @property
    def key(self) -> tuple[str, dt.date]:
        """What identifies it: the code alone does not."""
        return self.code, self.valid_from

    def on(self, day: dt.date) -> bool:
        """Whether it existed on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class Link:
    """What an event did with the territory of one stretch."""

    event: Event
    predecessor: Stretch
    successor: Stretch


@dataclass(slots=True)
class History:
    """All stretches and links."""

    stretches: list[Stretch] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    def on(self, day: dt.date) -> list[Stretch]:
        """Units that existed on `day`, by code."""
        return sorted((s for s in self.stretches if s.on(day)), key=lambda s: s.code)


def table(name: str) -> list[dict[str, str]]:
    """Rows of a packaged CSV table."""
    text = resources.files("duikou.wings.places").joinpath("data", name).read_text("utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


@cache
def settings(name: str) -> Mapping[str, dict]:
    """A packaged TOML table."""
    return tomllib.loads(resources.files("duikou.wings.places").joinpath("data", name).read_text("utf-8"))


def _day(text: str) -> dt.date | None:
    """A date; where only the month is known, its first day."""
    if not text:
        return None
    return dt.date.fromisoformat(text if len(text) == 10 else f"{text}-01")


def _event(row: Mapping[str, str]) -> Event:
    extent = row["extent"]
    prefix = next((p for p in _ALL_BUT if extent.startswith(p)), "")
    effective = _day(row["approved_on"])
    if effective is None:
        raise ValueError(f"changes.csv: event {row['event_id']} has no approval date")
    head, _, tail = row["event_id"].rpartition("-")
    return Event(
        id=row["event_id"],
        approval=head if tail.isdigit() else row["event_id"],
        effective_on=effective,
        approved_text=row["approved_on"],
        notice_on=_day(row["notice_on"]),
        inaugurated_on=_day(row["inaugurated_on"]),
        kind=row["kind"],
        from_code=row["from_code"],
        from_name=row["from_name"],
        to_code=row["to_code"],
        to_name=row["to_name"],
        whole=extent == "whole",
        all_but=bool(prefix),
        territory="" if extent == "whole" else _chinese_list(extent.removeprefix(prefix)),
        approval_document=row["approval_doc"],
        provincial_document=row["provincial_doc"],
        confidence=row["confidence"],
    )


def _chinese_list(text: str) -> str:
    text = text.replace("former ", "原")
    return text.replace("; ", "，").replace(", ", "、")


def events() -> list[Event]:
    """All recorded changes, oldest first."""
    return sorted((_event(row) for row in table("changes.csv")), key=lambda e: (e.effective_on, e.id))


def _stretch(row: Mapping[str, str]) -> Stretch:
    return Stretch(
        code=row["code"],
        name=row["name"],
        name_en=row["name_en"],
        pinyin=row["pinyin"],
        kind=KINDS[row["kind"]],
        city_code=row["city_code"],
        seat=row["seat"],
        seat_lon=float(row["seat_lon"]),
        seat_lat=float(row["seat_lat"]),
        coord_source=row["coord_source"],
        authority=row["code"],
    )


def history() -> History:
    """Replay all events. Raises ValueError when an event does not fit the state it meets."""
    recorded = events()
    changed = [e for e in recorded if e.effective_on <= LIST_DAY]
    rows = {(r["code"], r["name"]): r for name in _TABLES for r in table(name)}
    made_before = {(e.to_code, e.to_name) for e in changed if e.kind in ENDING}
    start = [_stretch(r) for r in table("divisions_2014.csv") if (r["code"], r["name"]) not in made_before]
    start += [_stretch(r) for r in table("predecessors.csv")]
    past = History(list(start))
    state = {s.code: s for s in start}
    approvals: dict[str, list[Event]] = {}
    for event in recorded:
        approvals.setdefault(event.approval, []).append(event)
    for group in approvals.values():
        _apply(group, state, past, rows)
    return past


# Later tables win: they describe a unit after its last change.
_TABLES = ("predecessors.csv", "divisions_2014.csv", "divisions_today.csv")


def _apply(
    group: list[Event],
    state: dict[str, Stretch],
    past: History,
    rows: Mapping[tuple[str, str], Mapping[str, str]],
) -> None:
    """Apply one approval: first end units, then begin new ones, then link old and new."""
    before = dict(state)
    for event in group:
        found = before.get(event.from_code)
        if found is None or found.name != event.from_name:
            raise ValueError(f"changes.csv: {event.id} starts from {event.from_name}, which is not there")
        if event.kind in ENDING:
            found.valid_to = event.effective_on
            state.pop(event.from_code, None)
    for event in sorted(group, key=lambda e: e.kind not in SAME_AUTHORITY):
        if event.to_code not in state:
            new = _stretch(rows[event.to_code, event.to_name])
            new.valid_from, new.since_known = event.effective_on, True
            if event.kind in SAME_AUTHORITY:
                new.authority = before[event.from_code].authority
            elif any(s.authority == new.authority for s in past.stretches):
                raise ValueError(
                    f"changes.csv: {event.id} begins {event.to_name} without saying whose authority"
                )
            state[event.to_code] = new
            past.stretches.append(new)
    past.links += [Link(e, before[e.from_code], state[e.to_code]) for e in group]
