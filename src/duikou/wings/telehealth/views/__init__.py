"""Pages of the telehealth wing."""
