"""Random histories of postings, and credits counted by looking at every single day.

    python -m tests.spec.credits.histories            100,000 histories, about a minute
    python -m tests.spec.credits.histories 5000 7     so many, from another seed

Nothing of the engine's interval arithmetic is used here: a year is a row of days, each of which is on
post or not, away or not, of a stay that was passed or not.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from duikou.engines.credits import (
    CreditRule,
    ServiceRule,
    Standing,
    Stay,
    credit_years,
    met_of,
    service,
)
from duikou.engines.credits.days import Stretch
from duikou.engines.credits.standing import counting_parts

ONE = dt.timedelta(days=1)
EPOCH = dt.date(1970, 1, 1).toordinal()
FIRST_DAY, DAYS = dt.date(2010, 1, 1), 2600  # 2012 and 2016 are leap years
Year = tuple[int, int, int, int, dt.date | None, str]  # year, days, counted, needed, full on, standing


@dataclass(frozen=True)
class History:
    """A person's stays, and the rule that they are judged by."""

    stays: tuple[Stay, ...]
    rule: CreditRule
    service: ServiceRule


def random_history(chance: random.Random) -> History:
    """Overlapping, adjoining and split stays with leave inside, outside and across; some on a leap day."""
    stays = []
    for _each in range(chance.choice((1, 1, 2, 2, 3, 4))):
        first = FIRST_DAY + dt.timedelta(days=chance.randrange(DAYS))
        if stays and chance.random() < 0.3:  # the next batch: the day after, or with an overlap
            first = stays[-1].last + dt.timedelta(days=chance.choice((1, 1, 0, -5)))
        if chance.random() < 0.05:
            first = dt.date(chance.choice((2012, 2016)), 2, 29)
        last = first + dt.timedelta(days=chance.choice((0, 27, 58, 88, 89, 90, 91, 92, 180, 183, 365, 500)))
        if chance.random() < 0.5:
            last += dt.timedelta(days=chance.randrange(-3 if last > first + ONE * 3 else 0, 4))
        leaves = []
        for _leave in range(chance.choice((0, 0, 1, 2))):
            start = first + dt.timedelta(days=chance.randrange(-10, (last - first).days + 10))
            leaves.append((start, start + dt.timedelta(days=chance.choice((0, 1, 6, 30)))))
        verdict = {y: chance.choice("ppf-") for y in range(first.year, last.year + 1)}
        stays.append(
            Stay(
                first,
                last,
                tuple(leaves),
                frozenset(y for y, v in verdict.items() if v == "p"),
                frozenset(y for y, v in verdict.items() if v == "f"),
            )
        )
    rule = CreditRule(
        chance.choice((1, 3, 3, 6, 6, 12)),
        appraisal_required=chance.random() < 0.85,
        leave_days_allowed=chance.choice((0, 0, 0, 3, 10)),
    )
    return History(tuple(stays), rule, ServiceRule(chance.choice((6, 12, 12)), chance.choice((0, 0, 1, 6))))


# ---------------------------------------------------------------- day by day


