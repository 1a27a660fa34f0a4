"""Every write of presence and work."""

from duikou.wings.presence.actions._common import Outcome
from duikou.wings.presence.actions.confirming import confirm_week
from duikou.wings.presence.actions.consents import agree, withdraw
from duikou.wings.presence.actions.corrections import correct_day, correct_work
from duikou.wings.presence.actions.proofs import Sent, add_proof, send_proof
from duikou.wings.presence.actions.replay import Replayed, replay

__all__ = [
    "Outcome",
    "Replayed",
    "Sent",
    "add_proof",
    "agree",
    "confirm_week",
    "correct_day",
    "correct_work",
    "replay",
    "send_proof",
    "withdraw",
]
