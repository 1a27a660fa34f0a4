"""Every read of this wing that a face needs, scoped to the actor and set-based.

Rooms: `rounds` (rounds and their public figures), `pairings`, `findings` (desk and
trend), `places` (panels of city, county, hospital), `imports` (batches in preview),
`report` (the audit as one document), `waiting` (what waits for a person).
"""

from duikou.wings.pairings.queries.report import latest_audit_report
from duikou.wings.pairings.queries.rounds import default_round, round_figures, round_named, rounds
from duikou.wings.pairings.queries.waiting import waits_for

__all__ = [
    "default_round",
    "latest_audit_report",
    "round_figures",
    "round_named",
    "rounds",
    "waits_for",
]
