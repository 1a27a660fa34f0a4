"""Rounds with rules that break the network: our curve beside HiGHS on the whole model.

    python tests/bench/bench_pairing_side.py [--size provincial|national] [--seconds 300] [--seed 1]

Both get the same instance and the same CPU seconds (not wall time: the machine may be
shared), one thread each. With pyscipopt installed, SCIP gets the model too.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import highspy
import numpy as np

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from duikou.engines.pairing.optimise.decompose import solve_large  # noqa: E402
from duikou.engines.pairing.optimise.model import Problem, Progress  # noqa: E402
from duikou.engines.pairing.optimise.restate import restated  # noqa: E402
from duikou.engines.pairing.optimise.submodel import Submodel  # noqa: E402
from tests.bench.side_instances import NATIONAL, PROVINCIAL, invented  # noqa: E402

SIZES = {size.name: size for size in (PROVINCIAL, NATIONAL)}
MARKS = (10, 30, 60, 120, 300, 600, 1200, 1800)

Point = tuple[float, float | None, float | None]


def ours(problem: Problem, seconds: float) -> list[Point]:
    """Return (CPU seconds, incumbent, bound) of the decomposition."""
    points: list[Point] = []

    def report(point: Progress) -> None:
        points.append((point.seconds, point.incumbent, point.bound))

    plan = solve_large(problem, seconds=seconds, clock=time.process_time, report=report)
    points.append((plan.cpu_seconds, plan.values[0].value, plan.values[0].bound))
    return points


def whole(problem: Problem) -> highspy.Highs:
    """Return HiGHS with the whole model."""
    model = restated(problem, problem.levels)
    nothing = np.zeros(model.arcs, dtype=np.bool_)
    return Submodel(model, (), np.flatnonzero(model.allowed), nothing).stated()


def highs(problem: Problem, seconds: float) -> list[Point]:
    """Return the curve of HiGHS on the whole model."""
    solver = whole(problem)
    points: list[Point] = []
    started = time.process_time()

    def look(event: highspy.highs.HighsCallbackEvent) -> None:
        used = time.process_time() - started
        best, bound = event.data_out.mip_primal_bound, event.data_out.mip_dual_bound
        points.append((used, best if np.isfinite(best) else None, bound if np.isfinite(bound) else None))
        if used > seconds:
            event.interrupt()

    def stop(event: highspy.highs.HighsCallbackEvent) -> None:
        # The first linear program alone may take longer than the limit.
        if time.process_time() - started > seconds:
            event.interrupt()

    solver.cbMipInterrupt += look
    solver.cbSimplexInterrupt += stop
    solver.solve()
    return points


def scip(problem: Problem, seconds: float) -> list[Point]:
    """Return where SCIP ends on the whole model."""
    from pyscipopt import Model

    with TemporaryDirectory() as folder:
        path = str(Path(folder) / "whole.mps")
        whole(problem).writeModel(path)
        solver = Model()
        solver.hideOutput()
        solver.readProblem(path)
        solver.setParam("timing/clocktype", 1)  # CPU time
        solver.setParam("limits/time", seconds)
        started = time.process_time()
        solver.optimize()
        best = solver.getObjVal() if solver.getNSols() else None
        return [(time.process_time() - started, best, solver.getDualbound())]


def show(name: str, points: list[Point], seconds: float) -> None:
    """Print what was reached at the marks."""
    for mark in (*(mark for mark in MARKS if mark < seconds), seconds):
        before = [point for point in points if point[0] <= mark * 1.02]
        if not before:
            continue
        _, best, bound = before[-1]
        gap = "" if best is None or bound is None else f"{(best - bound) / max(1.0, abs(best)):.3%}"
        print(f"{name:<8}{mark:>8.0f} s {_number(best):>14}{_number(bound):>14}{gap:>12}", flush=True)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"


def main() -> None:
    """Print the curves."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="provincial")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    problem = invented(SIZES[arguments.size], arguments.seed)
    print(f"{problem.key}: {len(problem.candidates)} candidates; CPU seconds, incumbent, bound, gap")
    peers: dict[str, Callable[[Problem, float], list[Point]]] = {"ours": ours, "HiGHS": highs}
    if importlib.util.find_spec("pyscipopt"):
        peers["SCIP"] = scip
    for name, peer in peers.items():
        show(name, peer(problem, arguments.seconds), arguments.seconds)


if __name__ == "__main__":
    main()
