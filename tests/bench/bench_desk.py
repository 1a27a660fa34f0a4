"""Measure what the answer to one lock or prohibition on the what-if desk costs the server.

    python tests/bench/bench_desk.py [--size provincial|national] [--edits 20]

Loads the Zhejiang round (provincial) or an invented country of 2,900 counties, 4,000 hospitals and
10,000 pairings (national) into a database of its own (SQLite), makes a proposal and sends edits
through the whole program in this process: request, checks, solve, writes, the answer's HTML.
Prints CPU milliseconds per edit: cold (the round's problem is built and solved from the
beginning, as after a restart) and warm (the solver goes on from where it stood), and what the
warm solve alone takes. The answer is the desk's board for the province; for the country the overview,
with the difference in both. Time on the clock is not counted. Exit code 1 when a warm and a cold
solve differ.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
TARGET_MS = {"provincial": 30.0, "national": 150.0}
COUNTRY = {"counties": 2_900, "hospitals": 4_000, "pairings": 10_000}
COLD = 3  # edits that are measured cold


@contextmanager
def database(size: str) -> Iterator[str]:
    """A database of this process with a round; yields the round's key."""
    import tests.environment  # noqa: F401 - the home of tests: a developer's own database is not touched

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duikou.config.settings")
    import django

    django.setup()
    from django.test.utils import setup_databases, teardown_databases

    from duikou.wings.pairings.loading import load_everything

    names = setup_databases(verbosity=0, interactive=False)
    try:
        if size == "national":
            from tests.bench.invented import country

            yield country(**COUNTRY).key
        else:
            load_everything()
            yield "zhejiang-2014"
    finally:
        teardown_databases(names, verbosity=0)


def cpu_ms(work: Callable[[], Any]) -> float:
    """CPU milliseconds of this process."""
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def officer() -> Any:
    """A client signed in for the province."""
    from django.test import Client

    from duikou.core.models import OrgUnit, RoleGrant, User

    user = User.objects.create_user("bench", password=None, display_name="bench")
    unit = OrgUnit.objects.get(kind="province")
    RoleGrant.objects.create(user=user, role="provincial_officer", org=unit, valid_from=dt.date(2014, 1, 1))
    client = Client(headers={"HX-Request": "true"}, SERVER_NAME="localhost")
    client.force_login(user)
    return client


def measure(size: str, round_key: str, edits: int) -> bool:
    """Print the figures; whether warm and cold solves agree."""
    from django.urls import reverse

    from duikou.core.scope import SYSTEM
    from duikou.engines.pairing.optimise.solve import solve
    from duikou.wings.pairings import desk
    from duikou.wings.pairings.actions.proposals import create_proposal
    from duikou.wings.pairings.actions.solving import best_plan, solve_proposal
    from duikou.wings.pairings.models import Proposal

    client = officer()
    proposal = create_proposal(actor=SYSTEM, round_key=round_key, name="bench")
    solve_proposal(actor=SYSTEM, proposal=proposal)
    kept = list(proposal.pairs.filter(change="kept").values_list("supporter_key", "recipient_key"))
    address = reverse("pairings:proposal_pairs", args=[proposal.pk])
    steps = [
        (kind, "|".join(pair)) for pair in kept[:: max(1, len(kept) // edits)] for kind in ("forbid", "free")
    ]

    def send(kind: str, pair: str) -> None:
        version = Proposal.objects.values_list("version", flat=True).get(pk=proposal.pk)
        data = {"version": version, "reason": "bench", kind: pair, "part": part}
        answer = client.post(address, data)
        assert answer.status_code == 200, answer.status_code
        assert mark in answer.content.decode()

    part, mark = ("board", 'class="dk-deal"') if size == "provincial" else ("overview", 'class="dk-tile"')
    cold = []
    for kind, pair in steps[: 2 * COLD]:
        desk.forget()
        cold.append(cpu_ms(lambda kind=kind, pair=pair: send(kind, pair)))
    for kind, pair in steps[:4]:
        send(kind, pair)
    warm = [cpu_ms(lambda kind=kind, pair=pair: send(kind, pair)) for kind, pair in steps[: 2 * edits]]
    proposal = Proposal.objects.get(pk=proposal.pk)
    alone, same = [], True
    for number in range(0, len(desk.problem_for(proposal)[1].candidates), 97):
        base, problem = desk.problem_for(proposal)
        edited = problem.edited(forbid=[number])
        alone.append(cpu_ms(lambda base=base, edited=edited: best_plan(base, edited)))
        if number % 485 == 0:
            same = (
                same and best_plan(base, edited).chosen.tolist() == solve(edited, seconds=60).chosen.tolist()
            )
    middle = statistics.median(warm)
    print(f"answer to an edit, cold    {statistics.median(cold):8.1f} ms CPU (median of {len(cold)})")
    verdict = f"{'ok' if middle <= TARGET_MS[size] else 'MISSED'} (target {TARGET_MS[size]:.0f} ms)"
    print(f"{size}: {len(desk.problem_for(proposal)[1].candidates)} candidates, {len(kept)} pairs kept")
    print(f"answer to an edit, warm    {middle:8.1f} ms CPU (median of {len(warm)}) {verdict}")
    print(f"  of which the solve       {statistics.median(alone):8.1f} ms CPU (median of {len(alone)})")
    print(f"warm and cold solves agree: {same}")
    return same


def main() -> int:
    """Measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", choices=TARGET_MS, default="provincial")
    parser.add_argument("--edits", type=int, default=20)
    wanted = parser.parse_args()
    with database(wanted.size) as round_key:
        return 0 if measure(wanted.size, round_key, max(COLD, wanted.edits)) else 1


if __name__ == "__main__":
    sys.exit(main())
