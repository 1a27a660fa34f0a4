"""Consultations planned together: CPU seconds until the proof, beside a greedy plan and a solver alone.

    python tests/bench/bench_scheduling.py [--quick] [--no-peers] [--seeds N]

Fails when a plan is not proved, a size needs more than its target, or greedy or the solver alone is better.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from duikou.engines.scheduling import Plan, Problem, Status, plan, value_of  # noqa: E402
from duikou.engines.scheduling.choices import choices_of  # noqa: E402
from duikou.engines.scheduling.greedy import completed  # noqa: E402
from duikou.engines.scheduling.repair import absent  # noqa: E402
from tests.bench.scheduling_instances import PER_DAY, province  # noqa: E402
from tests.bench.scheduling_peers import plain_cpsat  # noqa: E402

PEER_SECONDS = 60.0  # by the clock: on a busy machine that is less processor time


def measured(name: str, problem: Problem, target: float) -> tuple[Plan, float, bool]:
    """Plan it, say how long that took, and what greedy makes of it."""
    started = time.process_time()
    found = plan(problem)
    seconds = time.process_time() - started
    began = time.process_time()
    greedy = value_of(problem, completed(problem, choices_of(problem), ())).total
    met = found.status is Status.OPTIMAL and seconds <= target and found.value.total <= greedy
    print(
        f"{name:<46} {seconds:7.2f} CPU-s (target {target:g}) {'met' if met else 'MISSED'}; "
        f"{found.status.value}; cost {found.value.total}, bound {found.bound}; "
        f"{len(found.meetings)} of {len(problem.requests)} served\n"
        f"    greedy: cost {greedy} ({greedy / max(1, found.value.total):.3f} x) "
        f"in {time.process_time() - began:.2f} CPU-s",
        flush=True,
    )
    return found, seconds, met


def repaired(problem: Problem, found: Plan, target: float) -> bool:
    """One expert away for a day."""
    meeting = found.meetings[len(found.meetings) // 2]
    day = problem.day_of(meeting.start)
    started = time.process_time()
    after = absent(problem, found.meetings, meeting.experts[0], day * PER_DAY, (day + 1) * PER_DAY)
    seconds = time.process_time() - started
    met = after.plan.status is Status.OPTIMAL and seconds <= target
    print(
        f"  repair after one absence {seconds:.2f} CPU-s (target {target:g}) {'met' if met else 'MISSED'}; "
        f"{len(after.again)} requests planned again",
        flush=True,
    )
    return met


def beside(problem: Problem, seconds: float, found: Plan) -> bool:
    """The solver alone on the same problem; its bound must not contradict the plan."""
    name, cost, bound, took = plain_cpsat(problem, PEER_SECONDS)
    shown = "no plan" if cost is None else f"cost {cost:.0f}, bound {bound:.0f}"
    proved = cost is not None and bound > cost - 1
    # A peer that was stopped by the clock has no time to a proof, so no ratio either.
    ratio = f"{took / max(seconds, 1e-9):.1f} x" if proved else f"not proved in {PEER_SECONDS:.0f} s"
    print(f"    {name:<42} {took:7.2f} CPU-s, {ratio}; {shown}", flush=True)
    return bound <= found.value.total and (cost is None or cost >= found.value.total)


def main() -> int:
    """Measure; 1 when something is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the pair of hospitals only")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    good = []
    sizes = [("40 experts, 2 weeks, 150 requests", (40, 150, 2), 2.0, 0.5)]
    if not options.quick:
        sizes.append(("200 experts, 4 weeks, 1,500 requests", (200, 1500, 4), 20.0, 2.0))
    for name, (experts, requests, weeks), target, repair_target in sizes:
        for seed in range(options.seeds):
            problem = province(seed, experts, requests, weeks)
            found, seconds, met = measured(f"{name} ({seed})", problem, target)
            good += [met, repaired(problem, found, repair_target)]
            if seed == 0 and not options.no_peers:
                good.append(beside(problem, seconds, found))
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
