"""The video of a lesson: a recording of one's own hospital, or the broadcast while it is held."""

from __future__ import annotations

from django.utils.translation import gettext as _

from duikou.core.actions import act
from duikou.core.errors import refused
from duikou.core.scope import Actor
from duikou.wings.education.actions import _common
from duikou.wings.education.actions.lessons import _standing
from duikou.wings.education.models import Lesson
from duikou.wings.media import actions as media
from duikou.wings.media.models import Broadcast, Recording


def set_recording(*, actor: Actor, lesson: Lesson, recording: Recording) -> Lesson:
    """Show a recording in a lesson. Raises Invalid while it cannot be played, or for a lesson of slides.

    Once somebody has watched, another length would change what was done: then only one as long is taken.
    """
    with act("course.set_recording", actor=actor, permission=_common.TEACH, on=lesson.course) as event:
        _common.editable(lesson.course)
        row = _standing(lesson)
        if row.kind == Lesson.Kind.SLIDES:
            raise refused("recording", _("课件形式的课时没有视频。"))
        if not recording.ready:
            raise refused("recording", _("录像还不能播放，请等处理完成。"))
        begun = row.records.filter(covered__gt=0).exists()
        if begun and recording.duration_seconds != row.length_seconds:
            raise refused("recording", _("已有人观看，只能换成时长相同的录像。请另加一个课时。"))
        media.attach(actor=actor, reference=row.reference, recording=recording)
        if row.recording is not None and row.recording_id != recording.pk:
            media.detach(actor=actor, reference=row.reference, recording=row.recording)
        row.recording, row.length_seconds = recording, recording.duration_seconds
        row.save(update_fields=["recording", "length_seconds"])
        event.note(after={"lesson": row.pk, "recording": recording.number, "seconds": row.length_seconds})
    return row


def set_broadcast(*, actor: Actor, lesson: Lesson, broadcast: Broadcast) -> Lesson:
    """Show a broadcast in a lesson that is held at a time. Watching it does not replace signing in."""
    with act("course.set_broadcast", actor=actor, permission=_common.TEACH, on=lesson.course) as event:
        _common.editable(lesson.course)
        row = _standing(lesson)
        if not row.held:
            raise refused("broadcast", _("只有直播课、手术示教和教学查房可以播出直播。"))
        if not broadcast.live:
            raise refused("broadcast", _("这场直播已经结束。保存为录像的，请选录像。"))
        media.attach(actor=actor, reference=row.reference, broadcast=broadcast)
        row.broadcast = broadcast
        row.save(update_fields=["broadcast"])
        event.note(after={"lesson": row.pk, "broadcast": broadcast.number})
    return row
