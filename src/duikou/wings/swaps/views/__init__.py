"""Pages of the swaps wing."""
