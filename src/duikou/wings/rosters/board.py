"""A month as the page and the workbook show it: people by days, with what is in conflict."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from duikou.core import exports
from duikou.core.faces import words
from duikou.policy import load_pack
from duikou.wings.rosters.models import Duty, Shift
from duikou.wings.rosters.sheet import REASONS, Sheet, Who, key_of, person_of

PER05 = "PER-05"


@dataclass(frozen=True, slots=True)
class Cell:
    """One person's day."""

    day: dt.date
    duty: Duty | None
    away: str  # why the person cannot be rostered; empty when he can
    bad: bool  # in conflict with a rule that must be kept
    changed: bool  # by the last working out

    @property
    def words(self) -> str:
        """What is in the cell, for screen readers."""
        said = self.duty.shift.name if self.duty is not None else self.away or _("休息")
        if self.duty is not None and self.duty.fixed:
            said += _("（锁定）")
        return said + _("（上次生成时改动）") if self.changed else said


@dataclass(frozen=True, slots=True)
class Line:
    """One person's month."""

    person_id: int
    who: Who
    cells: list[Cell]
    duties: int
    hours: str

    @property
    def supporter(self) -> str:
        """Where a posted person comes from."""
        return self.who.postings[0].supporter.name if self.who.postings else ""


def lines_of(sheet: Sheet) -> list[Line]:
    """Own staff first, then those who are posted."""
    by_cell = {(duty.person_id, duty.day): duty for duty in sheet.duties}
    bad = {(one.staff, one.day) for one in sheet.hard if one.day is not None}
    away = {(one.id, busy.day): str(REASONS[busy.reason]) for one in sheet.problem.staff for busy in one.busy}
    days = sheet.days
    changed = {(one.person_id, one.day) for one in changes_of(sheet)}
    found = []
    for key, who in sorted(sheet.people.items(), key=lambda pair: bool(pair[1].postings)):
        number = person_of(key)
        cells = [
            Cell(
                day,
                by_cell.get((number, day)),
                away.get((key, at), ""),
                (key, at) in bad,
                (number, day) in changed,
            )
            for at, day in enumerate(days)
        ]
        mine = [cell.duty for cell in cells if cell.duty is not None]
        minutes = sum(duty.shift.minutes for duty in mine)
        nights = sum(duty.shift.kind == Shift.Kind.DUTY for duty in mine)
        found.append(Line(number, who, cells, nights, f"{minutes / 60:.1f}".removesuffix(".0")))
    return found


def heads_of(sheet: Sheet) -> list[dict[str, Any]]:
    """The days of the month with their weekday, and what a date with numbers of its own is."""
    special = {day for _shift, day in sheet.needs.days}
    return [
        {
            "day": day,
            "weekday": _weekday(day),
            "weekend": day.weekday() >= 5,
            "special": day in special,
            "note": sheet.needs.notes.get(day, ""),
        }
        for day in sheet.days
    ]


