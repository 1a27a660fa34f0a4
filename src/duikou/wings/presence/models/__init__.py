"""Tables of the presence wing."""

from duikou.wings.presence.models.deliveries import Consent, Delivery
from duikou.wings.presence.models.record import Confirmation, Correction, Mark, Proof, Work, WorkDay

__all__ = ["Confirmation", "Consent", "Correction", "Delivery", "Mark", "Proof", "Work", "WorkDay"]
