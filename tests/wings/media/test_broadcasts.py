"""Broadcasts: parts that are acknowledged are safe, in order, once; what is kept is what was said."""

from __future__ import annotations

import datetime as dt
import os
import time
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.utils import timezone

from duikou.core.errors import Conflict, Denied, Invalid
from duikou.wings.media import actions, jobs, storing
from duikou.wings.media.actions._common import shelf
from duikou.wings.media.models import Broadcast, Recording
from tests.wings.media.conftest import Studio

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("with_ffmpeg")]
HEAD = b"\x1a\x45\xdf\xa3 header"


class Camera:
    """A teacher's browser."""

    def __init__(self, studio: Studio, live: Broadcast) -> None:
        self.live, self.client = live, studio.browser(studio.teacher)
        answer = self.client.post(f"/app/media/live/{live.number}/take/")
        assert answer.status_code == 200, answer.content
        self.take = answer.json()["take"]

    def send(self, number: int, content: bytes, take: int | None = None) -> Any:
        address = f"/app/media/live/{self.live.number}/part/?take={take or self.take}&number={number}"
        return self.client.post(address, content, content_type="application/octet-stream")


def test_parts_are_kept_in_order_and_once(studio: Studio) -> None:
    camera = Camera(studio, studio.live())
    assert camera.send(0, HEAD).json() == {"next": 1}
    assert camera.send(1, b"one").json() == {"next": 2}
    assert camera.send(1, b"other").json() == {"next": 2}  # sent again: it was safe already
    gap = camera.send(5, b"five")
    assert (gap.status_code, gap.json()["code"], gap.json()["next"]) == (409, "gap", 2)
    assert camera.send(2, b"two").json() == {"next": 3}
    again = Camera(studio, camera.live)  # the page was loaded anew
    assert again.take == camera.take + 1
    assert again.send(0, HEAD + b"2").json() == {"next": 1}
    takes = storing.takes(shelf().parts(camera.live.number))
    kept = [[path.read_bytes() for path in storing.pieces(take)] for take in takes]
    assert kept == [[HEAD, b"one", b"two"], [HEAD + b"2"]]


def test_hostile_parts_are_refused_in_words(studio: Studio, settings: LazySettings) -> None:
    camera = Camera(studio, studio.live())
    for number, content, take, status in (
        (0, b"#EXTM3U\n", None, 422),
        (0, b"", None, 422),
        (0, HEAD, 77, 409),
        (0, b"x" * (8 * 1024 * 1024 + 1), None, 422),
    ):
        answer = camera.send(number, content, take)
        assert answer.status_code == status
        assert answer.json()["message"]
    for query in (
        "",
        "?take=1",
        "?take=1&number=-1",
        "?take=../1&number=0",
        "?take=1&number=1e3",
        "?take=0&number=0",
    ):
        address = f"/app/media/live/{camera.live.number}/part/{query}"
        assert camera.client.post(address, HEAD, content_type="application/octet-stream").status_code == 422
    settings.BROADCAST_MAX_BYTES = 1
    assert camera.send(0, HEAD).status_code == 507


def test_only_who_began_sends(studio: Studio) -> None:
    live = studio.live()
    Camera(studio, live)
    for actor, status in ((studio.colleague, 403), (studio.outsider, 404), (studio.learner, 403)):
        client = studio.browser(actor)
        for name in ("take/", "part/?take=1&number=0"):
            answer = client.post(
                f"/app/media/live/{live.number}/{name}", HEAD, content_type="application/octet-stream"
            )
            assert answer.status_code == status, (actor, name)


def test_who_may_watch_a_broadcast(studio: Studio) -> None:
    live = studio.live()
    (storing.folder(shelf().live_playable(live.number)) / "index.m3u8").write_text("#EXTM3U\n")
    address = f"/app/media/live/{live.number}/play/index.m3u8"
    assert studio.browser(studio.colleague).get(address).status_code == 200
    assert studio.browser(studio.learner).get(address).status_code == 404
    studio.lesson(live)
    assert studio.learner.user_id is not None
    studio.learners.add(studio.learner.user_id)
    assert studio.browser(studio.learner).get(address).status_code == 200
    page = studio.browser(studio.learner).get(f"/app/media/live/{live.number}/")
    assert page.status_code == 200
    assert "data-studio" not in page.content.decode()
    assert "camera=(self)" in page["Permissions-Policy"]
    assert studio.browser(studio.outsider).get(f"/app/media/live/{live.number}/").status_code == 404


