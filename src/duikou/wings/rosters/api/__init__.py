"""REST routes of the rosters wing."""

from duikou.wings.rosters.api import departments, exchanges, own, rosters

routers = (rosters.router, departments.router, own.router, exchanges.router)
__all__ = ["routers"]
