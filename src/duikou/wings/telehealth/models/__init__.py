"""Tables of the telehealth wing."""

from duikou.wings.telehealth.models.consultations import CaseFile, Consultation, Rating
from duikou.wings.telehealth.models.experts import Expert, Slot
from duikou.wings.telehealth.models.opinions import Draft, Opinion, Seat

__all__ = ["CaseFile", "Consultation", "Draft", "Expert", "Opinion", "Rating", "Seat", "Slot"]
