"""REST routes of the plans wing.

Rooms: `plans` (plans, their parts and steps), `tasks` (annual tasks, shares, workbooks), `boards` (the four
ones, the matrix of specialties, proposed departments).
"""

from duikou.wings.plans.api.boards import router as boards
from duikou.wings.plans.api.plans import router as plans
from duikou.wings.plans.api.tasks import router as tasks

routers = (plans, tasks, boards)

__all__ = ["routers"]
