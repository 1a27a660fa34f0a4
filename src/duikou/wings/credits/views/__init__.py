"""Pages of credits and certificates."""
