"""Tables of the referrals wing."""

from duikou.wings.referrals.models.records import Clock, Escalation, FollowUp, Signature
from duikou.wings.referrals.models.referrals import Referral
from duikou.wings.referrals.models.services import Service, Slot

__all__ = ["Clock", "Escalation", "FollowUp", "Referral", "Service", "Signature", "Slot"]
