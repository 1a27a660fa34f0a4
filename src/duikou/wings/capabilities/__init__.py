"""The capability record: techniques of hospitals, their approvals, first cases and milestones."""
