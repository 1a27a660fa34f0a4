"""Tables of this wing. Rooms: `ledger` (obligations, what is said and shown about them), `people`
(who acts for whom, whose calendar)."""

from duikou.wings.obligations.models.ledger import (
    Evidence,
    EvidenceChange,
    Obligation,
    Reminder,
    Statement,
    TargetProposal,
)
from duikou.wings.obligations.models.people import CalendarFeed, Delegation

__all__ = [
    "CalendarFeed",
    "Delegation",
    "Evidence",
    "EvidenceChange",
    "Obligation",
    "Reminder",
    "Statement",
    "TargetProposal",
]
