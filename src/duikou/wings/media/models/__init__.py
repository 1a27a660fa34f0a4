"""Tables of the media wing."""

from duikou.wings.media.models.broadcasts import Broadcast
from duikou.wings.media.models.recordings import Recording, Subtitle, Use, new_number

__all__ = ["Broadcast", "Recording", "Subtitle", "Use", "new_number"]
