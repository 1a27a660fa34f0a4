"""Solves that are killed, and several who decide at once: whole results or none, one winner."""

from __future__ import annotations

import json
import os
import random
import time
from pathlib import Path

import pytest

from tests.kill.site import Site, kill, wait_for
from tests.kill.test_races import race

pytestmark = pytest.mark.slow

KILLS = 6

NEW = """
from duikou.core.scope import SYSTEM
from duikou.wings.pairings.actions.proposals import create_proposal
proposal = create_proposal(actor=SYSTEM, round_key="zhejiang-2014", name="{name}")
"""
ASK = """
from duikou.core.scope import SYSTEM
from duikou.wings.pairings.actions.solving import solve_proposal
from duikou.wings.pairings.models import Proposal
proposal = Proposal.objects.select_related("round__org").get(pk={pk})
print(solve_proposal(actor=SYSTEM, proposal=proposal, background=True).job.pk)
"""
SOLVE = """
from duikou.wings.pairings.actions.solving import solve_proposal
solve_proposal(actor=SYSTEM, proposal=proposal)
print(proposal.pairs.count())
"""
APPROVE = """
from duikou.wings.pairings.actions.deciding import approve_proposal, submit_proposal
from duikou.wings.pairings.actions.solving import solve_proposal
solve_proposal(actor=SYSTEM, proposal=proposal)
submit_proposal(actor=SYSTEM, proposal=proposal)
approve_proposal(actor=SYSTEM, proposal=proposal, reason="kill test")
"""


def new_proposal(site: Site, name: str, more: str = "") -> int:
    return int(site.python(NEW.format(name=name) + more + "print(proposal.pk)").splitlines()[-1])


def left_behind(site: Site) -> list[int]:
    """Processes of this installation that still run, by their environment; not those of the tests."""
    found, own = [], {os.getpid(), site.nursery.process.pid}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            environment = (entry / "environ").read_bytes()
        except OSError:  # not ours, or gone
            continue
        if f"DUIKOU_HOME={site.home}\0".encode() in environment and int(entry.name) not in own:
            found.append(int(entry.name))
    return found


def test_a_killed_solve_leaves_nothing_and_ends_after_all(site: Site) -> None:
    chance = random.Random(20170215)
    pk = new_proposal(site, "killed")

    def pairs() -> int:
        return int(site.value(f"SELECT count(*) FROM pairings_proposalpair WHERE proposal_id = {pk}"))

    def results() -> int:
        return int(site.value(f"SELECT count(*) FROM pairings_proposalresult WHERE proposal_id = {pk}"))

    # What other tests declared of needs and strengths decides on the plan: one that nobody disturbs tells.
    undisturbed = int(site.python(NEW.format(name="undisturbed") + SOLVE).splitlines()[-1])
    job = site.python(ASK.format(pk=pk))
    killed = 0
    for _attempt in range(4 * KILLS):
        worker = site.start_worker()
        wait_for(lambda: site.value(f"SELECT state FROM core_job WHERE id = '{job}'") != "ready", seconds=60)
        time.sleep(chance.uniform(0, 1.5))
        kill(worker)
        if site.value(f"SELECT state FROM core_job WHERE id = '{job}'") == "running":
            killed += 1
        assert (results(), pairs()) in ((0, 0), (1, undisturbed))
        if killed == 2 or site.value(f"SELECT state FROM core_job WHERE id = '{job}'") == "done":
            break  # a third kill without a checkpoint would rightly give the job up
    assert killed > 0
    wait_for(lambda: not left_behind(site), seconds=30)  # the solver's own process ends with its worker
    worker = site.start_worker()
    wait_for(lambda: site.value(f"SELECT state FROM core_job WHERE id = '{job}'") == "done", seconds=90)
    site.stop(worker)
    assert (results(), pairs()) == (1, undisturbed)
    status, verified, figures = site.rows(
        f"SELECT status, verified, figures FROM pairings_proposalresult WHERE proposal_id = {pk}"
    )[0]
    assert (status, bool(verified)) == ("optimal", True)
    changes = (json.loads(figures) if isinstance(figures, str) else figures)["changes"]
    assert sum(changes.values()) == undisturbed
    site.finish("audit", "verify")


def test_of_several_who_change_a_proposal_at_once_one_wins(site: Site) -> None:
    pk = new_proposal(site, "edited")
    lines = race(
        site,
        "from duikou.wings.pairings.actions.proposals import set_settings\n"
        "from duikou.wings.pairings.models import Proposal\n"
        f"proposal = Proposal.objects.select_related('round__org').get(pk={pk})",
        "try:\n"
        "    set_settings(actor=SYSTEM, proposal=proposal, values={'max_changes': int(sys.argv[1])})\n"
        "    print(sys.argv[1])\n"
        "except Conflict:\n"
        "    pass\n",
    )
    winners = [line for racer in lines for line in racer]
    assert len(winners) == 1
    settings = site.value(f"SELECT settings FROM pairings_proposal WHERE id = {pk}")
    settings = json.loads(settings) if isinstance(settings, str) else settings
    assert settings["max_changes"] == int(winners[0])
    assert site.value(f"SELECT inputs FROM pairings_proposal WHERE id = {pk}") == 2


def test_numbers_of_proposals_are_never_given_twice(site: Site) -> None:
    lines = race(
        site,
        "from duikou.wings.pairings.actions.proposals import create_proposal",
        "for n in range(5):\n"
        "    made = create_proposal(actor=SYSTEM, round_key='zhejiang-2014', name=f'race{n}')\n"
        "    print(made.number)\n",
    )
    numbers = [line for racer in lines for line in racer]
    assert len(numbers) == len(set(numbers)) == 15


def test_a_proposal_is_opened_once(site: Site) -> None:
    pk = new_proposal(site, "opened", APPROVE)
    lines = race(
        site,
        "from duikou.wings.pairings.actions.opening import open_next_round\n"
        "from duikou.wings.pairings.models import Proposal\n"
        f"proposal = Proposal.objects.select_related('round__org').get(pk={pk})\n"
        "names = {p.recipient_key: None for p in proposal.pairs.filter(recipient=None)}",
        "try:\n"
        "    made = open_next_round(\n"
        "        actor=SYSTEM, proposal=proposal, key=f'race-{sys.argv[1]}', name='x', names=names\n"
        "    )\n"
        "    print(made.key)\n"
        "except Conflict:\n"
        "    pass\n",
    )
    winners = [line for racer in lines for line in racer]
    assert len(winners) == 1
    assert site.value("SELECT count(*) FROM pairings_round") == 2
    assert (
        site.value(
            "SELECT count(*) FROM pairings_pairing WHERE round_id = "
            f"(SELECT id FROM pairings_round WHERE key = '{winners[0]}')"
        )
        == 151
    )  # 153 pairs, of which two recipients are still to be named
    site.finish("audit", "verify")
