"""The life cycle of this wing, read once from `workflow.toml`."""

from duikou.core.workflow import load

REFERRAL = load("duikou.wings.referrals")["referral"]
