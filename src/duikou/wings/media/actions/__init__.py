"""Every write of the media wing."""

from duikou.wings.media.actions.broadcasts import (
    Full,
    Gap,
    add_part,
    begin_take,
    end_broadcast,
    end_silent,
    mark_ended,
    start_broadcast,
)
from duikou.wings.media.actions.recordings import (
    add,
    add_subtitle,
    ask_for_pieces,
    attach,
    begin,
    detach,
    note_fetched,
    note_outcome,
    withdraw,
)

__all__ = [
    "Full",
    "Gap",
    "add",
    "add_part",
    "add_subtitle",
    "ask_for_pieces",
    "attach",
    "begin",
    "begin_take",
    "detach",
    "end_broadcast",
    "end_silent",
    "mark_ended",
    "note_fetched",
    "note_outcome",
    "start_broadcast",
    "withdraw",
]
