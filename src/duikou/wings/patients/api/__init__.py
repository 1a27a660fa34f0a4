"""REST routes of the patients wing: the same rows and acts as the pages."""

from duikou.wings.patients.api import consents, keeping, records
from duikou.wings.patients.api._shapes import router

__all__ = ["consents", "keeping", "records", "routers"]

routers = (router,)
