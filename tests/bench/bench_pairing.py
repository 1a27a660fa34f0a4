"""Measure the network regime of the pairing optimiser against other solvers in the same run.

    python tests/bench/bench_pairing.py                # all sizes, HiGHS as peer
    python tests/bench/bench_pairing.py --size national
    make bench-peers bench-pairing                     # also PuLP with CBC, and networkx

Prints CPU seconds (build + solve; imports and the making of the instance excluded) and the peak
memory of the process, each measurement in a process of its own. Peers solve the one-level problem
from the same arrays and must find the same optimum. Instances are invented from a fixed seed:
provincial (90 counties, 67 supporters, 151 recipients, all pairs), national (2,850 / 1,600 /
4,000, 40 candidates each), ten times national. Exit code 1 when objectives differ or a target is
missed. PuLP and networkx are left out, saying so, where they are not installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

import numpy as np  # noqa: E402

from duikou.engines.pairing.optimise.columns import Columns  # noqa: E402
from duikou.engines.pairing.optimise.flow import CODES, Basis  # noqa: E402
from duikou.engines.pairing.optimise.lexicographic import solve_network  # noqa: E402
from duikou.engines.pairing.optimise.model import Level, Plan, Problem, Status  # noqa: E402
from duikou.engines.pairing.optimise.network import PairingNetwork  # noqa: E402
from duikou.engines.pairing.optimise.pricing import Offer, solve_with_duals, worthwhile  # noqa: E402
from duikou.engines.pairing.optimise.session import Session  # noqa: E402
from duikou.engines.text import Text  # noqa: E402
from tests.bench import pairing_peers as peers  # noqa: E402
from tests.unit.engines.optimise.invented import round_of  # noqa: E402

SEED = 20261127
SIZES: dict[str, dict[str, int]] = {
    "provincial": {"supporters": 67, "recipients": 151, "counties": 90, "offers": 67},
    "national": {"supporters": 1_600, "recipients": 4_000, "counties": 2_850, "offers": 40},
    "ten times": {"supporters": 16_000, "recipients": 40_000, "counties": 28_500, "offers": 40},
}
WEIGHTS = {"coverage": 1_000_000, "quotas": 20_000, "fit": 10, "stability": 200, "travel": 1}

# (size, what): most CPU seconds, most megabytes
TARGETS = {
    ("national", "one level"): (0.3, 200),
    ("national", "five levels"): (1.0, 200),
    ("ten times", "one level"): (5.0, 600),
    ("ten times", "five levels"): (5.0, 600),
}
RATIOS = {"HiGHS simplex": 15, "HiGHS MIP": 25, "PuLP + CBC": 75, "networkx": 300}
SOLVER_MILLISECONDS = 10.0  # one edit of the national round, all levels


def weighted(problem: Problem) -> Problem:
    """Fold the five levels into one weighted level, which any solver can minimise."""
    cost = np.zeros(len(problem.candidates), dtype=np.int64)
    prices: dict[str, int] = {}
    for level in problem.levels:
        weight = WEIGHTS[level.name]
        if level.cost is not None:
            cost += weight * level.cost
        prices |= {rule: weight * price for rule, price in level.prices.items()}
    return replace(problem, levels=[Level("one", Text("一", "one"), Text("分", "points"), cost, prices)])


def cpu_seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the CPU time of one run, and what it returned."""
    begin = time.process_time()
    answer = work()
    return time.process_time() - begin, answer


def measured(plan_of: Callable[[], Plan]) -> dict[str, Any]:
    seconds, plan = cpu_seconds(plan_of)
    if plan.status is not Status.OPTIMAL:
        raise SystemExit(f"not proved: {plan.status}")
    return {"seconds": seconds, "objective": plan.values[-1].value, "chosen": _digest(plan)}


def _digest(plan: Plan) -> str:
    return f"{len(plan.chosen)} pairs, digest {int(plan.chosen.astype(np.uint64) @ plan.chosen) % 10**9}"


