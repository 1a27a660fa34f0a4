"""REST routes of the referrals wing: the same rows and acts as the pages."""

from duikou.wings.referrals.api import directory, numbers, referrals, steps
from duikou.wings.referrals.api._shapes import router

__all__ = ["directory", "numbers", "referrals", "routers", "steps"]

routers = (router,)
