"""Thousands of invented problems against the slow planner that tries everything.

    python -m tests.unit.engines.swap.fuzz [NUMBER] [FIRST SEED]

Says which seed differs, and how; the normal test takes a few dozen of the same.
"""

from __future__ import annotations

import sys

from duikou.engines.swap import Plan, Problem, Status, breaches_of, plan
from duikou.engines.swap.explain import why_short
from duikou.engines.swap.repair import changed_by, repair
from tests.unit.engines.swap.invented import tiny
from tests.unit.engines.swap.oracle import best, best_of_block, judged, size

MOST = 4000
"""Combinations that the slow planner is asked to try; a problem in a hundred has more, up to millions."""


def differences(seed: int) -> list[str] | None:
    """What is wrong with the plan of a problem, and with the answer to an absence; None: too many to try."""
    problem = tiny(seed)
    if size(problem) > MOST:
        return None
    found = plan(problem)
    return [*_judged(problem, found, best(problem)), *_repaired(problem, found, seed)]


def _judged(problem: Problem, found: Plan, right: tuple[int, int]) -> list[str]:
    short, cost = right
    missed = sum(one.minimum - one.present for one in found.shortages)
    wrong = []
    if (missed, found.value.total) != right:
        wrong.append(f"plan {missed, found.value.total}, oracle {right}")
    if judged(problem, list(found.stays)) != right:
        wrong.append(
            f"the oracle counts {judged(problem, list(found.stays))} for the plan, and {right} is best"
        )
    if found.bound != cost:
        wrong.append(f"bound {found.bound}, oracle {cost}")
    if found.status is not (Status.SHORT if short else Status.OPTIMAL):
        wrong.append(f"{found.status.value}, though the least shortage is {short}")
    explained = [why_short(problem, found.stays, one) for one in found.shortages]
    if bool(explained) != bool(short) or not all(texts for texts in explained):
        wrong.append("a shortage is not explained, or an explanation has no shortage")
    named = {one.rule for one in breaches_of(problem, found.stays)}
    if ("minimum" in named) != bool(short):
        wrong.append(f"breaches named: {sorted(named)}")
    if not problem.fixed and named - {"minimum"}:
        wrong.append(f"broken though nothing was fixed: {sorted(named)}")
    return wrong


def _repaired(problem: Problem, before: Plan, seed: int) -> list[str]:
    """An absence: the person's block is planned as the oracle would, everybody else stays as before."""
    person = problem.persons[seed % len(problem.persons)]
    first = seed // 7 % problem.months
    last = min(problem.months - 1, first + seed // 11 % 3)
    after = repair(problem, before.stays, person.key, first, last)
    changed, kept = changed_by(problem, before.stays, person.key, first, last)
    concerned = {key for block in after.blocks for key in block.persons} | {person.key}
    wrong = []
    others = {stay for stay in kept if stay.person not in concerned}
    if {stay for stay in after.stays if stay.person not in concerned} != others:
        wrong.append("the absence moved somebody of another block")
    missed = sum(one.minimum - one.present for one in after.shortages)
    right = best_of_block(changed, concerned, sorted(others))
    if (missed, after.value.total) != right:
        wrong.append(f"repair {missed, after.value.total}, oracle {right}")
    if any(
        stay.person == person.key and stay.start <= last and first < stay.end
        for stay in after.stays
        if stay not in problem.fixed
    ):
        wrong.append("the absent person is placed all the same")
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
