"""Every read of this wing that a face needs, scoped to the actor and set-based.

Rooms: `submissions` (batches, their reports, what waits), `worklist` (months that are
missing), `figures` (indicators out of the store's small sums), `schemes`.
"""
