"""The life cycles of this wing, read once from `workflow.toml`."""

from __future__ import annotations

from duikou.core.workflow import load

_ALL = load("duikou.wings.plans")

PLAN = _ALL["plan"]
YEAR_TASK = _ALL["year_task"]
