"""REST routes of the imaging wing: the same rows and acts as the pages."""

from duikou.wings.imaging.api import incoming, studies

__all__ = ["incoming", "routers", "studies"]

routers = (studies.router, incoming.router)
