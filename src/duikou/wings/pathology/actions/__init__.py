"""Every write of the pathology wing."""

from duikou.wings.pathology.actions.marks import choose_image, draw, readable, remove_mark
from duikou.wings.pathology.actions.slides import add, bring_in, decide, note_findings

__all__ = ["add", "bring_in", "choose_image", "decide", "draw", "note_findings", "readable", "remove_mark"]
