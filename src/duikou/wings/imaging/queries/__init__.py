"""Reads of the imaging wing."""

from duikou.wings.imaging.queries.studies import of_patient, reach, right_to, studies, study

__all__ = ["of_patient", "reach", "right_to", "studies", "study"]
