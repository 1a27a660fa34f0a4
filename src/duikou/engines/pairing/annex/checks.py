"""Checks of rows against each other and against the round; repairs that a program can make.

Nothing here looks up a name: whether a hospital exists is decided by the register.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date

from duikou.engines.pairing.annex.model import (
    AnnexReading,
    AnnexRow,
    Field,
    Issue,
    RepairAction,
)
from duikou.engines.pairing.annex.spelling import (
    invisible,
    listed,
    read_date,
    squeezed,
    whole_number,
    without_invisible,
)
from duikou.engines.pairing.annex.wording import issue, shown

MAX_NAME = 60  # characters of a hospital's or city's name
MAX_TEXT = 500  # characters of a reason or a list of departments

_NAMES = (Field.GROUP, Field.SUPPORTER, Field.RECIPIENT)
_TEXTS = (*_NAMES, Field.DEPARTMENTS, Field.REASON)
_ERROR_VALUES = ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!")


def check_rows(rows: Sequence[AnnexRow], round_start: date | None, round_end: date | None) -> list[Issue]:
    """Issues of the rows in order of the rows."""
    found: list[tuple[int, Issue]] = []
    for row in rows:
        problems = [
            *_check_presence(row),
            *_check_characters(row),
            *_check_dates(row, round_start, round_end),
        ]
        found.extend((row.position, problem) for problem in problems)
    found.extend((problem.position or 0, problem) for problem in _check_numbers(rows))
    found.extend((problem.position or 0, problem) for problem in _check_pairs(rows))
    return [problem for _, problem in sorted(found, key=lambda item: item[0])]


def _note(
    code: str, row: AnnexRow, name: Field, action: RepairAction = RepairAction.NONE, value: str | None = None,
    **facts: object,
) -> Issue:  # fmt: skip
    return issue(
        code, row.place(name), position=row.position, field=name, action=action, value=value, **facts
    )


def _check_presence(row: AnnexRow) -> Iterable[Issue]:
    if not row.supporter:
        yield _note("supporter_missing", row, Field.SUPPORTER)
    above = row.covered.get(Field.RECIPIENT)
    if not row.recipient and above:
        yield _note("recipient_merged", row, Field.RECIPIENT, RepairAction.SET, above, above=shown(above))
    elif not row.recipient:
        yield _note("recipient_missing", row, Field.RECIPIENT)
    if row.table == "2" and not row.group:
        yield _note("group_missing", row, Field.GROUP)
    if row.supporter and row.supporter == row.recipient:
        yield _note("self_pair", row, Field.RECIPIENT, hospital=shown(row.recipient))


def _check_characters(row: AnnexRow) -> Iterable[Issue]:
    """Only cells that stand in this row: a filled-down name is reported where it is printed."""
    for name in _TEXTS:
        raw = row.raw.get(name, "")
        if not raw.strip():
            continue
        limit = MAX_NAME if name in _NAMES else MAX_TEXT
        if len(squeezed(raw)) > limit:
            yield _note("cell_too_long", row, name, limit=limit, length=len(squeezed(raw)))
            continue
        hidden = invisible(raw)
        if hidden:
            codes = " ".join(sorted({f"U+{ord(c):04X}" for c in hidden}))
            clean = without_invisible(raw)
            yield _note(
                "control_characters", row, name, RepairAction.SET, clean, codes=codes, clean=shown(clean)
            )
        if "\ufffd" in raw:
            yield _note("replacement_characters", row, name, found=shown(raw))
        if squeezed(raw) in _ERROR_VALUES:
            yield _note("error_value", row, name, found=squeezed(raw))


def _check_dates(row: AnnexRow, first: date | None, last: date | None) -> Iterable[Issue]:
    for name, day in ((Field.START, row.start), (Field.END, row.end)):
        if day and first and day < first:
            yield _note(
                "date_before_round", row, name, RepairAction.SET, first.isoformat(), bound=first, found=day
            )
        if day and last and day > last:
            yield _note(
                "date_after_round", row, name, RepairAction.SET, last.isoformat(), bound=last, found=day
            )
    if row.start and row.end and row.end < row.start:
        yield _note("dates_reversed", row, Field.END, start=row.start, end=row.end)


def _check_numbers(rows: Sequence[AnnexRow]) -> Iterable[Issue]:
    """Running numbers count one supporter's rows from 1; a supporter printed again later may start anew."""
    counted: dict[tuple[str, str], int] = {}
    previous: tuple[str, str] | None = None
    for row in rows:
        if Field.RUNNING_NUMBER not in row.places or not row.supporter:
            continue
        key = (row.table, row.supporter)
        expected = counted.get(key, 0) + 1
        if key != previous and row.running_number == 1:
            expected = 1
        counted[key], previous = expected, key
        if row.running_number == expected:
            continue
        raw = (row.raw.get(Field.RUNNING_NUMBER) or row.raw.get(Field.ORDINAL) or "").strip()
        if row.running_number is not None:
            code, printed = "running_number_out_of_step", str(row.running_number)
        else:
            code, printed = (
                ("running_number_unreadable", shown(raw)) if raw else ("running_number_missing", "")
            )
        yield _note(
            code, row, Field.RUNNING_NUMBER, RepairAction.SET, str(expected), expected=expected, found=printed
        )


