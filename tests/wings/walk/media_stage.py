"""A video of a walk's hospital, ready, with subtitles, and a live broadcast: made when first asked for."""

from __future__ import annotations

from django.utils import timezone

from duikou.wings.media.actions._common import shelf
from duikou.wings.media.models import Broadcast, Recording
from duikou.wings.media.storing import folder
from tests.wings.walk.world import World


def video_of(world: World) -> Recording:
    """The video of a hospital."""
    path = world.hospital.scope_path
    found = Recording.objects.filter(scope_path=path).first()
    if found is not None:
        return found
    made: Recording = Recording.objects.create(
        title=f"{world.hospital.name}教学视频", scope_path=path, state="ready", ready_at=timezone.now(),
        duration_seconds=60, width=640, height=360, filename="a.mp4", size=1, sha256="0" * 64,
    )  # fmt: skip
    made.subtitles.create(language="zh", text="WEBVTT\n", cues=1)
    place = folder(shelf().playable(made.number))
    (place / "master.m3u8").write_text("#EXTM3U\n")
    shelf().original(made.number).write_bytes(b"0")
    return made


def broadcast_of(world: World) -> Broadcast:
    """The broadcast of a hospital."""
    path = world.hospital.scope_path
    found = Broadcast.objects.filter(scope_path=path).first()
    if found is not None:
        return found
    made: Broadcast = Broadcast.objects.create(title=f"{world.hospital.name}直播", scope_path=path)
    (folder(shelf().live_playable(made.number)) / "index.m3u8").write_text("#EXTM3U\n")
    return made
