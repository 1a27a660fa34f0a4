"""REST routes of presence and work."""

from duikou.wings.presence.api.host import router as host
from duikou.wings.presence.api.own import router as own

routers = (own, host)
__all__ = ["routers"]
