"""Every write of the imaging wing, and the look at a study."""

from duikou.wings.imaging.actions.granting import end_grants, grant
from duikou.wings.imaging.actions.ingesting import take
from duikou.wings.imaging.actions.looking import look
from duikou.wings.imaging.actions.marking import mark, push_report, unmark
from duikou.wings.imaging.actions.matching import (
    enter_gateway,
    match,
    person_of,
    receive,
    switch_gateway,
)
from duikou.wings.imaging.actions.studies import register, withdraw
from duikou.wings.imaging.uids import new_uid

__all__ = [
    "end_grants",
    "enter_gateway",
    "grant",
    "look",
    "mark",
    "match",
    "new_uid",
    "person_of",
    "push_report",
    "receive",
    "register",
    "switch_gateway",
    "take",
    "unmark",
    "withdraw",
]
