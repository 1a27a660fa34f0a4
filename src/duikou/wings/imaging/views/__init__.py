"""Pages of the imaging wing."""
