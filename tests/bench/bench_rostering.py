"""Public shift-scheduling instances: our roster engine beside a plain CP-SAT model in the same run.

    python tests/bench/bench_rostering.py [--only 1 2 5] [--seconds 300] [--no-peer]

Each instance has its target; the peer gets the same wall time, and as many search workers as ours would
use (8). Wall and CPU seconds stand side by side, because the machine may be shared. Exit 1 where a target
is missed. The instances are read from DUIKOU_OR_DATA and are not part of the project.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from duikou.engines.rostering import Problem, Solution, check, cost, solve  # noqa: E402
from duikou.engines.rostering.exact import solve_whole  # noqa: E402
from tests.bench import nrp  # noqa: E402

TARGETS = {  # seconds, and how far above the best known cost is allowed; None: proved
    1: (30, None),
    2: (30, None),
    3: (30, None),
    4: (120, 0.01),
    5: (120, 0.01),
    6: (300, 0.05),
    7: (300, 0.05),
    8: (300, 0.05),
}


def lawful(problem: Problem, solution: Solution) -> bool:
    """Whether the checker agrees with the roster and its cost."""
    found = check(problem, solution.roster)
    return not any(conflict.hard for conflict in found) and cost(found) == solution.cost


def line(name: str, known: int, solution: Solution, wall: float, cpu: float, reached: float) -> str:
    """A row of the table."""
    above = (solution.cost - known) / known
    return (
        f"{name:<14}{solution.cost:>7}{solution.bound:>7}{'proved' if solution.proved else '':>8}"
        f"{above:>9.2%}{reached:>10.1f}{wall:>8.1f}{cpu:>8.1f}"
    )


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", type=int, nargs="*", default=sorted(TARGETS))
    parser.add_argument("--seconds", type=float, help="other limit than the targets'")
    parser.add_argument("--no-peer", action="store_true")
    arguments = parser.parse_args()
    if not nrp.path_of(1).exists():
        print(f"skipped: {nrp.MISSING}")
        return 0
    print(
        f"{'instance':<14}{'cost':>7}{'bound':>7}{'':>8}{'above':>9}"
        f"{'target at':>10}{'wall s':>8}{'CPU s':>8}"
    )
    missed = 0
    for number in arguments.only:
        problem, known = nrp.read(number), nrp.BEST_KNOWN[number]
        seconds, allowed = TARGETS[number]
        seconds = arguments.seconds or seconds
        goal = known * (1 + (allowed or 0))
        reached: list[float] = []

        def report(
            value: int, bound: int, at: float, goal: float = goal, all_of_it: bool = allowed is None
        ) -> None:
            if value <= goal and (not all_of_it or value <= bound):
                reached.append(at)  # noqa: B023 - used within this turn only

        began, cpu = time.monotonic(), time.process_time()
        ours = solve(problem, seconds, report=report)
        wall, used = time.monotonic() - began, time.process_time() - cpu
        good = lawful(problem, ours) and ours.cost <= goal and (allowed is not None or ours.proved)
        missed += not good
        at = reached[0] if reached else float("nan")
        print(line(f"{number} ours", known, ours, wall, used, at), "" if good else "MISSED", flush=True)
        if arguments.no_peer:
            continue
        began, cpu = time.monotonic(), time.process_time()
        peer = solve_whole(problem, seconds)
        wall, used = time.monotonic() - began, time.process_time() - cpu
        if peer is None:
            print(f"{number} CP-SAT: no roster in {wall:.1f} s")
            continue
        print(line(f"{number} CP-SAT", known, peer, wall, used, float("nan")), flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
