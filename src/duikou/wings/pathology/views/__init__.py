"""Pages of the pathology wing."""
