"""Pages of the staffing wing."""
