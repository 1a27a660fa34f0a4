"""Every write of the rosters wing."""

from duikou.wings.rosters.actions.cells import assign
from duikou.wings.rosters.actions.needs import drop_day, set_days, set_week
from duikou.wings.rosters.actions.rosters import (
    keep_solution,
    open_roster,
    publish,
    reopen,
    request_solution,
)
from duikou.wings.rosters.actions.rules import (
    add_absence,
    begin,
    keep_shift,
    retire_shift,
    set_limits,
    set_member,
    withdraw_absence,
)
from duikou.wings.rosters.actions.swaps import answer, ask, decide, withdraw
from duikou.wings.rosters.actions.wishes import drop_wish, make_wish

__all__ = [
    "add_absence",
    "answer",
    "ask",
    "assign",
    "begin",
    "decide",
    "drop_day",
    "drop_wish",
    "keep_shift",
    "keep_solution",
    "make_wish",
    "open_roster",
    "publish",
    "reopen",
    "request_solution",
    "retire_shift",
    "set_days",
    "set_limits",
    "set_member",
    "set_week",
    "withdraw",
    "withdraw_absence",
]
