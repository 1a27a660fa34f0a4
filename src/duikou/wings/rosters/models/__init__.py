"""Tables of the rosters wing."""

from duikou.wings.rosters.models.rosters import Duty, DutyFeed, Roster, SwapRequest
from duikou.wings.rosters.models.rules import Absence, Member, Need, RosterRules, Shift, Wish

__all__ = [
    "Absence",
    "Duty",
    "DutyFeed",
    "Member",
    "Need",
    "Roster",
    "RosterRules",
    "Shift",
    "SwapRequest",
    "Wish",
]
