"""Every write of the capability record."""

from duikou.wings.capabilities.actions.approvals import approve, declare_independent, end_approval
from duikou.wings.capabilities.actions.performances import Case, record_case, withdraw_case

__all__ = ["Case", "approve", "declare_independent", "end_approval", "record_case", "withdraw_case"]
