"""The swap planner: CPU seconds until the proof, beside the same plan by a solver alone.

    python tests/bench/bench_swap.py [--quick] [--no-peers] [--seeds N]

Fails when a plan is not proved, or a size needs more than its target.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from duikou.engines.swap import Plan, Problem, plan  # noqa: E402
from duikou.engines.swap.repair import repair  # noqa: E402
from tests.bench.swap_instances import hospital, province  # noqa: E402
from tests.bench.swap_peers import Peer, plain_cpsat, whole_highs  # noqa: E402

PEER_SECONDS = 60.0  # by the clock: on a busy machine that is less processor time


def measured(name: str, target: float, work: Callable[[], Plan]) -> tuple[Plan, float, bool]:
    """Do it, say how long it took and whether that is within the target."""
    started = time.process_time()
    found = work()
    seconds = time.process_time() - started
    proved = all(block.proved for block in found.blocks)
    met = proved and seconds <= target
    print(
        f"{name:<46} {seconds:7.2f} CPU-s (target {target:g}) {'met' if met else 'MISSED'}; "
        f"{found.status.value}; cost {found.value.total}, bound {found.bound}; {len(found.blocks)} blocks, "
        f"worst {max((block.cpu_seconds for block in found.blocks), default=0):.2f}",
        flush=True,
    )
    return found, seconds, met


def beside(problem: Problem, seconds: float, found: Plan) -> bool:
    """The peers on the same problem; their bound must not contradict the plan."""
    agreed = True
    for peer in (whole_highs, plain_cpsat):
        name, cost, bound, took = told(peer(problem, PEER_SECONDS))
        agreed = agreed and (bound is None or bound <= found.value.total + 1e-3)
        shown = "no plan" if cost is None else f"cost {cost:.0f}, bound {bound:.0f}"
        proved = cost is not None and bound is not None and bound > cost - 1
        # A peer that was stopped by the clock has no time to a proof, so no ratio either.
        ratio = f"{took / max(seconds, 1e-9):.1f} x" if proved else f"not proved in {PEER_SECONDS:.0f} s"
        print(f"    {name:<42} {took:7.2f} CPU-s, {ratio}; {shown}", flush=True)
    return agreed


def told(peer: Peer) -> Peer:
    """A peer without a plan has none."""
    name, cost, bound, took = peer
    return name, None if cost is None or abs(cost) > 1e15 else cost, bound, took


def main() -> int:
    """Measure; 1 when something is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the small hospital only")
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    good = []
    for seed in range(options.seeds):
        problem = hospital(seed, 40, 15)
        found, seconds, met = measured(
            f"40 doctors, 15 positions, 36 months ({seed})", 3, lambda problem=problem: plan(problem)
        )
        good.append(met)
        person = next(stay.person for stay in found.stays if stay.start >= 6)
        _, _, met = measured(
            f"  repair after one absence ({seed})",
            1,
            lambda problem=problem, found=found, person=person: repair(problem, found.stays, person, 6, 11),
        )
        good.append(met)
        if seed == 0 and not options.no_peers:
            good.append(beside(problem, seconds, found))
    if not options.quick:
        large = hospital(0, 120, 60)
        found, seconds, met = measured("120 doctors, 60 positions, 36 months", 10, lambda: plan(large))
        good.append(met)
        if not options.no_peers:
            good.append(beside(large, seconds, found))
        whole = province(0)
        _, _, met = measured(
            f"province: 67 hospitals, {len(whole.persons)} persons, {len(whole.places)} places", 120,
            lambda: plan(whole),
        )  # fmt: skip
        good.append(met)
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
