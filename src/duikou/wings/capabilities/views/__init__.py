"""Pages of the capability record."""
