"""Learning itself: opening lessons, reports of players, presence, slides read, sign-in.

Reports come every few seconds from everybody who watches; they are rows of their own that are only added,
so no event of the audit trail is written for each. What they lead to (a lesson done) is one.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.actions import require
from duikou.core.errors import Conflict, Denied, Invalid, Missing, refused
from duikou.core.scope import Actor
from duikou.core.times import time_words
from duikou.engines import attendance as engine
from duikou.wings.education import codes, watching
from duikou.wings.education import parameters as house
from duikou.wings.education.actions import _common, finishing
from duikou.wings.education.models import Beat, Enrolment, Lesson, LessonRecord, PresenceCheck
from duikou.wings.education.watching import Bounds, Heard, Refused, Report
from duikou.wings.patients import consents

BOUNDS = Bounds(house.OTHER_LESSON, house.SKEW, house.LONGEST_BEAT)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where somebody stands in a lesson after a report. `check`: a question that must be answered now."""

    record: LessonRecord
    check: PresenceCheck | None


def shut(enrolment: Enrolment, lesson: Lesson) -> str:
    """Why a lesson cannot be learnt now; empty when it can."""
    course = enrolment.course
    if lesson.course_id != course.pk or lesson.removed_at is not None:
        raise Missing(_("课程中没有这个课时。"))
    if enrolment.state == Enrolment.State.WITHDRAWN:
        return _("您已退出这门课程。请重新选课。")
    today = timezone.localdate()
    if not course.runs_on(today):
        return _("课程在 %(first)s 至 %(last)s 开放学习，目前为“%(state)s”。") % {
            "first": course.valid_from,
            "last": course.valid_to,
            "state": course.get_state_display(),
        }
    missing = lesson.requires.filter(removed_at=None).exclude(
        pk__in=enrolment.records.exclude(done_at=None).values("lesson")
    )
    if titles := list(missing.values_list("title", flat=True)):
        return _("请先完成：%(titles)s。") % {"titles": _("、").join(titles)}
    if lesson.patient is not None and consents.standing(lesson.patient, "teaching") is None:
        return _("所涉患者已撤回教学使用的同意（规则 SEC-04），本课时不再开放。")
    return ""


def open_lesson(*, actor: Actor, enrolment: Enrolment, lesson: Lesson) -> LessonRecord:
    """Begin or go on with a lesson. Raises Denied for others, Conflict for what is shut."""
    require(actor, _common.LEARN, None)
    _common.own(actor, enrolment)
    if why := shut(enrolment, lesson):
        raise Conflict(why)
    with transaction.atomic():
        record, _made = LessonRecord.objects.get_or_create(
            enrolment=enrolment,
            lesson=lesson,
            defaults={"opened_at": timezone.now(), "demonstration": enrolment.demonstration},
        )
    return record


def beat(
    *, actor: Actor, enrolment: Enrolment, lesson: Lesson, report: Report, now: dt.datetime | None = None
) -> Progress:
    """Take a player's report. Raises Conflict, in words, for one that does not count.

    Reports of one person are taken one after the other, whatever the number of windows.
    """
    moment = now or timezone.now()
    at = int(moment.timestamp())
    record = open_lesson(actor=actor, enrolment=enrolment, lesson=lesson)
    if not lesson.length_seconds:
        raise Conflict(_("这个课时没有视频。"))
    with transaction.atomic():
        Enrolment.objects.select_for_update().filter(person=enrolment.person_id).order_by("pk").first()
        record = LessonRecord.objects.select_for_update().get(pk=record.pk)
        checks = list(record.checks.all())
        pending = next((one for one in checks if one.answered is None), None)
        last = Beat.objects.filter(person=enrolment.person_id)
        heard = Heard(
            length=lesson.length_seconds,
            opened=int(record.opened_at.timestamp()),
            own=_engine(last.filter(record=record).order_by("-at", "-pk").first()),
            other=_engine(last.exclude(record=record).order_by("-at", "-pk").first()),
            open_check=engine.Check(pending.asked) if pending else None,
        )
        taken = watching.take(report, at, heard, house.WATCHING, BOUNDS)
        if isinstance(taken, Refused):
            raise _refusal(taken)
        Beat.objects.bulk_create(
            [
                Beat(
                    record=record,
                    person_id=enrolment.person_id,
                    at=one.at,
                    device=one.device,
                    place=one.place,
                )
                for one in taken
            ],
            ignore_conflicts=True,  # the same report sent twice in one second
        )
        if pending is None:
            place = watching.due_check(
                lesson.length_seconds,
                house.CHECK_EVERY,
                record.pk,
                [one.place for one in checks],
                report.end,
            )
            if place is not None:
                pending = PresenceCheck.objects.create(record=record, place=place, asked=at)
        record.position = min(report.end, lesson.length_seconds)
        _count(record, lesson)
    if record.done_at is None and enough(record, lesson):
        finishing.done(actor=actor, enrolment=enrolment, record=record, now=moment)
    return Progress(record, pending)


def answer_check(
    *, actor: Actor, enrolment: Enrolment, lesson: Lesson, check: int, now: dt.datetime | None = None
) -> LessonRecord:
    """Say that one is there. An answer that comes too late goes on from here; nothing between counts."""
    require(actor, _common.LEARN, None)
    _common.own(actor, enrolment)
    at = int((now or timezone.now()).timestamp())
    with transaction.atomic():
        record = LessonRecord.objects.select_for_update().filter(enrolment=enrolment, lesson=lesson).first()
        found = record.checks.filter(pk=check).first() if record else None
        if record is None or found is None:
            raise Missing(_("没有这次在场确认。请刷新页面。"))
        if found.answered is None:
            found.answered = max(at, found.asked)
            found.save(update_fields=["answered"])
        _count(record, lesson)
    return record


