"""REST routes of the swaps wing."""

from duikou.wings.swaps.api import plans, repairs

routers = (plans.router, repairs.router)
__all__ = ["routers"]
