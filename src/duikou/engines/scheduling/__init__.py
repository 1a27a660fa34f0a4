"""Consultations planned together: which experts, on which day, from which hour, so that few wait.

The seam. Whoever keeps requests and experts' hours makes a `Problem` of them (time in whole cells from the
first day's midnight on; `Problem.cell_of` and `time_of` translate) and calls

- `answer(problem, seconds=…)` in a process of its own (`partial` pickles it; it answers a `Plan`, or a
  `Text` that says what is wrong with the input); `plan` is the same and raises BadProblem;
- `breaches_of(problem, meetings)` after an edit by hand: every rule broken, each in words;
- `repair.absent`, `repair.joined`: one expert is away, one request is new; announced meetings stay where
  they are unless an urgent request would otherwise get none;
- `explain.why_meeting`, `explain.why_none`: why this slot, why none, candidate by candidate.

Meetings that are announced belong in `Problem.fixed` (they stand whatever happens) or in
`Problem.published` (may be moved for a price). `model` holds the values, `choices` what is possible,
`master` the sessions' program in HiGHS, `placing` the hours within a day (CP-SAT), `solve` joins both with
proof, `greedy` is the first plan, `check` judges a plan without any solver.
"""

from duikou.engines.scheduling.check import breaches_of, value_of
from duikou.engines.scheduling.model import (
    BadProblem,
    Breach,
    Expert,
    Meeting,
    Plan,
    Problem,
    Request,
    Seat,
    Status,
    Value,
    Weights,
)
from duikou.engines.scheduling.solve import answer, plan

__all__ = [
    "BadProblem",
    "Breach",
    "Expert",
    "Meeting",
    "Plan",
    "Problem",
    "Request",
    "Seat",
    "Status",
    "Value",
    "Weights",
    "answer",
    "breaches_of",
    "plan",
    "value_of",
]
