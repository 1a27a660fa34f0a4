"""REST routes of the capability record."""

from duikou.wings.capabilities.api.record import router

routers = (router,)
__all__ = ["routers"]
