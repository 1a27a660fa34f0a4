"""Every write of the swaps wing."""

from duikou.wings.swaps.actions.adopting import adopt, agree
from duikou.wings.swaps.actions.editing import change_stay, drop_stay
from duikou.wings.swaps.actions.planning import discard, make_plan
from duikou.wings.swaps.actions.repairing import adopt_repair, drop_repair, keep_repair, request_repair
from duikou.wings.swaps.actions.solutions import keep_solution, request_solution

__all__ = [
    "adopt",
    "adopt_repair",
    "agree",
    "change_stay",
    "discard",
    "drop_repair",
    "drop_stay",
    "keep_repair",
    "keep_solution",
    "make_plan",
    "request_repair",
    "request_solution",
]
