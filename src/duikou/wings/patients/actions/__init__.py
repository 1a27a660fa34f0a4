"""Every write of the patients wing, and the look at a record, which writes who looked."""

from duikou.wings.patients.actions._common import reach
from duikou.wings.patients.actions.consents import confirm_consent, give_consent, withdraw_consent
from duikou.wings.patients.actions.emergencies import break_glass, review_emergency
from duikou.wings.patients.actions.erasing import decide_erasure, propose_erasure
from duikou.wings.patients.actions.looks import look, note_match
from duikou.wings.patients.actions.merging import merge, undo_merge
from duikou.wings.patients.actions.own_work import note_own_work
from duikou.wings.patients.actions.records import Details, correct, note_contact, register
from duikou.wings.patients.actions.sharing import share, unshare

__all__ = [
    "Details",
    "break_glass",
    "confirm_consent",
    "correct",
    "decide_erasure",
    "give_consent",
    "look",
    "merge",
    "note_contact",
    "note_match",
    "note_own_work",
    "propose_erasure",
    "reach",
    "register",
    "review_emergency",
    "share",
    "undo_merge",
    "unshare",
    "withdraw_consent",
]
