"""Reads of the telehealth wing."""
