"""REST routes of the rooms wing: rooms of the caller, who was there, recordings."""

from duikou.wings.rooms.api import rooms
from duikou.wings.rooms.api._shapes import router

__all__ = ["rooms", "routers"]

routers = (router,)
