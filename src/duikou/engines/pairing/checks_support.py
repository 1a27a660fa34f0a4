"""PAIR-05: neither duplicated nor interrupted support (不重复、不断档)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from duikou.engines.pairing import texts_support as texts
from duikou.engines.pairing.checks_common import Party, Reading, finding, period, whole, yes
from duikou.engines.pairing.checks_load import busiest
from duikou.engines.pairing.model import Finding, Row, RuleSpec, Severity


def duplicate_or_broken_support(reading: Reading, spec: RuleSpec) -> Iterator[Finding]:
    """S1 §二(二): find recipients with too many supporters at one time, and breaks in support.

    Parameters: `max_supporters`; `departments_and_reason_allow` (more are in order, as a
    note, when each names other departments and a reason); `max_gap_days` (without it
    time is not looked at). Gaps and overlaps are measured against `Round.previous` and
    between the rows of the round.
    """
    yield from _duplicates(reading, spec)
    if "max_gap_days" in spec.parameters:
        allowed = whole(spec, "max_gap_days")
        yield from _gaps_inside(reading, spec, allowed)
        if reading.round.previous is not None:
            yield from _against_previous(reading, Reading(reading.round.previous, {}), spec, allowed)


def _duplicates(reading: Reading, spec: RuleSpec) -> Iterator[Finding]:
    allowed = whole(spec, "max_supporters")
    excusable = yes(spec, "departments_and_reason_allow", False)
    for recipient in reading.recipients.values():
        supporters = _together(reading, recipient)
        if len(supporters) <= allowed:
            continue
        departments = excused_departments(reading, recipient, spec) if excusable else ()
        yield finding(
            spec,
            Severity.NOTE if departments else Severity.WARNING,
            texts.several_supporters(
                recipient.printed,
                [supporter.printed for supporter in supporters],
                allowed,
                departments=departments,
            ),
            subjects=[(recipient.identity, recipient.printed)],
            rows=_rows_of(reading, recipient, supporters),
        )


def excused_departments(reading: Reading, recipient: Party, spec: RuleSpec) -> tuple[str, ...]:
    """Return the departments for which a recipient has more supporters than allowed, if that is in order.

    Empty when there are no more than allowed, and when one of the further supporters
    has no departments of its own or no reason.
    """
    allowed = whole(spec, "max_supporters")
    supporters = _together(reading, recipient)
    if len(supporters) <= allowed or not yes(spec, "departments_and_reason_allow", False):
        return ()
    beyond = {supporter.identity for supporter in supporters[allowed:]}
    return _departments_apart(reading, _rows_of(reading, recipient, supporters), beyond)


def _together(reading: Reading, recipient: Party) -> tuple[Party, ...]:
    """Return the supporters of a recipient at the busiest time."""
    return busiest(reading, recipient.rows, (reading.supporter(row) for row in recipient.rows))


def _rows_of(reading: Reading, recipient: Party, supporters: Sequence[Party]) -> list[Row]:
    together = {supporter.identity for supporter in supporters}
    return [row for row in recipient.rows if reading.supporter(row).identity in together]


def _departments_apart(reading: Reading, rows: Sequence[Row], beyond: set[str]) -> tuple[str, ...]:
    """Return the departments of the further supporters if all have their own and a reason, else nothing.

    A first supporter without departments supports the hospital as a whole: that does
    not stand in the way of a second one for a named department.
    """
    taken: dict[str, str] = {}
    further: list[str] = []
    for row in rows:
        supporter = reading.supporter(row).identity
        if supporter in beyond and not (row.departments and row.reason.strip()):
            return ()
        for department in row.departments:
            if taken.setdefault(department, supporter) != supporter:
                return ()
        if supporter in beyond:
            further.extend(row.departments)
    return tuple(dict.fromkeys(further))


def _gaps_inside(reading: Reading, spec: RuleSpec, allowed: int) -> Iterator[Finding]:
    """Find the breaks between the rows of one recipient in this round."""
    for recipient in reading.recipients.values():
        spans = sorted(reading.period(row) for row in recipient.rows)
        last = spans[0][1]
        for first, end in spans[1:]:
            if (first - last).days - 1 > allowed:
                yield _gap(spec, recipient, _around(reading, recipient, last, first), last, first, allowed)
            last = max(last, end)


def _around(reading: Reading, recipient: Party, last: date, first: date) -> tuple[Row, ...]:
    """Return the rows that end on the last day before a break or begin on the first day after it."""
    spans = [(row, *reading.period(row)) for row in recipient.rows]
    return tuple(row for row, start, end in spans if end == last or start == first)


def _against_previous(reading: Reading, before: Reading, spec: RuleSpec, allowed: int) -> Iterator[Finding]:
    """Compare each recipient's last support of the previous round with its first of this one."""
    for identity, old in before.recipients.items():
        last = max(before.period(row)[1] for row in old.rows)
        old_supporters = _supporters(before, old.rows)
        new = reading.recipients.get(identity)
        if new is None:
            yield finding(
                spec,
                Severity.NOTE,
                texts.dropped(old.printed, old_supporters, last.isoformat()),
                subjects=[(identity, old.printed)],
                rows=old.rows,
                apart="dropped",
            )
            continue
        first = min(reading.period(row)[0] for row in new.rows)
        if (first - last).days - 1 > allowed:
            ending = [row for row in old.rows if period(row, before.round)[1] == last]
            beginning = [row for row in new.rows if reading.period(row)[0] == first]
            yield _gap(spec, new, (*ending, *beginning), last, first, allowed)
        elif first <= last:
            running = [row for row in old.rows if before.period(row)[1] >= first]
            begun = [row for row in new.rows if reading.period(row)[0] <= last]
            yield finding(
                spec,
                Severity.WARNING,
                texts.overlap(
                    new.printed,
                    _supporters(before, running),
                    _supporters(reading, begun),
                    last.isoformat(),
                    first.isoformat(),
                ),
                subjects=[(identity, new.printed)],
                rows=(*running, *begun),
                apart="overlap",
            )


def _gap(
    spec: RuleSpec, recipient: Party, rows: tuple[Row, ...], last: date, first: date, allowed: int
) -> Finding:
    days = (first - last).days - 1
    return finding(
        spec,
        Severity.WARNING,
        texts.gap(recipient.printed, last.isoformat(), first.isoformat(), days, allowed),
        subjects=[(recipient.identity, recipient.printed)],
        rows=rows,
        apart=f"gap:{last.isoformat()}",
    )


def _supporters(reading: Reading, rows: Sequence[Row]) -> list[str]:
    """Return the different supporters of rows, as first printed."""
    return [
        party.printed
        for party in {reading.supporter(row).identity: reading.supporter(row) for row in rows}.values()
    ]
