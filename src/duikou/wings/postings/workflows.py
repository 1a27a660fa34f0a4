"""The life cycles of this wing, read once from `workflow.toml`."""

from duikou.core.workflow import load

_ALL = load("duikou.wings.postings")
POSTING, STAFF_REQUEST = _ALL["posting"], _ALL["staff_request"]
