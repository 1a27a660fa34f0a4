"""Measure what the answer to one lock or prohibition on the what-if desk costs the server.

    python tests/bench/bench_desk.py [--edits 20]

Loads the Zhejiang round into a database of its own (SQLite), makes a proposal and sends edits
through the whole program in this process: request, checks, solve, writes, the answer's HTML.
Prints CPU milliseconds per edit: cold (the round's problem is built and solved from the
beginning, as after a restart) and warm (the solver goes on from where it stood), and what the
warm solve alone takes. Time on the clock is not counted. Exit code 1 when the warm answer is
above the target, or when a warm and a cold solve differ.
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
TARGET_MS = 30.0
COLD = 3  # edits that are measured cold


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
    unit = OrgUnit.objects.get(name="浙江省")
    RoleGrant.objects.create(user=user, role="provincial_officer", org=unit, valid_from=dt.date(2014, 1, 1))
    client = Client(headers={"HX-Request": "true"}, SERVER_NAME="localhost")
    client.force_login(user)
    return client


def measure(edits: int) -> bool:
    """Print the figures; whether warm and cold solves agree."""
    from django.urls import reverse

    from duikou.core.scope import SYSTEM
    from duikou.engines.pairing.optimise.solve import solve
    from duikou.wings.pairings import desk
    from duikou.wings.pairings.actions.proposals import create_proposal
    from duikou.wings.pairings.actions.solving import best_plan, solve_proposal
    from duikou.wings.pairings.models import Proposal

    client = officer()
    proposal = create_proposal(actor=SYSTEM, round_key="zhejiang-2014", name="bench")
    solve_proposal(actor=SYSTEM, proposal=proposal)
    kept = list(proposal.pairs.filter(change="kept").values_list("supporter_key", "recipient_key"))
    address = reverse("pairings:proposal_pairs", args=[proposal.pk])
    steps = [
        (kind, "|".join(pair)) for pair in kept[:: max(1, len(kept) // edits)] for kind in ("forbid", "free")
    ]

    def send(kind: str, pair: str) -> None:
        version = Proposal.objects.values_list("version", flat=True).get(pk=proposal.pk)
        data = {"version": version, "reason": "bench", kind: pair, "part": "board"}
        answer = client.post(address, data)
        assert answer.status_code == 200, answer.status_code
        assert 'class="dk-deal"' in answer.content.decode()

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
    verdict = f"{'ok' if middle <= TARGET_MS else 'MISSED'} (target {TARGET_MS:.0f} ms)"
    print(f"answer to an edit, warm    {middle:8.1f} ms CPU (median of {len(warm)}) {verdict}")
    print(f"  of which the solve       {statistics.median(alone):8.1f} ms CPU (median of {len(alone)})")
    print(f"warm and cold solves agree: {same}")
    return same


def main() -> int:
    """Measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--edits", type=int, default=20)
    edits = parser.parse_args().edits
    with database():
        return 0 if measure(max(COLD, edits)) else 1


if __name__ == "__main__":
    sys.exit(main())
