"""The life cycle of this wing, read once from `workflow.toml`."""

from duikou.core.workflow import load

CONSULTATION = load("duikou.wings.telehealth")["consultation"]
