"""Reads of the pathology wing: who may see a study and its patient sees the slides."""

from duikou.wings.pathology.queries.slides import (
    key_image,
    key_images,
    mark,
    marks,
    open_studies,
    own_studies,
    slide,
    slides,
    waits_for,
)

__all__ = [
    "key_image",
    "key_images",
    "mark",
    "marks",
    "open_studies",
    "own_studies",
    "slide",
    "slides",
    "waits_for",
]
