"""Clause ids as names of hidden bookmarks in Word files.

Word takes letters, digits and underscores, at most 40 characters; a name that begins with an
underscore is not shown to the writer. Clause ids have hyphens and no underscores, so that the way
back is plain.
"""

from __future__ import annotations

_PREFIX = "_dk_"


def bookmark(clause_id: str) -> str:
    """The bookmark of a clause: `_dk_supporter_posting`."""
    return _PREFIX + clause_id.replace("-", "_")


def clause_id(bookmark: str) -> str:
    """The clause that a bookmark stands for; empty where it is none of ours."""
    return bookmark.removeprefix(_PREFIX).replace("_", "-") if bookmark.startswith(_PREFIX) else ""
