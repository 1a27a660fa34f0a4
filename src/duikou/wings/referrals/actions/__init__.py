"""Every write of the referrals wing."""

from duikou.wings.referrals.actions.answering import (
    Appointment,
    accept,
    arrive,
    decline,
    give_back,
    receive,
    treat,
)
from duikou.wings.referrals.actions.directory import Offered, close_service, keep_service
from duikou.wings.referrals.actions.drafting import Details, draft, edit
from duikou.wings.referrals.actions.escalating import escalate
from duikou.wings.referrals.actions.returning import (
    Plan,
    close,
    confirm,
    note_follow_up,
    refer_back,
    settle,
    side_of,
)
from duikou.wings.referrals.actions.sending import complete, send, withdraw

__all__ = [
    "Appointment",
    "Details",
    "Offered",
    "Plan",
    "accept",
    "arrive",
    "close",
    "close_service",
    "complete",
    "confirm",
    "decline",
    "draft",
    "edit",
    "escalate",
    "give_back",
    "keep_service",
    "note_follow_up",
    "receive",
    "refer_back",
    "send",
    "settle",
    "side_of",
    "treat",
    "withdraw",
]
