"""Solves in processes of their own: same plans; whatever happens there, an answer comes back."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys

import pytest

from duikou.engines.pairing.optimise.columns import Columns, values_of
from duikou.engines.pairing.optimise.exact import solve_exact
from duikou.engines.pairing.optimise.first import first_plan
from duikou.engines.pairing.optimise.model import BadProblem, Cancelled, Plan, Problem, Progress, Status
from duikou.engines.pairing.optimise.process import isolated
from tests.unit.engines.optimise import oracle
from tests.unit.engines.optimise.hard_cases import hard_problem

DOUBLES = "tests.unit.engines.optimise.doubles"
SMALL = hard_problem(5, 6, 9)
HARD = hard_problem(2)


def assert_first_plan_kept(problem: Problem, plan: Plan) -> None:
    """What the doubles send before they misbehave is there, with its values and no false bound."""
    first = first_plan(problem)
    assert first is not None
    assert plan.chosen.tolist() == first.tolist()
    values = values_of(problem, Columns.of(problem), first)
    assert tuple(level.value for level in plan.values) == values
    best = solve_exact(problem)
    assert plan.values[0].bound <= best.values[0].value
    assert all(level.bound <= level.value for level in plan.values)
    assert list(plan.breaches) == oracle.breaches_of(problem, frozenset(first.tolist()))


def assert_nobody_left() -> None:
    assert multiprocessing.active_children() == []


def test_the_plan_is_that_of_a_solve_at_home() -> None:
    heard: list[Progress] = []
    plan = isolated("solve_exact", SMALL, report=heard.append)
    home = solve_exact(SMALL)
    assert plan.status is Status.OPTIMAL
    assert (plan.chosen.tolist(), plan.values, plan.breaches) == (
        home.chosen.tolist(),
        home.values,
        home.breaches,
    )
    assert {point.level for point in heard} >= {level.name for level in SMALL.levels}
    assert_nobody_left()


def test_contradictions_come_back_as_such() -> None:
    every = range(len(SMALL.candidates))
    assert isolated("solve_exact", SMALL.edited(lock=every)).status is Status.INFEASIBLE


def test_a_wish_to_stop_is_heard() -> None:
    def stop(progress: Progress) -> None:
        if progress.level == "fit":
            raise Cancelled

    plan = isolated("solve_exact", HARD, seconds=600, report=stop, grace=60)
    assert plan.status is Status.CANCELLED
    assert plan.solver.startswith("HiGHS")  # the worker itself answered
    assert oracle.keeps_hard_rules(HARD, frozenset(plan.chosen.tolist()))
    assert plan.values[0].proved
    assert_nobody_left()


def test_who_does_not_hear_is_ended_and_the_best_plan_kept() -> None:
    def stop(progress: Progress) -> None:
        if progress.level:
            raise Cancelled

    plan = isolated(f"{DOUBLES}:deaf", SMALL, report=stop, grace=0.3)
    assert plan.status is Status.CANCELLED
    assert plan.note is not None
    assert "stopped on request" in plan.note.en
    assert_first_plan_kept(SMALL, plan)
    assert_nobody_left()


def test_a_silent_solve_can_be_stopped() -> None:
    def stop(progress: Progress) -> None:
        raise Cancelled

    plan = isolated(f"{DOUBLES}:silent", SMALL, report=stop, grace=0.3)
    assert (plan.status, plan.chosen.tolist(), plan.values) == (Status.CANCELLED, [], ())
    assert_nobody_left()


def test_the_time_limit_holds_for_who_does_not_keep_it() -> None:
    plan = isolated(f"{DOUBLES}:deaf", SMALL, seconds=0.1, grace=0.3)
    assert plan.status is Status.FEASIBLE
    assert_first_plan_kept(SMALL, plan)
    nothing = isolated(f"{DOUBLES}:silent", SMALL, seconds=0.1, grace=0.3)
    assert (nothing.status, nothing.chosen.tolist()) == (Status.FAILED, [])
    assert_nobody_left()


def test_a_killed_worker_is_no_exception() -> None:
    def kill(progress: Progress) -> None:
        if progress.level:
            for worker in multiprocessing.active_children():
                assert worker.pid is not None
                os.kill(worker.pid, signal.SIGKILL)

    plan = isolated(f"{DOUBLES}:deaf", SMALL, report=kill)
    assert plan.status is Status.FAILED
    assert plan.note is not None
    assert "信号 9" in plan.note.zh
    assert "signal 9" in plan.note.en
    assert_first_plan_kept(SMALL, plan)
    assert not any(level.proved for level in plan.values if level.value)
    assert_nobody_left()


@pytest.mark.parametrize(
    ("double", "what"),
    [
        ("aborting", f"signal {int(signal.SIGABRT)}"),
        ("leaving", "code 3"),
        ("failing", "ZeroDivisionError: pivot"),
        ("hungry", "more memory than allowed (300 MB)"),
    ],
)
def test_a_worker_that_fails_says_how(double: str, what: str) -> None:
    plan = isolated(f"{DOUBLES}:{double}", SMALL, megabytes=300)
    assert plan.status is Status.FAILED
    assert plan.note is not None
    assert what in plan.note.en
    assert (len(plan.chosen) > 0) == (double == "aborting")
    assert_nobody_left()


def test_fault_found_with_the_problem_is_the_callers() -> None:
    with pytest.raises(BadProblem) as caught:
        isolated(f"{DOUBLES}:refusing", SMALL)
    assert caught.value.message.en == "A pair stands twice."
    assert_nobody_left()


def test_an_error_of_the_report_leaves_no_worker() -> None:
    def broken(progress: Progress) -> None:
        raise LookupError("the caller's own")

    with pytest.raises(LookupError):
        isolated(f"{DOUBLES}:deaf", SMALL, report=broken)
    assert_nobody_left()


FLOW = """
from ortools.graph.python import min_cost_flow
def flow():
    graph = min_cost_flow.SimpleMinCostFlow()
    graph.add_arc_with_capacity_and_unit_cost(0, 1, 2, 3)
    graph.set_node_supply(0, 2)
    graph.set_node_supply(1, -2)
    assert graph.solve() == graph.OPTIMAL and graph.optimal_cost() == 6
"""
HIGHS = """
import highspy
def linear():
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.addVars(2, [0.0, 0.0], [4.0, 4.0])
    solver.changeColsCost(2, [0, 1], [1.0, 2.0])
    solver.changeColsIntegrality(2, [0, 1], [highspy.HighsVarType.kInteger] * 2)
    solver.addRow(3.5, 9.0, 2, [0, 1], [1.0, 1.0])
    solver.run()
    assert solver.getObjectiveValue() == 4
"""


@pytest.mark.parametrize("order", [(FLOW, HIGHS), (HIGHS, FLOW)], ids=["flow first", "HiGHS first"])
@pytest.mark.parametrize("calls", ["flow(); linear()", "linear(); flow()"])
def test_both_solvers_live_in_one_process(order: tuple[str, str], calls: str) -> None:
    """Newer releases of HiGHS and OR-Tools cannot be loaded together; these must be, in either order."""
    done = subprocess.run(
        [sys.executable, "-c", "".join(order) + calls], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