def months_later(day: dt.date, months: int) -> dt.date:
    """The first day that is not within so many months, found by walking."""
    month = day.month - 1 + months
    found = dt.date(day.year + month // 12, month % 12 + 1, 1)
    for _each in range(day.day - 1):
        if (found + ONE).month != found.month:
            break
        found += ONE
    return found


def days_of(stay: Stay) -> Iterator[dt.date]:
    """Every day of a stay."""
    day = stay.first
    while day <= stay.last:
        yield day
        day += ONE


def away(history: History) -> set[dt.date]:
    """Every day of leave."""
    return {
        start + ONE * n
        for stay in history.stays
        for start, end in stay.leaves
        for n in range((end - start).days + 1)
    }


def worked(days: set[dt.date], off: set[dt.date], allowed: int) -> list[dt.date]:
    """The days that count of a year: not away, or among the first days away that count."""
    found = []
    for day in sorted(days):
        if day in off and allowed <= 0:
            continue
        allowed -= day in off
        found.append(day)
    return found


def by_day(history: History) -> list[Year]:
    """Every year, counted day by day."""
    off, rule = away(history), history.rule
    on: dict[int, set[dt.date]] = defaultdict(set)
    passed: dict[int, set[dt.date]] = defaultdict(set)
    for stay in history.stays:
        for day in days_of(stay):
            on[day.year].add(day)
            if day.year in stay.passed or not rule.appraisal_required:
                passed[day.year].add(day)
    found: list[Year] = []
    for year in sorted(on):
        everything = worked(on[year], off, rule.leave_days_allowed)
        counting = worked(passed[year], off, rule.leave_days_allowed)
        if not everything:
            continue
        met = bool(counting) and len(counting) >= _needed(counting, rule)
        shown = counting if met else everything
        needed = _needed(shown, rule)
        enough = len(everything) >= _needed(everything, rule)
        failed = any(year in stay.failed for stay in history.stays)
        standing = "met" if met else "short" if not enough else "failed" if failed else "unappraised"
        full = shown[needed - 1] if len(shown) >= needed else None
        found.append((year, len(everything), len(counting), needed, full, standing))
    return found


def _needed(days: list[dt.date], rule: CreditRule) -> int:
    return (months_later(days[0], rule.months) - days[0]).days


def service_by_day(history: History) -> tuple[int, int | None, dt.date | None]:
    """Days, days needed and the day they were full, of service under the history's rule."""
    off, rule = away(history), history.service
    together = sorted({day for stay in history.stays for day in days_of(stay)})
    runs: list[list[dt.date]] = []
    for day in together:
        if runs and runs[-1][-1] + ONE == day:
            runs[-1].append(day)
        else:
            runs.append([day])
    counting = [
        day
        for run in runs
        if run[-1] + ONE >= months_later(run[0], rule.stay_months)
        for day in run
        if day not in off
    ]
    if not counting:
        return 0, None, None
    needed = (months_later(counting[0], rule.months) - counting[0]).days
    return len(counting), needed, counting[needed - 1] if len(counting) >= needed else None


# ---------------------------------------------------------------- the engine's answers


def by_engine(history: History) -> list[Year]:
    """Every year, as the engine says."""
    return [
        (one.year, one.days, one.counted, one.needed, one.full_on, one.standing.value)
        for one in credit_years(history.stays, history.rule)
    ]


def service_by_engine(history: History) -> tuple[int, int | None, dt.date | None]:
    """Service, as the engine says."""
    found = service(
        [(stay.first, stay.last) for stay in history.stays],
        [leave for stay in history.stays for leave in stay.leaves],
        history.service,
    )
    return found.days, found.needed, found.full_on


Columns = dict[int, list[tuple[int, int, int, int, bool]]]


def in_columns(histories: list[History], rule: CreditRule) -> Columns:
    """Year, days, counted, needed and whether met of each person, all at once."""
    columns = met_of(
        _columns([(n, [(s.first, s.last) for s in one.stays]) for n, one in enumerate(histories)]),
        _columns([(n, [x for s in one.stays for x in s.leaves]) for n, one in enumerate(histories)]),
        _columns(
            [(n, [x for s in one.stays for x in counting_parts(s, rule)]) for n, one in enumerate(histories)]
        ),
        rule,
    )
    found: Columns = defaultdict(list)
    for person, year, days, counted, needed, met in zip(*(c.tolist() for c in columns), strict=True):
        found[person].append((year, days, counted, needed, bool(met)))
    return found


def _columns(rows: list[tuple[int, list[Stretch]]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    table = np.array(
        [(n, a.toordinal() - EPOCH, b.toordinal() - EPOCH) for n, stretches in rows for a, b in stretches],
        dtype=np.int64,
    ).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]


def differing(histories: list[History]) -> list[History]:
    """Those on which engine and oracle do not agree, one by one or in columns."""
    wrong = []
    by_rule: dict[CreditRule, list[History]] = defaultdict(list)
    for history in histories:
        if by_engine(history) != by_day(history) or service_by_engine(history) != service_by_day(history):
            wrong.append(history)
        if not history.rule.leave_days_allowed:
            by_rule[history.rule].append(history)
    for rule, group in by_rule.items():
        together = in_columns(group, rule)
        for number, history in enumerate(group):
            expected = [
                (year, days, counted, needed, standing == Standing.MET)
                for year, days, counted, needed, _full, standing in by_day(history)
            ]
            if together.get(number, []) != expected:
                wrong.append(history)
    return wrong


def main() -> int:
    """Compare so many random histories and say how many differ."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    chance = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 2014)
    wrong: list[History] = []
    for _batch in range(0, count, 5000):
        size = min(5000, count - _batch)
        wrong += differing([random_history(chance) for _each in range(size)])
    print(f"{count} random histories, {len(wrong)} differ from counting day by day")
    for history in wrong[:3]:
        print(history, by_engine(history), by_day(history), sep="\n  ")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
