"""Every read of the rosters wing."""

from duikou.wings.rosters.queries.duties import counterparts, duties_of, duty_beside, own_duties, own_swaps
from duikou.wings.rosters.queries.rosters import (
    departments,
    find_department,
    find_roster,
    managed_swaps,
    rosters,
)
from duikou.wings.rosters.queries.waiting import waits_for

__all__ = [
    "counterparts",
    "departments",
    "duties_of",
    "duty_beside",
    "find_department",
    "find_roster",
    "managed_swaps",
    "own_duties",
    "own_swaps",
    "rosters",
    "waits_for",
]
