"""REST routes of the education wing: the same rows and acts as the pages."""

from duikou.wings.education.api import courses, learning, teaching
from duikou.wings.education.api._shapes import router

__all__ = ["courses", "learning", "routers", "teaching"]

routers = (router,)
