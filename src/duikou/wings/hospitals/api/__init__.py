"""REST routes of the hospitals wing.

Rooms: `register` (lists and entries), `changes` (acts on an entry; the same addresses, so the same
router), `reviews` (uncertain names).
"""

from duikou.wings.hospitals.api.changes import router as register
from duikou.wings.hospitals.api.reviews import router as reviews

routers = (register, reviews)

__all__ = ["routers"]
