"""Every read of this wing that a face needs, scoped to the actor, in a fixed number of queries.

Rooms: `agreements` (list, one with all that belongs to it, files), `comparing` (two texts), `duties`
(for the ledger), `rounds` (deadline, who is late), `waiting` (what waits for a person).
"""

from duikou.wings.agreements.queries.duties import duties, holder_of
from duikou.wings.agreements.queries.waiting import waits_for

__all__ = ["duties", "holder_of", "waits_for"]