def _check_pairs(rows: Sequence[AnnexRow]) -> Iterable[Issue]:
    seen: dict[tuple[str, str], AnnexRow] = {}
    for row in rows:
        if not row.supporter or not row.recipient:
            continue
        first = seen.setdefault((row.supporter, row.recipient), row)
        if first is not row:
            place = first.where.text
            yield _note(
                "pair_twice", row, Field.RECIPIENT, RepairAction.DROP,
                supporter=shown(row.supporter), recipient=shown(row.recipient),
                first_zh=place.zh or f"第 {first.position} 对", first_en=place.en or f"pair {first.position}",
            )  # fmt: skip


def repair(reading: AnnexReading, accepted: Iterable[Issue]) -> AnnexReading:
    """The reading with the accepted repairs made and its rows checked again.

    Accepts issues of this reading that offer a repair; raises ValueError for one that does not.
    Rows keep their positions, so that issues shown before still point at the right rows.
    """
    chosen = set(accepted)
    known = set(reading.issues)
    by_row: dict[int | None, list[Issue]] = {}
    for one in chosen:
        if one not in known or one.repair_action is RepairAction.NONE:
            raise ValueError(f"issue {one.code} offers no repair in this reading")
        by_row.setdefault(one.position, []).append(one)
    rows: list[AnnexRow] = []
    renamed: dict[tuple[Field, str], str] = {}  # a name's cell also stands for the empty cells below it
    for row in reading.rows:
        repairs = by_row.get(row.position, [])
        if any(one.repair_action is RepairAction.DROP for one in repairs):
            continue
        for one in repairs:
            if one.field is not None and one.field in _CARRIED:
                renamed[one.field, _CARRIED[one.field](row)] = squeezed(one.repair_value or "")
        for name, read in _CARRIED.items():
            new = renamed.get((name, read(row)))
            if new is not None:
                row = _changed(row, name, new)
        for one in repairs:
            if one.field is not None and one.field not in _CARRIED:
                row = _changed(row, one.field, one.repair_value or "")
        rows.append(row)
    kept = [old for old in reading.issues if old.code not in _CHECKED_CODES and old not in chosen]
    fresh = check_rows(rows, reading.round_start, reading.round_end)
    return replace(reading, rows=tuple(rows), issues=(*kept, *fresh))


_CARRIED: dict[Field, Callable[[AnnexRow], str]] = {
    Field.GROUP: lambda row: row.group or "",
    Field.SUPPORTER: lambda row: row.supporter,
}

# Codes that `check_rows` finds anew each time.
_CHECKED_CODES = frozenset(
    {
        "supporter_missing", "recipient_missing", "recipient_merged", "group_missing", "self_pair",
        "cell_too_long", "control_characters", "replacement_characters", "error_value",
        "date_before_round", "date_after_round", "dates_reversed",
        "running_number_out_of_step", "running_number_missing", "running_number_unreadable", "pair_twice",
    }
)  # fmt: skip


def _changed(row: AnnexRow, name: Field, value: str) -> AnnexRow:
    """One row with one cell set anew; an empty cell that is filled from above stays empty in `raw`."""
    if row.raw.get(name, "").strip() or name not in (Field.GROUP, Field.SUPPORTER):
        row = replace(row, raw={**row.raw, name: value})
    match name:
        case Field.SUPPORTER:
            return replace(row, supporter=squeezed(value))
        case Field.RECIPIENT:
            return replace(row, recipient=squeezed(value))
        case Field.GROUP:
            return replace(row, group=squeezed(value) or None)
        case Field.RUNNING_NUMBER:
            return replace(row, running_number=whole_number(value))
        case Field.START:
            return replace(row, start=read_date(value))
        case Field.END:
            return replace(row, end=read_date(value, last_day=True))
        case Field.DEPARTMENTS:
            return replace(row, departments=listed(value))
        case Field.REASON:
            return replace(row, reason=value)
        case _:
            return row
