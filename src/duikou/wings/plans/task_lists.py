"""Reads a workbook of annual tasks: every row right, or none is taken."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from duikou.engines.text import Text
from duikou.policy.vocabulary import Unit
from duikou.wings.hospitals.catalogue import OTHER
from duikou.wings.pairings.sheets import (
    MAX_BYTES,
    MAX_ISSUES,
    CellIssue,
    Table,
    Unreadable,
    grids_of,
    table_of,
    wrong,
)
from duikou.wings.plans import task_list_texts as texts
from duikou.wings.plans.demands import Demands
from duikou.wings.plans.models.tasks import MOST_AMOUNT
from duikou.wings.plans.values import UNITS, TaskValues

MAX_ROWS = 200
HEADERS = (frozenset({"title", "owner"}), frozenset({"title", "due"}))
"""A row is the header when it names the task, and who owes it or when."""

_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
_BETWEEN = re.compile(r"[、;；\n]+")  # commas stand inside some English names


@dataclass(slots=True)
class TaskReading:
    """The tasks of a file, its cells as they came, and what is wrong with it; usable only without issues."""

    tasks: list[TaskValues] = field(default_factory=list)
    cells: list[dict[str, Any]] = field(default_factory=list)  # {"line", "cells": {column: text}}
    issues: list[CellIssue] = field(default_factory=list)


def read_tasks(
    content: bytes, known: Demands, first: dt.date, last: dt.date, taken: Collection[str]
) -> TaskReading:
    """Read and check a workbook; never raises for wrong content.

    Tasks are due from `first` to `last`; `taken` are the kinds of the four ones that are there already.
    """
    names = {column: called[::-1] for column, called in texts.COLUMNS.items()}  # the first name counts
    try:
        grids = grids_of(content, size=texts.size(MAX_BYTES), kind=texts.WORKBOOK)
        return _Reader(known, first, last, taken).read(table_of(grids, names, HEADERS, expected=texts.HEADER))
    except Unreadable as error:
        return TaskReading(issues=[error.issue])


class _Reader:
    def __init__(self, known: Demands, first: dt.date, last: dt.date, taken: Collection[str]) -> None:
        self.first, self.last, self.taken = first, last, set(taken)
        self.reading = TaskReading()
        pack = known.pack
        self.choices: Mapping[str, Mapping[str, Text]] = {
            "one": {one: known.word(one) for one in known.ones},
            "focus": {one: known.word(one) for one in known.focuses},
            "specialty": {key: known.specialty(key) for key in (*pack.specialties, OTHER)},
            "technique": {key: one.title for key, one in pack.techniques.items()},
            "unit": {one: Unit(one).label for one in UNITS},
            "evidence": {key: one.title for key, one in pack.evidence_kinds.items()},
        }
        self.words = {
            column: {
                name.casefold(): key for key, title in known_.items() for name in (key, title.zh, title.en)
            }
            for column, known_ in self.choices.items()
        }
        for column, names in (("owner", texts.OWNERS), ("period", texts.PERIODS)):
            self.words[column] = {
                name.casefold(): key for key, called in names.items() for name in (key, *called)
            }

    def read(self, table: Table) -> TaskReading:
        for column in texts.REQUIRED:
            if column not in table.places:
                self._wrong(table.line, column, texts.column_named(column), "—")
        if self.reading.issues:
            return self.reading
        cells = table.filled()
        if not 0 < len(cells) <= MAX_ROWS:
            raise Unreadable(texts.rows(MAX_ROWS), str(len(cells)))
        self.reading.cells = [{"line": number, "cells": values} for number, values in cells]
        for number, values in cells:
            self._row(number, values)
            if len(self.reading.issues) >= MAX_ISSUES:
                break
        return self.reading

    def _row(self, line: int, cells: Mapping[str, str]) -> None:
        before = len(self.reading.issues)
        text = {
            column: self._text(line, column, cells.get(column, ""), most)
            for column, most in texts.LENGTHS.items()
        }
        if not text["title"]:
            self._wrong(line, "title", texts.TITLE, "")
        chosen = {
            column: self._choice(line, column, cells.get(column, ""))
            for column in ("one", "focus", "specialty", "technique", "unit", "owner", "period")
        }
        if chosen["one"]:
            if chosen["one"] in self.taken:
                self._wrong(line, "one", texts.REPEATED, cells["one"])
            self.taken.add(chosen["one"])
        due = self._day(line, cells["due"])
        amount = self._amount(line, cells.get("amount", ""), chosen["unit"])
        evidence = tuple(
            self._choice(line, "evidence", part)
            for part in _BETWEEN.split(cells.get("evidence", ""))
            if part.strip()
        )
        if len(self.reading.issues) == before and due is not None:
            given = {name: value for name, value in {**text, **chosen}.items() if value}
            self.reading.tasks.append(
                TaskValues(
                    due=due, amount=amount, evidence=tuple(dict.fromkeys(evidence)), **{"title": "", **given}
                )
            )

    def _text(self, line: int, column: str, text: str, most: int) -> str:
        if len(text) > most:
            self._wrong(line, column, texts.at_most(most), text)
        return text

    def _choice(self, line: int, column: str, text: str) -> str:
        text = text.strip()
        if not text and column != "owner":
            return ""
        found = self.words[column].get(text.casefold(), "")
        if not found:
            known = self.choices.get(column)
            names = (
                [title.zh for title in known.values()]
                if known
                else [
                    called[0] for called in {"owner": texts.OWNERS, "period": texts.PERIODS}[column].values()
                ]
            )
            self._wrong(line, column, texts.one_of(names, column != "owner"), text)
        return found

    def _day(self, line: int, text: str) -> dt.date | None:
        match = _DAY.fullmatch(text)
        try:
            day = dt.date(*map(int, match.groups())) if match else None
        except ValueError:
            day = None
        if day is None:
            self._wrong(line, "due", texts.DAY, text)
        elif not self.first <= day <= self.last:
            self._wrong(line, "due", texts.within(self.first, self.last), text)
        return day

    def _amount(self, line: int, text: str, unit: str) -> int | None:
        if not text:
            return None
        number = int(text) if text.isascii() and text.isdigit() and len(text) <= 7 else 0
        if not 0 < number <= MOST_AMOUNT:
            self._wrong(line, "amount", texts.between(1, MOST_AMOUNT), text)
        elif not unit:
            self._wrong(line, "unit", texts.UNIT, "")
        return number

    def _wrong(self, line: int, column: str, expected: Text, found: str) -> None:
        self.reading.issues.append(wrong(line, column, expected, found))
