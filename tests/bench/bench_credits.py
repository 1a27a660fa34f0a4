"""Credits of a province recalculated at once: 100,000 stays with leave, beside counting person by person.

Prints CPU seconds and the ratio to the plain way (`credit_years` for each person) in the same run.
"""

from __future__ import annotations

import datetime as dt
import random
import sys
import time

import numpy as np

from duikou.engines.credits import CreditRule, Stay, credit_years, met_of
from duikou.engines.credits.standing import counting_parts

STAYS, LIMIT = 100_000, 2.0
EPOCH = dt.date(1970, 1, 1).toordinal()
RULE = CreditRule(3)
Columns = tuple[np.ndarray, np.ndarray, np.ndarray]


def histories(chance: random.Random) -> list[list[Stay]]:
    """Persons with two or three stays of some months, half of them with leave."""
    found: list[list[Stay]] = []
    count = 0
    while count < STAYS:
        own = []
        day = dt.date(2014, 1, 1) + dt.timedelta(days=chance.randrange(700))
        for _each in range(chance.choice((2, 2, 3))):
            last = day + dt.timedelta(days=chance.randrange(20, 250))
            off = day + dt.timedelta(days=chance.randrange(15))
            leaves = ((off, off + dt.timedelta(days=4)),) if chance.random() < 0.5 else ()
            years = range(day.year, last.year + 1)
            passed = frozenset(year for year in years if chance.random() < 0.9)
            own.append(Stay(day, last, leaves, passed))
            day = last + dt.timedelta(days=chance.randrange(1, 60))
        found.append(own)
        count += len(own)
    return found


def columns(rows: list[tuple[int, dt.date, dt.date]]) -> Columns:
    """Person, first and last day."""
    table = np.array([(n, a.toordinal() - EPOCH, b.toordinal() - EPOCH) for n, a, b in rows], dtype=np.int64)
    return table[:, 0], table[:, 1], table[:, 2]


def main() -> int:
    """Measure, compare, print."""
    people = histories(random.Random(2014))
    stays = [(n, one.first, one.last) for n, own in enumerate(people) for one in own]
    started = time.process_time()
    leaves = [(n, a, b) for n, own in enumerate(people) for one in own for a, b in one.leaves]
    counting = [
        (n, a, b) for n, own in enumerate(people) for one in own for a, b in counting_parts(one, RULE)
    ]
    given = columns(stays), columns(leaves), columns(counting)
    prepared = time.process_time() - started
    started = time.process_time()
    person, year, days, counted, needed, met = met_of(*given, RULE)
    columns_took = time.process_time() - started
    started = time.process_time()
    plain = [
        (n, one.year, one.days, one.counted, one.needed, int(one.standing == "met"))
        for n, own in enumerate(people)
        for one in credit_years(own, RULE)
    ]
    plain_took = time.process_time() - started
    table = (person, year, days, counted, needed, met)
    same = list(zip(*(one.tolist() for one in table), strict=True)) == plain
    total = prepared + columns_took
    print(
        f"credits: {len(stays)} stays of {len(people)} persons, {len(leaves)} leaves, {len(plain)} years: "
        f"{total:.2f} CPU-s ({prepared:.2f} to columns, {columns_took:.2f} to reckon); person by person "
        f"{plain_took:.2f} CPU-s, ratio {plain_took / total:.1f}; the same result: {same}; "
        f"limit {LIMIT} CPU-s"
    )
    return 0 if same and total <= LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
