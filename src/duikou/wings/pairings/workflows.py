"""The life cycles of this wing, read once from `workflow.toml`."""

from __future__ import annotations

from duikou.core.workflow import load

_ALL = load("duikou.wings.pairings")

FINDING = _ALL["finding"]
ANNEX_BATCH = _ALL["annex_batch"]
PROPOSAL = _ALL["proposal"]
DECLARATION_BATCH = _ALL["declaration_batch"]
