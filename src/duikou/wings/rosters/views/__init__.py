"""Pages of the rosters wing."""
