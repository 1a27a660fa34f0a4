"""Every write of the imaging wing, and the look at a study."""

from duikou.wings.imaging.actions.delivering import hand_in, recheck, settle
from duikou.wings.imaging.actions.granting import end_grant, end_grants, grant
from duikou.wings.imaging.actions.ingesting import take
from duikou.wings.imaging.actions.looking import look
from duikou.wings.imaging.actions.marking import mark, push_report, unmark
from duikou.wings.imaging.actions.matching import (
    demand_sender,
    enter_gateway,
    match,
    person_of,
    receive,
    store,
    switch_gateway,
)
from duikou.wings.imaging.actions.studies import register, withdraw
from duikou.wings.imaging.uids import new_uid

__all__ = [
    "demand_sender",
    "end_grant",
    "end_grants",
    "enter_gateway",
    "grant",
    "hand_in",
    "look",
    "mark",
    "match",
    "new_uid",
    "person_of",
    "push_report",
    "receive",
    "recheck",
    "register",
    "settle",
    "store",
    "switch_gateway",
    "take",
    "unmark",
    "withdraw",
]
