"""A recording comes in, is made playable or refused, is attached to what shows it, gets subtitles, goes."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core import components
from duikou.core.actions import act, require_reason
from duikou.core.errors import Conflict, Denied, Invalid, refused
from duikou.core.jobs.actions import request_job
from duikou.core.scope import SYSTEM, Actor
from duikou.core.uploads import actions as uploads
from duikou.wings.media import rights, subtitles
from duikou.wings.media.actions._common import place_of, shelf, title_of
from duikou.wings.media.models import Broadcast, Recording, Subtitle, Use
from duikou.wings.media.probing import Found

State = Recording.State
MOST_ATTEMPTS = 3  # jobs that were begun without coming to an end


def add(*, actor: Actor, upload: str, title: str) -> Recording:
    """Take an uploaded video over, and have it made playable.

    Raises Conflict for an upload that is not whole or was taken. Without ffmpeg the file is kept and waits.
    """
    with act("media.add", actor=actor, permission="media.edit", on=place_of(actor)) as event:
        title = title_of(title)
        taken, arrived = uploads.take(actor=actor, key=upload, kind="video")
        made = Recording.objects.create(
            title=title,
            scope_path=place_of(actor),
            filename=taken.filename,
            size=taken.size,
            sha256=taken.sha256,
            added_by_id=actor.user_id,
        )
        shelf().keep(made.number, arrived)
        ask_for_pieces(actor, made)
        event.note(made, after={"number": made.number, "sha256": made.sha256, "size": made.size})
    return made


def ask_for_pieces(actor: Actor, recording: Recording) -> None:
    """Have a worker make a recording playable; without ffmpeg it waits until it is installed."""
    from duikou.wings.media.jobs import make_playable

    if components.state("video").on:
        request_job(
            make_playable,
            recording.pk,
            actor=actor,
            scope_path=recording.scope_path,
            subject=recording.number,
            dedupe=f"media-{recording.pk}",
        )


def begin(recording: Recording) -> Recording:
    """A worker begins with a recording; one that has come to its end stays as it is."""
    with transaction.atomic():
        found = Recording.objects.select_for_update().get(pk=recording.pk)
        if found.state in (State.PENDING, State.WORKING):
            found.state, found.attempts = State.WORKING, found.attempts + 1
            found.save(update_fields=["state", "attempts"])
    return found


def note_outcome(*, recording: Recording, found: Found, size: int = 0, sha256: str = "") -> Recording:
    """What the worker found decides: ready, or refused with the reason. Once for a recording."""
    with act(
        "media.made", actor=SYSTEM, permission="media.edit", on=recording.scope_path, target=recording
    ) as event:
        now = timezone.now()
        values: dict[str, object] = {"state": State.REFUSED, "fault": found.fault}
        if not found.fault:
            values = {
                "state": State.READY,
                "fault": "",
                "ready_at": now,
                "duration_seconds": max(1, int(found.seconds)),
                "width": found.width,
                "height": found.height,
            }
        if sha256:
            values |= {"size": size, "sha256": sha256}
        waiting = Recording.objects.filter(pk=recording.pk, state__in=(State.PENDING, State.WORKING))
        waiting.update(**values)
        recording.refresh_from_db()
        event.note(recording, after={"state": recording.state, "fault": recording.fault})
    return recording


def attach(
    *, actor: Actor, reference: str, recording: Recording | None = None, broadcast: Broadcast | None = None
) -> Use:
    """Show a video in something of another wing ("lesson:12"): who may see that may watch it.

    The actor must keep videos where this one was brought in, or have begun the broadcast. Twice is once.
    Raises Denied, and Invalid for a reference that nobody answers for.
    """
    shown = recording or broadcast
    if shown is None or (recording and broadcast):
        raise Invalid(_("请给出一份录像或一场直播。"))
    if not rights.known(reference) or len(reference) > 60:
        raise refused("reference", _("没有“%(reference)s”这种用处。") % {"reference": reference[:60]})
    with act(
        "media.attach", actor=actor, permission="media.edit", on=shown.scope_path, target=shown
    ) as event:
        if recording is not None and recording.fault:
            raise Conflict(_("录像“%(title)s”不能播放，请换一份。") % {"title": recording.title})
        made, fresh = Use.objects.get_or_create(recording=recording, broadcast=broadcast, reference=reference)
        event.note(shown, after={"reference": reference, "fresh": fresh})
    return made


def detach(*, actor: Actor, reference: str, recording: Recording) -> None:
    """Show a recording there no longer; nothing happens where it was not."""
    with act(
        "media.detach", actor=actor, permission="media.edit", on=recording.scope_path, target=recording
    ) as event:
        Use.objects.filter(recording=recording, reference=reference).delete()
        event.note(recording, before={"reference": reference})


def add_subtitle(*, actor: Actor, recording: Recording, language: str, content: bytes) -> Subtitle:
    """Give a recording subtitles in a language, in place of those that it had. Raises Invalid."""
    with act("media.subtitle", actor=actor, permission="media.edit", on=recording) as event:
        if language not in Subtitle.Language.values:
            raise refused("language", _("请选择字幕的语言。"))
        text, cues = subtitles.cleaned(content)
        made, _fresh = Subtitle.objects.update_or_create(
            recording=recording, language=language, defaults={"text": text, "cues": cues}
        )
        event.note(recording, after={"language": language, "cues": cues})
    return made


def withdraw(*, actor: Actor, recording: Recording, reason: str) -> Recording:
    """Take a recording down for good: the original and what was made of it are deleted. Raises Conflict."""
    with act("media.withdraw", actor=actor, permission="media.edit", on=recording) as event:
        reason = require_reason(reason)
        standing = Recording.objects.filter(pk=recording.pk).exclude(fault="withdrawn")
        if not standing.update(state=State.REFUSED, fault="withdrawn", ready_at=None):
            raise Conflict(_("录像已经撤下。"))
        Subtitle.objects.filter(recording=recording).delete()
        recording.refresh_from_db()
        event.note(recording, after={"state": recording.state}, reason=reason)
        number = recording.number
        transaction.on_commit(lambda: shelf().empty(number))
    return recording


def note_fetched(*, actor: Actor, recording: Recording) -> None:
    """Somebody fetched the original; that is written down."""
    if not recording.size or recording.fault:
        raise Denied(_("这份录像没有可以下载的原件。"))
    place = place_of(actor)  # a department's people see their hospital's videos
    with act("media.fetch", actor=actor, permission="media.edit", on=place, target=recording) as event:
        event.note(recording, after={"number": recording.number})
