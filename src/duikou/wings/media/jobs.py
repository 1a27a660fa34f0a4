"""Background work of the media wing: making recordings playable, and what has to be looked after."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tasks import task

from duikou.core import components
from duikou.core.jobs.context import JobContext, current_job
from duikou.core.jobs.models import Job
from duikou.core.scope import SYSTEM
from duikou.core.uploads.files import digest_of
from duikou.wings.media import actions
from duikou.wings.media.actions._common import shelf
from duikou.wings.media.actions.recordings import MOST_ATTEMPTS
from duikou.wings.media.joining import join
from duikou.wings.media.models import Broadcast, Recording
from duikou.wings.media.probing import Found
from duikou.wings.media.storing import folder
from duikou.wings.media.transcoding import Interrupted, Unreadable, transcode

State = Recording.State
WAIT = 0.5  # seconds between two looks whether it is our turn
QUEUE = "media"  # of its own: an hour of video would keep everything else waiting


@task(title=gettext_lazy("处理视频"), queue_name=QUEUE, retry_after=2, max_attempts=MOST_ATTEMPTS)
def make_playable(recording_id: int) -> dict[str, str]:
    """Make a recording playable, from where an earlier run was interrupted; one at a time on a machine."""
    recording = actions.begin(Recording.objects.get(pk=recording_id))
    if recording.state == State.WORKING:
        job = current_job()
        with _turn(job):
            recording = _make(recording, job)
    return {"state": recording.state}


@contextlib.contextmanager
def _turn(job: JobContext) -> Iterator[None]:
    """Wait for the turn: two transcodings at once take longer than one after the other."""
    path = folder(Path(settings.VIDEO)) / "turn.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                job.progress(0, note=_("前面还有视频在处理"))
                time.sleep(WAIT)
        yield
    finally:
        os.close(descriptor)


def _make(recording: Recording, job: JobContext) -> Recording:
    files, number = shelf(), recording.number
    original, work = files.original(number), files.work(number)
    digest = ""
    try:
        if recording.origin == Recording.Origin.BROADCAST:
            broadcast = Broadcast.objects.get(recording=recording)
            if not join(
                files.parts(broadcast.number),
                folder(work),
                original,
                settings.FFMPEG,
                pulse=partial(_beat, job),
            ):
                return actions.note_outcome(recording=recording, found=Found("nothing"))
            digest = digest_of(original)
        found = transcode(
            original,
            work,
            files.playable(number),
            settings.FFMPEG,
            settings.VIDEO_MAX_SECONDS,
            pulse=partial(_beat, job),
            step=partial(_step, job, recording),
        )
    except Unreadable:
        found = Found("damaged")
    except Interrupted:
        if recording.attempts < MOST_ATTEMPTS:
            raise
        found = Found("died")
    size = original.stat().st_size if digest else 0
    return actions.note_outcome(recording=recording, found=found, size=size, sha256=digest)


def _beat(job: JobContext) -> None:
    done, total = job.checkpoint if isinstance(job.checkpoint, list) else (0, None)
    job.progress(done, total)


def _step(job: JobContext, recording: Recording, done: int, total: int) -> None:
    with job.step(done, total, checkpoint=[done, total]):
        Recording.objects.filter(pk=recording.pk).update(attempts=1)  # it gets somewhere


@task(title=gettext_lazy("查看等待处理的视频与直播"))
def look_after_videos() -> dict[str, int]:
    """Go on with what was left: recordings that waited for ffmpeg or whose job died, silent broadcasts."""
    told = {"ended": actions.end_silent(), "asked": 0, "given_up": 0}
    for number in Broadcast.objects.filter(state=Broadcast.State.ENDED).values_list("number", flat=True):
        if shelf().live(number).is_dir():
            actions.mark_ended(number)  # a kill may have come between the row and the mark
    open_jobs = set(Job.objects.open().filter(dedupe__startswith="media-").values_list("dedupe", flat=True))
    for one in Recording.objects.filter(state__in=(State.PENDING, State.WORKING)):
        if f"media-{one.pk}" in open_jobs:
            continue
        if one.attempts >= MOST_ATTEMPTS:
            actions.note_outcome(recording=one, found=Found("died"))
            told["given_up"] += 1
        elif components.state("video").on:
            actions.ask_for_pieces(SYSTEM, one)
            told["asked"] += 1
    return told


@task(title=gettext_lazy("清理不再需要的视频文件"))
def sweep_videos() -> dict[str, int]:
    """Remove folders that no row names, and the parts of broadcasts that are kept or were not to be."""
    needed = Q(recording__state__in=(State.PENDING, State.WORKING)) | Q(recording__fault="died")
    unfinished = Broadcast.objects.filter(Q(state=Broadcast.State.LIVE) | needed)
    standing = Recording.objects.exclude(fault="withdrawn")
    removed = shelf().sweep(
        set(standing.values_list("number", flat=True)), set(unfinished.values_list("number", flat=True))
    )
    return {"removed": removed}
