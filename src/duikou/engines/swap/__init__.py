"""Posted doctors and trainees planned together, month by month, so that neither side falls short.

`model` holds the values, `solve` the planner (blocks, sparse interval rows, HiGHS with proof), `check`
judges a plan without it, `repair` answers an absence, `explain` says why.
"""

from duikou.engines.swap.check import breaches_of, value_of
from duikou.engines.swap.model import (
    BadProblem,
    Breach,
    Department,
    Person,
    Place,
    Plan,
    Problem,
    Status,
    Stay,
    Way,
    Weights,
)
from duikou.engines.swap.solve import plan

__all__ = [
    "BadProblem",
    "Breach",
    "Department",
    "Person",
    "Place",
    "Plan",
    "Problem",
    "Status",
    "Stay",
    "Way",
    "Weights",
    "breaches_of",
    "plan",
    "value_of",
]
