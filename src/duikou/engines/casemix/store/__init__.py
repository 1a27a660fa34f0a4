"""The store of stays: whole hospital-months, their versions, and the sums that pages read."""

from duikou.engines.casemix.store.model import Busy, Commit, Landed, Outcome, Refused, Submission, Unit
from duikou.engines.casemix.store.registry import Need, Repair, Row, reconcile
from duikou.engines.casemix.store.table import Store

__all__ = [
    "Busy",
    "Commit",
    "Landed",
    "Need",
    "Outcome",
    "Refused",
    "Repair",
    "Row",
    "Store",
    "Submission",
    "Unit",
    "reconcile",
]
