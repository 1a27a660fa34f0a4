"""REST routes of the places wing.

Rooms: `divisions` (units, changes, tile grid), `travel` (distances), `boundaries` (outlines).
"""

from duikou.wings.places.api.boundaries import router as boundaries
from duikou.wings.places.api.divisions import router as divisions
from duikou.wings.places.api.travel import router as travel

routers = (divisions, travel, boundaries)

__all__ = ["routers"]
