"""Every write of the rooms wing."""

from duikou.wings.rooms.actions.coming import Seat, fall_back, join, leave, seat_of, see
from duikou.wings.rooms.actions.opening import Invited, Shown, close_room, invite, open_room, show
from duikou.wings.rooms.actions.recording import (
    add_part,
    agree,
    check_consents,
    note_watched,
    start_recording,
    stop_recording,
)
from duikou.wings.rooms.actions.sending import report_quality, send

__all__ = [
    "Invited",
    "Seat",
    "Shown",
    "add_part",
    "agree",
    "check_consents",
    "close_room",
    "fall_back",
    "invite",
    "join",
    "leave",
    "note_watched",
    "open_room",
    "report_quality",
    "seat_of",
    "see",
    "send",
    "show",
    "start_recording",
    "stop_recording",
]
