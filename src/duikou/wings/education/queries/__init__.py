"""Reads of the education wing."""