def test_what_is_kept_is_what_was_said(studio: Studio) -> None:
    with pytest.raises(Invalid):
        studio.live(keeps=True, notice=" ")
    live = studio.live(keeps=True, notice="本次直播将录制。")
    with pytest.raises(Conflict):
        studio.live()
    assert (
        "本次直播将录制。"
        in studio.browser(studio.colleague).get(f"/app/media/live/{live.number}/").content.decode()
    )
    camera = Camera(studio, live)
    camera.send(0, HEAD)
    with pytest.raises(Denied):
        actions.end_broadcast(actor=studio.outsider, broadcast=live)
    ended = actions.end_broadcast(actor=studio.teacher, broadcast=live)
    assert ended.recording is not None
    assert ended.recording.origin == "broadcast"
    assert actions.end_broadcast(actor=studio.teacher, broadcast=live).recording == ended.recording
    assert camera.send(1, b"late").status_code == 409
    quiet = studio.live()
    assert actions.end_broadcast(actor=studio.teacher, broadcast=quiet).recording is None
    assert Recording.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Broadcast.objects.filter(pk=quiet.pk).update(recording=ended.recording)


def test_who_watched_live_may_watch_the_recording(studio: Studio) -> None:
    live = studio.live(keeps=True, notice="录制")
    studio.lesson(live)
    recording = actions.end_broadcast(actor=studio.teacher, broadcast=live).recording
    assert recording is not None
    assert studio.learner.user_id is not None
    address = f"/app/media/{recording.number}/"
    assert studio.browser(studio.learner).get(address).status_code == 404
    studio.learners.add(studio.learner.user_id)
    assert studio.browser(studio.learner).get(address).status_code == 200


def test_a_broadcast_that_nobody_sends_ends_by_itself(studio: Studio) -> None:
    live = studio.live(keeps=True, notice="录制")
    camera = Camera(studio, live)
    camera.send(0, HEAD)
    assert jobs.look_after_videos.call()["ended"] == 0
    long_ago = time.time() - 3600
    Broadcast.objects.filter(pk=live.pk).update(started_at=timezone.now() - dt.timedelta(hours=1))
    for take in storing.takes(shelf().parts(live.number)):
        os.utime(take, (long_ago, long_ago))
    assert jobs.look_after_videos.call()["ended"] == 1
    live.refresh_from_db()
    assert live.recording is not None


def test_without_ffmpeg_nobody_begins(studio: Studio, settings: LazySettings) -> None:
    settings.FFMPEG = settings.FFPROBE = "no-such-program"
    with pytest.raises(Conflict) as refusal:
        studio.live()
    assert "ffmpeg" in str(refusal.value)


def test_files_are_thrown_away_when_nobody_needs_them(studio: Studio) -> None:
    kept = studio.live(keeps=True, notice="录制")
    actions.end_broadcast(actor=studio.teacher, broadcast=kept)
    gone = studio.live()
    actions.end_broadcast(actor=studio.teacher, broadcast=gone)
    running = studio.live()
    orphan = storing.folder(shelf().live("0" * 16))
    ready = studio.ready()
    long_ago = time.time() - 2 * storing.YOUNG
    for path in [
        orphan,
        shelf().recording(ready.number),
        *(shelf().live(one.number) for one in (kept, gone, running)),
    ]:
        os.utime(path, (long_ago, long_ago))
    assert jobs.sweep_videos.call() == {"removed": 2}
    assert shelf().live(kept.number).is_dir()  # not a recording yet
    assert shelf().live(running.number).is_dir()
    assert shelf().original(ready.number).exists()
    assert not shelf().live(gone.number).exists()