def notes_of(heads: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The dates with numbers of their own, days on end with the same note together."""
    found: list[dict[str, Any]] = []
    for head in heads:
        if not head["special"]:
            continue
        before = found[-1] if found else None
        if before and before["note"] == head["note"] and (head["day"] - before["last"]).days == 1:
            before["last"] = head["day"]
        else:
            found.append({"first": head["day"], "last": head["day"], "note": head["note"]})
    return found


@dataclass(frozen=True, slots=True)
class Cover:
    """How many are on a shift of a day, of how many."""

    day: dt.date
    there: int
    need: int

    @property
    def short(self) -> bool:
        """Whether somebody is missing."""
        return self.there < self.need

    @property
    def words(self) -> str:
        """For screen readers and as a title."""
        return _("排 %(there)s 人，需 %(need)s 人") % {"there": self.there, "need": self.need}


@dataclass(frozen=True, slots=True)
class CoverLine:
    """A shift's cover over the month."""

    shift: Shift
    cells: list[Cover]


def cover_of(sheet: Sheet) -> list[CoverLine]:
    """For each shift in use how many are on it and how many it takes, day by day."""
    there = Counter((duty.shift_id, duty.day) for duty in sheet.duties)
    return [
        CoverLine(shift, [Cover(day, there[shift.pk, day], sheet.needs.on(shift, day)) for day in sheet.days])
        for shift in sheet.shifts.values()
        if shift.retired_at is None
    ]


def _weekday(day: dt.date) -> str:
    """The day of the week, as short as it goes: a column is two characters wide."""
    return str(WEEKDAYS_ABBR[day.weekday()]).removeprefix("星期")


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that the last working out changed; none: a day off."""

    person_id: int
    name: str
    day: dt.date
    before: str
    after: str


def changes_of(sheet: Sheet) -> list[Change]:
    """What the last working out changed of the draft that it began from, by day."""
    found = []
    for person, day, before, after in sheet.roster.changes:
        who = sheet.people.get(key_of(person))
        one, other = (sheet.shifts.get(str(key)) for key in (before, after))
        found.append(
            Change(
                person,
                who.person.name if who else "",
                dt.date.fromisoformat(day),
                one.name if one else _("休息"),
                other.name if other else _("休息"),
            )
        )
    return sorted(found, key=lambda change: (change.day, change.name, change.person_id))


def conflicts_of(sheet: Sheet) -> dict[str, list[str]]:
    """What forbids publishing, what cover is missing, which wishes and shares are not kept; in words."""
    found: dict[str, list[str]] = {"hard": [], "cover": [], "soft": []}
    for one in sheet.conflicts:
        place = "hard" if one.hard else "cover" if one.rule in ("short", "surplus") else "soft"
        found[place].append(words(one.text))
    return found


def not_on_all_rosters(sheet: Sheet) -> list[dict[str, str]]:
    """Posted people who are not on each of the department's rosters, with the rule that asks for it."""
    kinds = {shift.kind for shift in sheet.shifts.values() if shift.retired_at is None}
    found = []
    for who in sheet.people.values():
        if not who.postings or not sheet.duties:
            continue
        rule = load_pack(who.postings[0].pairing.round.policy_pack).rules.get(PER05)
        if rule is None:
            continue
        named = rule.parameters["rosters"].value
        asked = kinds.intersection(named) if isinstance(named, tuple) else set()
        has = {duty.shift.kind for duty in sheet.duties if key_of(duty.person_id) == key_of(who.person.pk)}
        missing = [str(label) for kind, label in Shift.Kind.choices if kind in asked - has]
        if missing:
            found.append(
                {
                    "name": who.person.name,
                    "missing": _("、").join(missing),
                    "clause": "; ".join(map(str, rule.clauses)),
                }
            )
    return found


def sheets_of(sheet: Sheet) -> list[exports.Sheet]:
    """The workbook: the table as it hangs on the wall, and the duties one by one."""
    lines, days = lines_of(sheet), sheet.days
    return [
        exports.Sheet(
            _("排班表"),
            (
                _("姓名"),
                _("派出医院"),
                *(f"{day.day} {_weekday(day)}" for day in days),
                _("值班"),
                _("工时"),
            ),
            [
                (
                    line.who.person.name,
                    line.supporter,
                    *(cell.duty.shift.mark if cell.duty else cell.away for cell in line.cells),
                    line.duties,
                    line.hours,
                )
                for line in lines
            ]
            + [
                (
                    line.shift.name,
                    _("已排/需要"),
                    *(f"{cell.there}/{cell.need}" for cell in line.cells),
                    "",
                    "",
                )
                for line in cover_of(sheet)
            ],
            (12, 24, *(6 for _day in days), 8, 8),
        ),
        exports.Sheet(
            _("逐日"),
            (_("日期"), _("班次"), _("开始"), _("时长（分钟）"), _("姓名"), _("派出医院")),
            [
                (
                    duty.day,
                    duty.shift.name,
                    f"{duty.shift.start:%H:%M}",
                    duty.shift.minutes,
                    duty.person.name,
                    duty.posting.supporter.name if duty.posting else "",
                )
                for duty in sheet.duties
            ],
            (12, 14, 8, 12, 12, 24),
        ),
    ]
