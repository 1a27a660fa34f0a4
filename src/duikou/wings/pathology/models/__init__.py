"""Tables of the pathology wing."""

from duikou.wings.pathology.models.marks import KeyImage, Mark
from duikou.wings.pathology.models.slides import Slide

__all__ = ["KeyImage", "Mark", "Slide"]
