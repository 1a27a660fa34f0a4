"""REST routes of the ledger."""

from duikou.wings.obligations.api import acts, ledger

routers = (ledger.router, acts.router)
