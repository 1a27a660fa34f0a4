"""The life cycle of this wing, read once from `workflow.toml`."""

from duikou.core.workflow import load

COURSE = load("duikou.wings.education")["course"]
