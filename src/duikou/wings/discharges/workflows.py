"""The life cycles of this wing, read once from `workflow.toml`."""

from __future__ import annotations

from duikou.core.workflow import load

SUBMISSION = load("duikou.wings.discharges")["submission"]
