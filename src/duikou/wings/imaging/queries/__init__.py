"""Reads of the imaging wing."""

from duikou.wings.imaging.queries.keys import key_images
from duikou.wings.imaging.queries.studies import of_patient, reach, readable, right_to, studies, study

__all__ = ["key_images", "of_patient", "reach", "readable", "right_to", "studies", "study"]
