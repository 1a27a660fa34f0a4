"""An import that is killed leaves nothing behind and can be run again."""

from __future__ import annotations

import csv
import random
import time
from collections import deque
from importlib import resources
from pathlib import Path

import pytest

from tests.kill.nursery import Child
from tests.kill.site import Site, kill, wait_for

pytestmark = pytest.mark.slow

KILLS = 20
ROUND = "zhejiang-2014"
# What an import writes, by table.
WRITTEN = (
    "pairings_pairing", "pairings_historicalpairing", "pairings_annexbatch", "pairings_annexrow",
    "pairings_auditrun", "hospitals_hospitalpartner", "core_auditevent",
)  # fmt: skip


class Tables:
    """Makes tables of new pairs: each recipient of the province's table gets yet another supporter."""

    def __init__(self, folder: Path) -> None:
        data = resources.files("duikou.wings.pairings") / "data" / "zhejiang_2014_annex.csv"
        lines = csv.DictReader(data.read_text("utf-8").splitlines())
        self.printed = [(row["supporter"], row["recipient"]) for row in lines if row["table"] == "1"]
        self.supporters = list(dict.fromkeys(supporter for supporter, _ in self.printed))
        self.used = set(self.printed)
        self.made = 0
        self.folder = folder

    def next(self) -> tuple[Path, int]:
        """The next table and the number of its pairs."""
        self.made += 1
        assert self.made < 10, "nearly every kill came too late"
        fresh: dict[tuple[str, str], None] = {}
        for supporter, recipient in self.printed:
            place = self.supporters.index(supporter) + self.made
            pair = self.supporters[place % len(self.supporters)], recipient
            if pair not in self.used:
                fresh[pair] = None
        self.used.update(fresh)
        path = self.folder / f"附件1补充{self.made}.csv"
        path.write_text("\n".join(["支援医院,受援医院", *(",".join(pair) for pair in fresh)]) + "\n", "utf-8")
        return path, len(fresh)


def sizes(site: Site) -> dict[str, int]:
    return {table: site.value(f"SELECT count(*) FROM {table}") for table in WRITTEN}


# The command itself, with the start of Python (most of its time) taken out of the way.
WARM = """
import sys
import django
django.setup()
import duikou.wings.pairings.actions.imports
from duikou.cli.main import main
table = sys.stdin.readline().strip()
sys.exit(main(["import", "annex", table, "--round", sys.argv[1]]))
"""


class Importers:
    """Import processes that have started and wait for their table; one starts while another works."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.waiting = deque(self._start() for _ in range(2))

    def _start(self) -> Child:
        return self.site.start(["-c", WARM, ROUND], talks=True)

    def begin(self, table: Path) -> Child:
        """Let the next one import `table`; returns it once it is at work."""
        seen = self.site.log().count("reading and checking")
        process = self.waiting.popleft()
        assert process.stdin
        process.stdin.write(f"{table}\n")
        process.stdin.close()
        wait_for(lambda: self.site.log().count("reading and checking") > seen)
        self.waiting.append(self._start())
        return process

    def close(self) -> None:
        """End those that still wait."""
        for process in self.waiting:
            kill(process)


def test_twenty_kills_leave_nothing_and_the_import_then_succeeds(site: Site, tmp_path: Path) -> None:
    chance = random.Random(20140215)
    tables = Tables(tmp_path)
    table, count = tables.next()
    trial = site.start(["-m", "duikou.cli", "import", "annex", str(table), "--round", ROUND, "--dry-run"])
    wait_for(lambda: "reading and checking" in site.log())
    begun = time.monotonic()
    assert trial.wait(60) == 0
    work = time.monotonic() - begun  # seconds from "at work" to the end
    before = sizes(site)
    importers = Importers(site)
    killed = 0
    while killed < KILLS:
        process = importers.begin(table)
        time.sleep(chance.uniform(0, 0.6 * work))
        kill(process)
        after = sizes(site)
        if after == before:
            killed += 1
        else:  # the kill came too late: then all of it must be there, and another table is taken
            assert after["pairings_pairing"] == before["pairings_pairing"] + count
            assert after["pairings_auditrun"] == before["pairings_auditrun"] + 1
            before = after
            table, count = tables.next()
    importers.close()
    site.finish("import", "annex", str(table))
    after = sizes(site)
    assert after["pairings_pairing"] == before["pairings_pairing"] + count
    assert after["pairings_annexbatch"] == before["pairings_annexbatch"] + 1
    site.finish("import", "annex", str(table))  # again: nothing new
    assert sizes(site)["pairings_pairing"] == after["pairings_pairing"]
    site.finish("audit", "verify")
