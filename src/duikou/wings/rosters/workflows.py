"""The life cycle of this wing, read once from `workflow.toml`."""

from duikou.core.workflow import load

ROSTER = load("duikou.wings.rosters")["roster"]
