"""Measure the ledger's pages with 100 and with 1,000 obligations in force, and with 10,000.

    python tests/bench/bench_ledger.py [--large 10000]

Loads the Zhejiang round into a database of its own (SQLite), fills the ledger through the same signal that
agreements and plans send, and asks for each page as the provincial office through the whole program in this
process. Prints queries and CPU milliseconds of each page (median of five). Time on the clock is not counted.
Exit code 1 when the number of queries of a page depends on how many obligations there are.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
SIZES = (100, 1_000)
PER_DUTY = 36  # months of three years
PAGES = {
    "list": "/app/obligations/?size=100",
    "overdue": "/app/obligations/?overdue=yes&sort=-due",
    "waits": "/app/obligations/?waits=escalated",
    "calendar": "/app/obligations/calendar/?month=2014-03",
    "progress": "/app/obligations/progress/",
    "home": "/app/",
    "api": "/api/v1/obligations?limit=200",
}


@contextmanager
def database() -> Iterator[None]:
    """A database of this process with the round."""
    import tests.environment  # noqa: F401 - the home of tests: a developer's own database is not touched

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duikou.config.settings")
    import django

    django.setup()
    from django.test.utils import setup_databases, teardown_databases

    from duikou.wings.pairings.loading import load_everything

    names = setup_databases(verbosity=0, interactive=False)
    try:
        load_everything()
        yield
    finally:
        teardown_databases(names, verbosity=0)


def fill(number: int) -> float:
    """Let the ledger hold `number` obligations; returns the CPU seconds that it took."""
    from duikou.core.scope import SYSTEM
    from duikou.engines.clauses.model import Party
    from duikou.engines.text import Text
    from duikou.policy.agreements import Measure, Period
    from duikou.policy.vocabulary import Mark
    from duikou.wings.agreements.duties import Duty, duties_changed
    from duikou.wings.obligations.models import Obligation
    from duikou.wings.pairings.models import Pairing

    start, end = dt.date(2014, 2, 15), dt.date(2017, 2, 14)
    measure = Measure("case", 2, Period.MONTH, Mark.INFERRED)

    def duty(key: str, last: dt.date) -> Duty:
        title = Text("示教手术", "operation for teaching")
        return Duty(
            key,
            title,
            title,
            Party.SUPPORTER,
            Party.RECIPIENT,
            "AGR-09",
            "S1",
            start,
            last,
            measure,
            ("operation",),
        )

    before = time.process_time()
    pairings = list(Pairing.objects.order_by("pk"))
    holder = 0
    while (left := number - Obligation.objects.count()) > 0:
        months = min(left, PER_DUTY)
        last = end if months == PER_DUTY else dt.date(2014 + (months + 1) // 12, (months + 1) % 12 + 1, 14)
        holder += 1
        duties_changed.send(
            sender=None,
            holder=f"agreement:{number * 1000 + holder}",
            pairing=pairings[holder % len(pairings)],
            duties=(duty("d", last),),
            on=start,
            actor=SYSTEM,
            reason="bench",
        )
    return time.process_time() - before


def officer() -> Any:
    """A client signed in for the province."""
    from django.test import Client

    from duikou.core.models import OrgUnit, RoleGrant, User

    user = User.objects.create_user("bench", password=None, display_name="bench")
    unit = OrgUnit.objects.get(kind="province")
    RoleGrant.objects.create(user=user, role="provincial_officer", org=unit, valid_from=dt.date(2014, 1, 1))
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client


def measured(client: Any, url: str) -> tuple[int, float]:
    """Queries and CPU milliseconds of a page."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(url)  # templates and caches
    with CaptureQueriesContext(connection) as caught:
        answer = client.get(url)
    queries = len(caught)  # now: the next request empties the log
    assert answer.status_code == 200, (url, answer.status_code)
    taken = []
    for _n in range(5):
        start = time.process_time()
        client.get(url)
        taken.append((time.process_time() - start) * 1000)
    return queries, statistics.median(taken)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--large", type=int, default=10_000, help="obligations of the largest ledger")
    large = parser.parse_args().large
    sizes = (*SIZES, large)
    found: dict[str, list[tuple[int, float]]] = {name: [] for name in PAGES}
    with database():
        client = officer()
        for size in sizes:
            seconds = fill(size)
            print(f"{size:>6} obligations in the ledger ({seconds:.2f} CPU-s to enter the new ones)")
            for name, url in PAGES.items():
                found[name].append(measured(client, url))
    print(f"\n{'page':<10}" + "".join(f"{size:>10} q {'CPU ms':>8}" for size in sizes))
    for name, rows in found.items():
        print(f"{name:<10}" + "".join(f"{queries:>10}   {ms:>8.1f}" for queries, ms in rows))
    growing = [name for name, rows in found.items() if len({queries for queries, _ms in rows}) > 1]
    print(f"\nqueries depend on the size: {', '.join(growing) or 'no page'}")
    return 1 if growing else 0


if __name__ == "__main__":
    sys.exit(main())
