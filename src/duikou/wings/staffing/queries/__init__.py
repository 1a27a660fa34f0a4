"""Reads of the staffing wing."""
