"""REST routes of the pathology wing: the same rows and acts as the pages."""

from duikou.wings.pathology.api import slides
from duikou.wings.pathology.api.slides import router

__all__ = ["routers", "slides"]

routers = (router,)
