"""Pages of this wing, by subject."""
