"""REST routes of the hospitals wing.

Rooms: `register` (lists and entries), `changes` (acts on an entry; the same addresses,
so the same router), `reviews` (uncertain names).
"""

from duikou.wings.hospitals.api import changes as changes  # puts its acts on the register's router
from duikou.wings.hospitals.api.register import router as register
from duikou.wings.hospitals.api.reviews import router as reviews

routers = (register, reviews)

__all__ = ["routers"]
