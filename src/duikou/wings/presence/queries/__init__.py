"""Reads of the presence wing."""

from duikou.wings.presence.queries.sums import days_present, work_of

__all__ = ["days_present", "work_of"]
