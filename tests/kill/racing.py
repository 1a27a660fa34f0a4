"""Processes that run the same code at the same moment."""

from __future__ import annotations

from tests.kill.site import Site

RACERS = 3

TOGETHER = """
import django, sys
django.setup()
from duikou.core.errors import Conflict
from duikou.core.scope import SYSTEM
{prepare}
print("at the start", flush=True)
sys.stdin.readline()
{act}
"""


def race(site: Site, prepare: str, act: str) -> list[list[str]]:
    """Run the same code in several processes that begin to act at the same moment; returns their lines."""
    code = TOGETHER.format(prepare=prepare, act=act)
    racers = [site.converse(code, str(number)) for number in range(RACERS)]
    for racer in racers:
        assert racer.stdout
        assert racer.stdout.readline() == "at the start\n", racer.communicate()[1]
    for racer in racers:
        assert racer.stdin
        racer.stdin.write("go\n")
        racer.stdin.flush()
    outcomes = [racer.communicate(timeout=120) for racer in racers]
    assert [racer.returncode for racer in racers] == [0] * RACERS, "\n".join(err for _, err in outcomes)
    return [out.splitlines() for out, _ in outcomes]
