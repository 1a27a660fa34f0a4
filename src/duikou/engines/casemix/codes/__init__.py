"""Codes of diagnoses and operations: one spelling, and the way from one edition to another."""

from duikou.engines.casemix.codes.normalise import normal_dx, normal_px

__all__ = ["normal_dx", "normal_px"]