def network(levels: str, code: int) -> Callable[[Problem], dict[str, Any]]:
    """Solve with one of the two flow codes."""

    def run(problem: Problem) -> dict[str, Any]:
        posed = weighted(problem) if levels == "one" else problem
        return measured(lambda: solve_network(posed, codes=[CODES[code]]))

    return run


def peer(solve: Callable[[peers.Model], float]) -> Callable[[Problem], dict[str, Any]]:
    """Let another solver minimise the one-level network."""

    def run(problem: Problem) -> dict[str, Any]:
        posed = weighted(problem)
        pairing = PairingNetwork.of(posed, Columns.of(posed))
        model = peers.Model(pairing.network, pairing.costs(posed.levels[0]))
        seconds, value = cpu_seconds(lambda: solve(model))
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds += children.ru_utime + children.ru_stime  # CBC is a program of its own
        return {"seconds": seconds, "objective": round(value) + pairing.nothing[0]}

    return run


def edits(problem: Problem) -> dict[str, Any]:
    """Lock 15 pairs and forbid 15, one after the other; the plan must stay that of a cold solve."""
    session, chance = Session(problem), np.random.default_rng(SEED)
    spent = [0.0]
    solve = Basis.solve

    def timed(basis: Basis, cost: Any) -> Any:
        seconds, answer = cpu_seconds(lambda: solve(basis, cost))
        spent[0] += seconds
        return answer

    Basis.solve = timed  # type: ignore[method-assign]
    whole, solver, differ = [], [], 0
    for step in range(30):
        spent[0] = 0.0
        if step % 2:
            index = int(chance.choice(session.plan.chosen))
            seconds, plan = cpu_seconds(lambda index=index: session.edit(forbid=[index]))
        else:
            index = int(chance.integers(len(problem.candidates)))
            seconds, plan = cpu_seconds(lambda index=index: session.edit(lock=[index]))
        whole.append(1000 * seconds)
        solver.append(1000 * spent[0])
        cold = solve_network(session.problem)
        differ += (cold.values, cold.chosen.tolist()) != (plan.values, plan.chosen.tolist())
    return {"whole": sorted(whole), "solver": sorted(solver), "differ": differ}


def dense(problem: Problem) -> dict[str, Any]:
    """Price every pair that is no candidate, as far away as can be, against the sparse plan."""
    supporters, recipients = len(problem.supporters), len(problem.recipients)
    pairs = problem.candidates
    left_out = np.ones(supporters * recipients, dtype=np.bool_)
    left_out[pairs.supporter.astype(np.int64) * recipients + pairs.recipient] = False
    supporter, recipient = (one.astype(np.int32) for one in np.divmod(np.flatnonzero(left_out), recipients))
    far = np.full(len(supporter), 8000, dtype=np.int64)
    offer = Offer(supporter, recipient, [None, None, 0 * far, 0 * far + 1, far])
    seconds, (_, duals) = cpu_seconds(lambda: solve_with_duals(problem))
    if duals is None:
        raise SystemExit("no plan")
    passing, found = cpu_seconds(lambda: worthwhile(problem, duals, offer))
    return {"seconds": seconds, "pass": passing, "pairs": len(supporter), "found": len(found)}


TASKS: dict[str, Callable[[Problem], dict[str, Any]]] = {
    "one level": network("one", 0),
    "one level, OR-Tools": network("one", 1),
    "five levels": network("five", 0),
    "five levels, OR-Tools": network("five", 1),
    "HiGHS simplex": peer(peers.highs_simplex),
    "HiGHS MIP": peer(peers.highs_mip),
    "PuLP + CBC": peer(peers.pulp_cbc),
    "networkx": peer(peers.networkx_simplex),
    "edits": edits,
    "dense": dense,
}
NEEDS = {"PuLP + CBC": "pulp", "networkx": "networkx"}


