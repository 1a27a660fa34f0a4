"""Pages of the education wing."""
