"""Faces of the media wing: pages, the files that players ask for, what a teacher's browser sends."""