def in_own_process(size: str, task: str) -> dict[str, Any]:
    """Run one measurement in a fresh process, so that its peak memory is its own."""
    command = [sys.executable, __file__, "--size", size, "--task", task]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{size}, {task}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def one_task(size: str, task: str) -> None:
    """Print one measurement as JSON."""
    problem = round_of(SEED, **SIZES[size])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    answer = TASKS[task](problem)
    answer |= {"before": before, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10}
    print(json.dumps(answer))


def compare(size: str, missed: list[str]) -> None:
    """Print the measurements of one size."""
    shape = SIZES[size]
    print(
        f"\n{size}: {shape['counties']:,} counties, {shape['supporters']:,} supporters, "
        f"{shape['recipients']:,} recipients, {shape['recipients'] * shape['offers']:,} pairs (seed {SEED})"
    )
    base, plans = 0.0, {}
    for task in TASKS:
        if task in ("edits", "dense") or (size == "ten times" and task in RATIOS and task != "HiGHS simplex"):
            continue
        if task in NEEDS and importlib.util.find_spec(NEEDS[task]) is None:
            print(f"  {task:24} left out: {NEEDS[task]} is not installed (make bench-peers)")
            continue
        found = in_own_process(size, task)
        base = base or found["seconds"]
        ratio = found["seconds"] / base
        print(
            f"  {task:24} {found['seconds']:9.3f} s CPU {found['peak']:6,} MB peak "
            f"(instance {found['before']:,} MB) {ratio:8.1f} ×  {found.get('chosen', '')}"
        )
        plans[task] = found
        seconds, megabytes = TARGETS.get((size, task), (float("inf"), float("inf")))
        if found["seconds"] > seconds or found["peak"] > megabytes:
            missed.append(f"{size}, {task}: at most {seconds} s and {megabytes} MB")
        if size == "national" and task in RATIOS and ratio < RATIOS[task]:
            missed.append(f"{size}: at least {RATIOS[task]} × faster than {task}")
        if found["objective"] != plans["five levels" if "five" in task else "one level"]["objective"]:
            missed.append(f"{size}: {task} finds another optimum, {found['objective']}")
    for levels in ("one level", "five levels"):
        if plans[levels]["chosen"] != plans[f"{levels}, OR-Tools"]["chosen"]:
            missed.append(f"{size}: the two flow codes give different plans at {levels}")


def after_edits(size: str, missed: list[str]) -> None:
    """Print what one edit of a session costs."""
    found = in_own_process(size, "edits")
    whole, solver = found["whole"], found["solver"]
    print(
        f"  one edit, five levels    {whole[15]:9.1f} ms CPU (max {whole[-1]:.1f}), of it solver "
        f"{solver[15]:.1f} ms (max {solver[-1]:.1f}); {30 - found['differ']} of 30 equal a cold solve"
    )
    if found["differ"]:
        missed.append(f"{size}: {found['differ']} edits differ from a cold solve")
    if size == "national" and solver[15] > SOLVER_MILLISECONDS:
        missed.append(f"{size}: an edit takes more than {SOLVER_MILLISECONDS} ms in the solver")


def main() -> int:
    """Print all measurements; exit code 1 when an objective differs or a target is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", choices=list(SIZES), help="measure one size only")
    parser.add_argument("--task", choices=list(TASKS), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.task:
        one_task(options.size, options.task)
        return 0
    missed: list[str] = []
    for size in [options.size] if options.size else list(SIZES):
        compare(size, missed)
        if size != "ten times":
            after_edits(size, missed)
            found = in_own_process(size, "dense")
            print(
                f"  proof for all pairs      {found['seconds']:9.3f} s CPU with duals, then "
                f"{found['pass']:.3f} s for {found['pairs']:,} pairs left out ({found['found']:,} would help)"
            )
    for line in missed:
        print(f"target missed: {line}", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