def read_slides(
    *, actor: Actor, enrolment: Enrolment, lesson: Lesson, now: dt.datetime | None = None
) -> LessonRecord:
    """Say that slides were read: not before the reading time has gone by since they were first opened."""
    if lesson.kind != Lesson.Kind.SLIDES:
        raise Conflict(_("这个课时不是课件。"))
    record = open_lesson(actor=actor, enrolment=enrolment, lesson=lesson)
    moment = now or timezone.now()
    needed = record.opened_at + dt.timedelta(minutes=lesson.minutes)
    if moment < needed:
        raise Conflict(
            _("本课件至少阅读 %(minutes)s 分钟：%(at)s 以后可以确认读完。")
            % {"minutes": lesson.minutes, "at": time_words(needed)}
        )
    if record.read_at is None:
        LessonRecord.objects.filter(pk=record.pk, read_at=None).update(read_at=moment)
        record.refresh_from_db()
    if record.done_at is None:
        finishing.done(actor=actor, enrolment=enrolment, record=record, now=moment)
    return record


def sign_in(
    *, actor: Actor, enrolment: Enrolment, lesson: Lesson, code: str, now: dt.datetime | None = None
) -> LessonRecord:
    """Sign in to a lesson that is being held, with the code that the speaker shows.

    Raises Conflict outside the window and after too many wrong codes, Invalid for a wrong code.
    """
    moment = now or timezone.now()
    if not lesson.held:
        raise Conflict(_("这个课时不需要签到。"))
    record = open_lesson(actor=actor, enrolment=enrolment, lesson=lesson)
    if record.signed_at is not None:
        return record
    if not lesson.takes_sign_in(moment):
        assert lesson.sign_from is not None
        assert lesson.sign_until is not None
        raise Conflict(
            _("签到时间为 %(first)s 至 %(last)s，现在不能签到。")
            % {"first": time_words(lesson.sign_from), "last": time_words(lesson.sign_until)}
        )
    pause = dt.timedelta(seconds=house.WRONG_PAUSE)
    fresh = record.wrong_at is not None and moment - record.wrong_at < pause
    if fresh and record.wrong_codes >= house.WRONG_CODES:
        assert record.wrong_at is not None
        raise Conflict(
            _("签到码错了 %(count)s 次，请 %(at)s 以后再试。")
            % {"count": record.wrong_codes, "at": time_words(record.wrong_at + pause)}
        )
    if not codes.matches(lesson.pk, int(moment.timestamp()), code):
        # Kept although the sign-in is refused: guesses must not be free.
        LessonRecord.objects.filter(pk=record.pk).update(
            wrong_codes=record.wrong_codes + 1 if fresh else 1,
            wrong_at=record.wrong_at if fresh else moment,
        )
        raise refused("code", _("签到码不对，或已更换。请看授课人现在显示的 6 位数字。"))
    LessonRecord.objects.filter(pk=record.pk, signed_at=None).update(signed_at=moment)
    record.refresh_from_db()
    if record.done_at is None:
        finishing.done(actor=actor, enrolment=enrolment, record=record, now=moment)
    return record


def code_of(*, actor: Actor, lesson: Lesson, now: dt.datetime | None = None) -> tuple[str, int]:
    """The code to show now and for how many seconds: for the course's teachers and the speaker.

    Raises Denied for others, Conflict outside the window.
    """
    moment = now or timezone.now()
    speaks = (
        actor.user_id is not None and lesson.speaker is not None and lesson.speaker.user_id == actor.user_id
    )
    if not speaks and not actor.may(_common.TEACH, lesson.course.scope_path):
        raise Denied(_("签到码只由授课人和课程的管理人员显示。"))
    if not lesson.takes_sign_in(moment):
        raise Conflict(_("现在不在签到时间内。"))
    at = int(moment.timestamp())
    return codes.code_at(lesson.pk, at), codes.seconds_left(at)


def enough(record: LessonRecord, lesson: Lesson) -> bool:
    """Whether so much was seen that the lesson counts as watched."""
    length = lesson.length_seconds
    return length > 0 and record.covered * 100 >= length * lesson.course.watch_percent


def _count(record: LessonRecord, lesson: Lesson) -> None:
    """Work out anew what the beats amount to, and keep it."""
    beats = [engine.Beat(*row) for row in record.beats.values_list("at", "device", "place")]
    checks = [engine.Check(*row) for row in record.checks.values_list("asked", "answered")]
    found = watching.count(beats, checks, lesson.length_seconds, house.WATCHING)
    record.covered, record.credited = found.covered, found.credited
    record.save(update_fields=["position", "covered", "credited"])


def _engine(row: Beat | None) -> engine.Beat | None:
    return engine.Beat(row.at, row.device, row.place) if row else None


def _refusal(why: Refused) -> Conflict | Invalid:
    words = {
        Refused.DEVICE: _("您正在另一台设备上学习。同一时间只能在一台设备上学习，请先停止那一台。"),
        Refused.LESSON: _("您正在学习另一个课时，请先停止它再继续。"),
        Refused.FAST: _("播放超过了允许的速度，这一段不计入。"),
        Refused.CLOCK: _("设备的时钟与服务器相差过大，请校准时间后刷新页面。"),
        Refused.ABSENT: _("请先确认您在观看，再继续播放。"),
    }
    if why is Refused.SHAPE:
        return Invalid(_("播放位置不在这段视频之内。"))
    return Conflict(words[why])


__all__ = [
    "Progress",
    "Report",
    "answer_check",
    "beat",
    "code_of",
    "open_lesson",
    "read_slides",
    "shut",
    "sign_in",
]
