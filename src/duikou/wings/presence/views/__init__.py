"""Pages of the presence wing."""
