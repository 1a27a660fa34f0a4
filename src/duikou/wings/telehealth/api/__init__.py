"""REST routes of the telehealth wing: the same rows and acts as the pages."""

from duikou.wings.telehealth.api import consultations, pool, sessions
from duikou.wings.telehealth.api._shapes import router

__all__ = ["consultations", "pool", "routers", "sessions"]

routers = (router,)
