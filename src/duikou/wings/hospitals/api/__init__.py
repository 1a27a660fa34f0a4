"""REST routes of the hospitals wing.

Rooms: `register` (lists and entries), `changes` (acts on an entry), `reviews` (uncertain names).
"""

from duikou.wings.hospitals.api.changes import router as changes
from duikou.wings.hospitals.api.register import router as register
from duikou.wings.hospitals.api.reviews import router as reviews

routers = (register, changes, reviews)

__all__ = ["routers"]
