"""Search by Chinese (two characters suffice), pinyin and initials.

A wing registers a `Source` per kind of thing in its app's `ready()`; rows are indexed
when they are saved, and `rebuild()` after bulk loads. What a person finds is decided
by the source's own scoped query, never by the index.
"""

from duikou.core.search.index import Document, Source, rebuild, register, sources
from duikou.core.search.query import Hit, find, keys

__all__ = ["Document", "Hit", "Source", "find", "keys", "rebuild", "register", "sources"]
