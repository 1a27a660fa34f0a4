"""Reads of the patients wing."""
