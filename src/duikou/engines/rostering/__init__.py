"""The roster of a department that works with own and posted staff (PER-05).

`model` says what a roster is judged by, `check` judges a finished one, `solve` makes one with a bound.
"""

from duikou.engines.rostering.check import Conflict, check, cost
from duikou.engines.rostering.faults import RosterFault
from duikou.engines.rostering.model import (
    Assignment,
    Busy,
    Demand,
    Fixed,
    Limits,
    Problem,
    Share,
    Shift,
    Solution,
    Staff,
    Wish,
    fair_share,
)
from duikou.engines.rostering.solving import solve

__all__ = [
    "Assignment",
    "Busy",
    "Conflict",
    "Demand",
    "Fixed",
    "Limits",
    "Problem",
    "RosterFault",
    "Share",
    "Shift",
    "Solution",
    "Staff",
    "Wish",
    "check",
    "cost",
    "fair_share",
    "solve",
]
