"""REST routes of credits and certificates."""

from duikou.wings.credits.api import certificates, years

routers = (years.router, certificates.router)
__all__ = ["routers"]
