"""Pages of the patients wing."""
