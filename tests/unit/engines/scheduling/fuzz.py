"""Thousands of invented problems against the slow planner that tries everything.

    python -m tests.unit.engines.scheduling.fuzz [NUMBER] [FIRST SEED]

Says which seed differs, and how; the normal test takes a few dozen of the same.
"""

from __future__ import annotations

import sys

from duikou.engines.scheduling import Plan, Problem, Status, breaches_of, plan
from duikou.engines.scheduling.explain import why_meeting, why_none
from duikou.engines.scheduling.repair import absent
from tests.unit.engines.scheduling.invented import PER_DAY, tiny
from tests.unit.engines.scheduling.oracle import best, cost_of, size

MOST = 4000
"""Combinations that the slow planner is asked to try."""


def differences(seed: int) -> list[str] | None:
    """What is wrong with the plan of a problem, and with the answer to an absence; None: too many to try."""
    problem = tiny(seed)
    if size(problem) > MOST:
        return None
    found = plan(problem)
    return [*judged(problem, found), *_explained(problem, found), *_repaired(problem, found, seed)]


def judged(problem: Problem, found: Plan) -> list[str]:
    """Where a plan is not the best one."""
    right, wrong = best(problem), []
    if found.value.total != right:
        wrong.append(f"plan {found.value.total}, oracle {right}")
    if cost_of(problem, list(found.meetings)) != right:
        wrong.append(f"the oracle counts {cost_of(problem, list(found.meetings))}, and {right} is best")
    if found.bound != right or found.status is not Status.OPTIMAL:
        wrong.append(f"{found.status.value} with bound {found.bound}, oracle {right}")
    if not problem.fixed and breaches_of(problem, found.meetings):
        wrong.append(f"broken: {[one.rule for one in breaches_of(problem, found.meetings)]}")
    return wrong


def _explained(problem: Problem, found: Plan) -> list[str]:
    """Every answer has reasons, and none says that something better was left."""
    told = [why_meeting(problem, found.meetings, one) for one in found.meetings]
    told += [why_none(problem, found.meetings, one) for one in problem.requests if one.key in found.unserved]
    sentences = [text for text, others in told for text in (text, *(other.text for other in others))]
    wrong = [text.zh for text in sentences if "不是最好" in text.zh and not problem.fixed]
    return wrong + [text.zh for text in sentences if not text.en]


def _repaired(problem: Problem, before: Plan, seed: int) -> list[str]:
    """An absence: what is planned again is planned as the oracle would, everything else stays."""
    expert = problem.experts[seed % len(problem.experts)]
    first = seed // 7 % (problem.days * PER_DAY)
    last = first + seed // 11 % PER_DAY + 1
    after = absent(problem, before.meetings, expert.key, first, last)
    wrong = [f"repair: {said}" for said in judged(after.problem, after.plan) if "broken" not in said]
    if (
        set(before.meetings)
        - set(after.plan.meetings)
        - {one for one in before.meetings if one.request in after.again}
    ):
        wrong.append("the absence moved something that stands")
    lengths = {one.key: one.length for one in problem.requests}
    if any(
        expert.key in one.experts and one.start < last and first < one.start + lengths[one.request]
        for one in after.plan.meetings
    ):
        wrong.append("the absent expert is asked all the same")
    return wrong


def main() -> int:
    """Compare; 1 when anything differs."""
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    wrong = tried = 0
    for seed in range(first, first + number):
        told = differences(seed)
        tried += told is not None
        for said in told or []:
            wrong += 1
            print(f"seed {seed}: {said}", flush=True)
    print(f"{tried} of {number} problems from seed {first} tried: {wrong} differences")
    return 1 if wrong or not tried else 0


if __name__ == "__main__":
    sys.exit(main())
