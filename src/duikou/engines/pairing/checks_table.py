"""DATA-06 and DATA-07: running numbers and repeated rows of the printed tables."""

from __future__ import annotations

from collections.abc import Iterator

from duikou.engines.pairing import texts_data as texts
from duikou.engines.pairing.checks_common import Reading, finding
from duikou.engines.pairing.model import Finding, Row, RuleSpec, Severity


def running_number(reading: Reading, spec: RuleSpec) -> Iterator[Finding]:
    """Find supporters whose running numbers (支援数) do not count 1, 2, 3 … in their table.

    A supporter without a single running number was never numbered and is left alone.
    """
    blocks: dict[tuple[str, str | None, str], list[Row]] = {}
    for row in reading.rows:
        blocks.setdefault((row.table, row.group, reading.supporter(row).identity), []).append(row)
    for (table, group, identity), rows in blocks.items():
        numbers = [row.running_number for row in rows]
        right = list(range(1, len(rows) + 1))
        if numbers == right or all(number is None for number in numbers):
            continue
        wrong = [row for row, expected in zip(rows, right, strict=True) if row.running_number != expected]
        yield finding(
            spec,
            Severity.WARNING,
            texts.running_number(rows[0].supporter_printed, right, numbers, wrong),
            subjects=[(identity, rows[0].supporter_printed)],
            rows=wrong,
            apart=f"{table}:{group or ''}",
        )


def repeated_pair(reading: Reading, spec: RuleSpec) -> Iterator[Finding]:
    """Find the same supporter and recipient in more than one row for the same days."""
    pairs: dict[tuple[str, str], list[Row]] = {}
    for row in reading.rows:
        key = (reading.supporter(row).identity, reading.recipient(row).identity)
        pairs.setdefault(key, []).append(row)
    for (supporter, recipient), rows in pairs.items():
        repeated = _at_the_same_time(reading, rows)
        if repeated:
            first = repeated[0]
            yield finding(
                spec,
                Severity.ERROR,
                texts.repeated_pair(first.supporter_printed, first.recipient_printed, repeated),
                subjects=[(supporter, first.supporter_printed), (recipient, first.recipient_printed)],
                rows=repeated,
            )


def _at_the_same_time(reading: Reading, rows: list[Row]) -> list[Row]:
    """Return the rows that share a day with another one; a pairing resumed later is no repetition."""
    spans = {row.key: reading.period(row) for row in rows}

    def meet(one: Row, other: Row) -> bool:
        (start, end), (other_start, other_end) = spans[one.key], spans[other.key]
        return start <= other_end and other_start <= end

    return [row for row in rows if any(meet(row, other) for other in rows if other.key != row.key)]
