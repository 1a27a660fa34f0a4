"""The pairing audit once more, slow and obvious: one plain loop per rule, nothing shared.

It says *that* something is wrong (`Fault`), not how to word it. The real audit must
find the same faults in every round. Written from the rules, not from the checks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

from duikou.engines.pairing.model import Finding, Hospital, Round, Row, RuleSpec, Unit
from duikou.engines.pairing.writing import folded, index_form, normalise


@dataclass(frozen=True)
class Fault:
    """What two audits must agree on."""

    rule: str
    severity: str
    subjects: frozenset[str]
    rows: frozenset[str]


def faults_of(findings: tuple[Finding, ...]) -> list[Fault]:
    """Reduce findings to what the oracle says, in a fixed order."""
    return in_order(
        Fault(one.rule, one.severity.value, frozenset(one.subject_keys), frozenset(one.rows))
        for one in findings
    )


def in_order(faults: Iterator[Fault] | list[Fault]) -> list[Fault]:
    return sorted(
        faults, key=lambda fault: (fault.rule, sorted(fault.subjects), sorted(fault.rows), fault.severity)
    )


def slow_audit(round_: Round, rules: Mapping[str, RuleSpec]) -> list[Fault]:
    """Return every fault of the round, rule by rule."""
    found: list[Fault] = []
    for name, loop in LOOPS.items():
        if name in rules:
            found.extend(loop(round_, rules[name].parameters, name))
    return in_order(found)


# ---------------------------------------------------------------- reading a row


def supporter(row: Row) -> Hospital | None:
    return row.supporter if row.supporter_resolution.value not in ("guess", "none") else None


def recipient(row: Row) -> Hospital | None:
    return row.recipient if row.recipient_resolution.value not in ("guess", "none") else None


def supporter_id(row: Row) -> str:
    known = supporter(row)
    return f"hospital:{known.key}" if known else "name:" + index_form(row.supporter_printed)


def recipient_id(row: Row) -> str:
    known = recipient(row)
    return f"hospital:{known.key}" if known else "name:" + index_form(row.recipient_printed)


def first_day(row: Row, round_: Round) -> date:
    return row.start or round_.start


def last_day(row: Row, round_: Round) -> date:
    return max(first_day(row, round_), row.end or round_.end)


def runs_on(row: Row, round_: Round, day: date) -> bool:
    return first_day(row, round_) <= day <= last_day(row, round_)


def by_position(round_: Round) -> list[Row]:
    return sorted(round_.rows, key=lambda row: row.position)


def most_at_once(rows: list[Row], round_: Round, who: Callable[[Row], str]) -> set[str]:
    """The different counterparts of the earliest day that has most of them."""
    best: set[str] = set()
    for day in sorted(first_day(row, round_) for row in rows):
        here = {who(row) for row in rows if runs_on(row, round_, day)}
        if len(here) > len(best):
            best = here
    return best


def keys(rows: list[Row]) -> frozenset[str]:
    return frozenset(row.key for row in rows)


def city_called(heading: str | None, round_: Round) -> str | None:
    for unit in round_.units:
        if heading and unit.city == normalise(heading):
            return unit.city_code
    return None


def rows_in(unit: Unit, round_: Round, tables: list[str] | None = None) -> list[Row]:
    """Rows whose recipient lies in the unit."""
    return [
        row
        for row in round_.rows
        if (known := recipient(row)) is not None
        and known.unit_code == unit.code
        and (tables is None or row.table in tables)
    ]


# ---------------------------------------------------------------- one loop per rule


def load(round_: Round, given: Mapping, rule: str) -> Iterator[Fault]:
    for identity in {supporter_id(row) for row in round_.rows}:
        rows = [row for row in round_.rows if supporter_id(row) == identity]
        known = supporter(rows[0])
        if known is None or known.kind.value not in given["kinds"]:
            continue
        off = abs(len(most_at_once(rows, round_, recipient_id)) - given["target"])
        if off:
            severity = "note" if off <= given.get("note_off_by", 0) else "warning"
            yield Fault(rule, severity, frozenset([identity]), keys(rows))


def coverage(round_: Round, given: Mapping, rule: str) -> Iterator[Fault]:
    for unit in round_.units:
        if unit.kind.value not in given["unit_kinds"]:
            continue
        covering = {recipient_id(row) for row in rows_in(unit, round_, given.get("tables"))}
        if len(covering) >= given["minimum"]:
            continue
        # A county outside the cities' tables is shown with the rows that it has elsewhere.
        shown = rows_in(unit, round_) if rule == "PAIR-04" else []
        severity = "error" if rule == "PAIR-03" else "warning"
        yield Fault(rule, severity, frozenset([f"unit:{unit.code}"]), keys(shown))


def districts(round_: Round, given: Mapping, rule: str) -> Iterator[Fault]:
    missing = [
        f"unit:{unit.code}"
        for unit in round_.units
        if unit.kind.value in given["unit_kinds"] and not rows_in(unit, round_)
    ]
    if missing:
        yield Fault(rule, "note", frozenset(missing), frozenset())


def main_hospital(round_: Round, given: Mapping, rule: str) -> Iterator[Fault]:
    for unit in round_.units:
        rows = rows_in(unit, round_)
        if unit.kind.value in given["unit_kinds"] and rows:
            named = [row for row in rows if recipient(row).main_county_hospital]  # type: ignore[union-attr]
            if not named:
                yield Fault(rule, "note", frozenset([f"unit:{unit.code}"]), keys(rows))


def duplicates(round_: Round, given: Mapping, rule: str) -> Iterator[Fault]:
    for identity in {recipient_id(row) for row in round_.rows}:
        rows = [row for row in by_position(round_) if recipient_id(row) == identity]
        together = most_at_once(rows, round_, supporter_id)
        if len(together) <= given["max_supporters"]:
            continue
        rows = [row for row in rows if supporter_id(row) in together]
        in_turn = list(dict.fromkeys(supporter_id(row) for row in rows))
        in_order_ = all_in_order(rows, set(in_turn[given["max_supporters"] :]))
        excused = given.get("departments_and_reason_allow", False) and in_order_
        yield Fault(rule, "note" if excused else "warning", frozenset([identity]), keys(rows))


def all_in_order(rows: list[Row], further: set[str]) -> bool:
    """Further supporters name departments and a reason, and no two supporters share a department."""
    for row in rows:
        if supporter_id(row) in further and (not row.departments or not row.reason):
            return False
    for one, other in combinations(rows, 2):
        if supporter_id(one) != supporter_id(other) and set(one.departments) & set(other.departments):
            return False
    return True


def breaks(round_: Round, given: Mapping, rule: str) -> Iterator[Fault]:
    """Days without support, counted day by day, inside the round and since the previous one."""
    for identity in {recipient_id(row) for row in round_.rows}:
        rows = [row for row in round_.rows if recipient_id(row) == identity]
        begin = min(first_day(row, round_) for row in rows)
        end = max(last_day(row, round_) for row in rows)
        idle: list[date] = []
        day = begin
        while day <= end:
            if any(runs_on(row, round_, day) for row in rows):
                if len(idle) > given["max_gap_days"]:
                    around = [
                        row
                        for row in rows
                        if last_day(row, round_) == idle[0] - timedelta(days=1)
                        or first_day(row, round_) == day
                    ]
                    yield Fault(rule, "warning", frozenset([identity]), keys(around))
                idle = []
            else:
                idle.append(day)
            day += timedelta(days=1)
    if round_.previous is not None:
        yield from since_previous(round_, round_.previous, given, rule)


def since_previous(round_: Round, before: Round, given: Mapping, rule: str) -> Iterator[Fault]:
    for identity in {recipient_id(row) for row in before.rows}:
        old = [row for row in before.rows if recipient_id(row) == identity]
        new = [row for row in round_.rows if recipient_id(row) == identity]
        subject = frozenset([identity])
        if not new:
            yield Fault(rule, "note", subject, keys(old))
            continue
        last = max(last_day(row, before) for row in old)
        first = min(first_day(row, round_) for row in new)
        if first <= last:
            running = [row for row in old if last_day(row, before) >= first]
            begun = [row for row in new if first_day(row, round_) <= last]
            yield Fault(rule, "warning", subject, keys(running) | keys(begun))
        elif (first - last).days - 1 > given["max_gap_days"]:
            ending = [row for row in old if last_day(row, before) == last]
            beginning = [row for row in new if first_day(row, round_) == first]
            yield Fault(rule, "warning", subject, keys(ending) | keys(beginning))


def support(round_: Round, given: Mapping, rule: str) -> Iterator[Fault]:
    yield from duplicates(round_, given, rule)
    if "max_gap_days" in given:
        yield from breaks(round_, given, rule)


def pairs_where(round_: Round, rule: str, wrong: Callable[[Row], bool]) -> Iterator[Fault]:
    """One warning for each pair with a wrong row."""
    faulty = [row for row in round_.rows if wrong(row)]
    for pair in {(supporter_id(row), recipient_id(row)) for row in faulty}:
        rows = [row for row in faulty if (supporter_id(row), recipient_id(row)) == pair]
        yield Fault(rule, "warning", frozenset(pair), keys(rows))


def mismatch(round_: Round, given: Mapping, rule: str) -> Iterator[Fault]:
    def wrong(row: Row) -> bool:
        giver, taker = supporter(row), recipient(row)
        if giver is None or taker is None or giver.kind.value not in given["matrix"]:
            return False
        return taker.kind.value not in given["matrix"][giver.kind.value]

    yield from pairs_where(round_, rule, wrong)


def rank(round_: Round, given: Mapping, rule: str) -> Iterator[Fault]:
    for identity in {recipient_id(row) for row in round_.rows if recipient(row)}:
        rows = [row for row in round_.rows if recipient_id(row) == identity]
        known = recipient(rows[0])
        assert known is not None
        if (
            known.kind.value in given["kinds"]
            or known.ownership in given["ownerships"]
            or (known.development_zone and given["development_zone"])
        ):
            yield Fault(rule, "note", frozenset([identity]), keys(rows))


def cross_city(round_: Round, given: Mapping, rule: str) -> Iterator[Fault]:
    def wrong(row: Row) -> bool:
        table_city, known = city_called(row.group, round_), recipient(row)
        if row.table not in given["tables"] or table_city is None or known is None:
            return False
        own = next((unit.city_code for unit in round_.units if unit.code == known.unit_code), known.city_code)
        return own is not None and own != table_city

    yield from pairs_where(round_, rule, wrong)


def printed_as(*resolutions: str):
    """Hospitals printed in one of the ways: a note each, but district names without city all in one."""

    def loop(round_: Round, given: Mapping, rule: str) -> Iterator[Fault]:
        printings = [
            pair
            for row in round_.rows
            for pair in (
                (row.supporter, row.supporter_printed, row.supporter_resolution, row),
                (row.recipient, row.recipient_printed, row.recipient_resolution, row),
            )
            if pair[0] is not None and pair[2].value in resolutions
        ]
        together: list[tuple[str, Row]] = []
        for known in {pair[0].key: pair[0] for pair in printings}.values():
            mine = [pair for pair in printings if pair[0].key == known.key]
            city = next((unit.city for unit in round_.units if unit.city_code == known.city_code), None)
            without_city = city is not None and all(city + name == known.name for _, name, _, _ in mine)
            if rule == "DATA-02" and without_city:
                together += [("hospital:" + known.key, row) for _, _, _, row in mine]
            else:
                yield Fault(
                    rule, "note", frozenset(["hospital:" + known.key]), keys([row for *_, row in mine])
                )
        if together:
            subjects = frozenset(subject for subject, _ in together)
            yield Fault(rule, "note", subjects, keys([row for _, row in together]))

    return loop


def alike(round_: Round, given: Mapping, rule: str) -> Iterator[Fault]:
    """Hospitals of one place that share a name but for 第一 and the writing."""

    def plain(name: str) -> str:
        stem = folded(name)
        for ending in ("人民医院", "医院", "中医院"):
            stem = stem.replace("第1" + ending, ending)
        return stem

    groups: dict[tuple[str, str], set[str]] = {}
    rows_of: dict[str, set[str]] = {}
    for row in round_.rows:
        for known, printed in (
            (supporter(row), row.supporter_printed),
            (recipient(row), row.recipient_printed),
        ):
            if known is not None:
                rows_of.setdefault(known.key, set()).add(row.key)
                for name in (known.name, printed):
                    place = known.unit_code or known.city_code or ""
                    groups.setdefault((place, plain(name)), set()).add(known.key)
    for group in {frozenset(group) for group in groups.values() if len(group) > 1}:
        rows = frozenset(key for member in group for key in rows_of[member])
        yield Fault(rule, "warning", frozenset(f"hospital:{member}" for member in group), rows)


def unresolved(round_: Round, given: Mapping, rule: str) -> Iterator[Fault]:
    for known, identify in ((supporter, supporter_id), (recipient, recipient_id)):
        for identity in {identify(row) for row in round_.rows if known(row) is None}:
            rows = [row for row in round_.rows if identify(row) == identity]
            yield Fault(rule, "error", frozenset([identity]), keys(rows))


def numbers(round_: Round, given: Mapping, rule: str) -> Iterator[Fault]:
    for table, group, identity in {(row.table, row.group, supporter_id(row)) for row in round_.rows}:
        rows = [
            row
            for row in by_position(round_)
            if (row.table, row.group, supporter_id(row)) == (table, group, identity)
        ]
        if all(row.running_number is None for row in rows):
            continue
        wrong = [row for count, row in enumerate(rows, start=1) if row.running_number != count]
        if wrong:
            yield Fault(rule, "warning", frozenset([identity]), keys(wrong))


def repeated(round_: Round, given: Mapping, rule: str) -> Iterator[Fault]:
    twice: dict[tuple[str, str], set[str]] = {}
    for one, other in combinations(round_.rows, 2):
        same = (supporter_id(one), recipient_id(one)) == (supporter_id(other), recipient_id(other))
        meet = any(
            runs_on(one, round_, first_day(row, round_)) and runs_on(other, round_, first_day(row, round_))
            for row in (one, other)
        )
        if same and meet:
            twice.setdefault((supporter_id(one), recipient_id(one)), set()).update((one.key, other.key))
    for pair, rows in twice.items():
        yield Fault(rule, "error", frozenset(pair), frozenset(rows))


LOOPS = {
    "PAIR-01": load,
    "PAIR-02": load,
    "PAIR-03": coverage,
    "PAIR-04": coverage,
    "PAIR-05": support,
    "PAIR-14": mismatch,
    "PAIR-15": districts,
    "PAIR-16": rank,
    "PAIR-17": main_hospital,
    "PAIR-18": cross_city,
    "DATA-01": printed_as("typo"),
    "DATA-02": printed_as("short", "variant"),
    "DATA-03": printed_as("old"),
    "DATA-04": alike,
    "DATA-05": unresolved,
    "DATA-06": numbers,
    "DATA-07": repeated,
}
