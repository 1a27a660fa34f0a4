"""REST routes of the media wing: recordings of the own hospital."""

from duikou.wings.media.api import recordings
from duikou.wings.media.api._shapes import router

__all__ = ["recordings", "routers"]

routers = (router,)
