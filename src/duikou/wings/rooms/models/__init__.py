"""Tables of the rooms wing."""

from duikou.wings.rooms.models.records import QualitySummary, Recording
from duikou.wings.rooms.models.rooms import Exhibit, Member, Room
from duikou.wings.rooms.models.signals import Message, Presence

__all__ = ["Exhibit", "Member", "Message", "Presence", "QualitySummary", "Recording", "Room"]
