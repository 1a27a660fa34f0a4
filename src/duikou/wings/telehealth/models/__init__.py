"""Tables of the telehealth wing."""

from duikou.wings.telehealth.models.consultations import CaseFile, Consultation, Rating
from duikou.wings.telehealth.models.experts import Expert, Slot
from duikou.wings.telehealth.models.following import Escalation, Push
from duikou.wings.telehealth.models.opinions import Draft, Opinion, Picture, Seat
from duikou.wings.telehealth.models.plans import SessionFeed, TimePlan

__all__ = [
    "CaseFile",
    "Consultation",
    "Draft",
    "Escalation",
    "Expert",
    "Opinion",
    "Picture",
    "Push",
    "Rating",
    "Seat",
    "SessionFeed",
    "Slot",
    "TimePlan",
]
