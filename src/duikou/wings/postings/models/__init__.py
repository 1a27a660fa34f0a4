"""Requests for posted staff, postings with leave and appraisals, conduct records."""

from duikou.wings.postings.models.conduct import ConductAnswer, ConductRecord
from duikou.wings.postings.models.postings import Appraisal, Leave, Posting
from duikou.wings.postings.models.requests import StaffRequest

__all__ = [
    "Appraisal",
    "ConductAnswer",
    "ConductRecord",
    "Leave",
    "Posting",
    "StaffRequest",
]
