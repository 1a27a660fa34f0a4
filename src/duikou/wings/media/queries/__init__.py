"""What faces and other wings ask of the media wing."""

from duikou.wings.media.queries.videos import (
    broadcast,
    broadcasts,
    live_address,
    playlist_address,
    poster_address,
    progress_of,
    recording,
    recordings,
    subtitle_tracks,
    watchable,
)

__all__ = [
    "broadcast",
    "broadcasts",
    "live_address",
    "playlist_address",
    "poster_address",
    "progress_of",
    "recording",
    "recordings",
    "subtitle_tracks",
    "watchable",
]
