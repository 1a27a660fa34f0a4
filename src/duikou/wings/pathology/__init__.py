"""Slides of studies: taken in, examined, shown in tiles, marked, measured; key images for reports."""
