"""A lesson's video: who may watch it, what is taken, and what watching needs."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from duikou.core.errors import Denied, Invalid
from duikou.wings.education import actions, watch_rights
from duikou.wings.education.actions import Plan
from duikou.wings.education.models import Lesson
from duikou.wings.media.models import Broadcast, Recording, Use
from tests.wings.education.conftest import School


def _video(school: School, seconds: int = 100, **more: Any) -> Recording:
    values = {"state": "ready", "ready_at": timezone.now(), "duration_seconds": seconds, **more}
    return Recording.objects.create(title="录像", scope_path=school.other.scope_path, **values)


def _lesson(school: School, kind: str = "recorded") -> Lesson:
    plan = Plan(kind=kind, title="录播", speaker_name="周教授")
    return actions.add(actor=school.teacher, course=school.draft(), plan=plan)


def test_recording_gives_the_lesson_its_length_and_its_viewers(school: School) -> None:
    lesson = _lesson(school)
    lesson = actions.set_recording(actor=school.teacher, lesson=lesson, recording=_video(school))
    assert lesson.length_seconds == 100
    assert not watch_rights.may_watch(school.learner, lesson.reference)
    found = school.enrolled(school.opened(lesson.course))
    assert watch_rights.may_watch(school.learner, lesson.reference)
    assert watch_rights.may_watch(school.teacher, lesson.reference)
    for stranger in (school.doctor, school.head, school.of(school.member("别人"))):
        assert not watch_rights.may_watch(stranger, lesson.reference)
    assert not watch_rights.may_watch(school.learner, "lesson:x")
    actions.withdraw(actor=school.learner, enrolment=found)
    assert not watch_rights.may_watch(school.learner, lesson.reference)
    second = _video(school)
    actions.set_recording(actor=school.teacher, lesson=lesson, recording=second)
    assert [use.recording for use in Use.objects.filter(reference=lesson.reference)] == [second]


def test_what_is_no_video_of_a_lesson_is_refused(school: School) -> None:
    lesson = _lesson(school)
    pending = _video(school, 0, state="pending", ready_at=None)
    with pytest.raises(Invalid, match="还不能播放"):
        actions.set_recording(actor=school.teacher, lesson=lesson, recording=pending)
    with pytest.raises(Denied):
        actions.set_recording(actor=school.learner, lesson=lesson, recording=_video(school))
    foreign = _video(school)
    Recording.objects.filter(pk=foreign.pk).update(scope_path=school.home.scope_path)
    foreign.refresh_from_db()
    with pytest.raises(Denied):
        actions.set_recording(actor=school.teacher, lesson=lesson, recording=foreign)
    with pytest.raises(Invalid, match="没有视频"):
        actions.set_recording(
            actor=school.teacher, lesson=_lesson(school, "slides"), recording=_video(school)
        )
    live = Broadcast.objects.create(title="直播", scope_path=school.other.scope_path)
    with pytest.raises(Invalid, match="播出直播"):
        actions.set_broadcast(actor=school.teacher, lesson=lesson, broadcast=live)
    held = school.live(lesson.course)
    assert actions.set_broadcast(actor=school.teacher, lesson=held, broadcast=live).broadcast == live


def test_length_stays_once_somebody_has_watched(school: School) -> None:
    lesson = actions.set_recording(actor=school.teacher, lesson=_lesson(school), recording=_video(school))
    found = school.enrolled(school.opened(lesson.course))
    record = actions.open_lesson(actor=school.learner, enrolment=found, lesson=lesson)
    type(record).objects.filter(pk=record.pk).update(covered=10)
    with pytest.raises(Invalid, match="时长相同"):
        actions.set_recording(actor=school.teacher, lesson=lesson, recording=_video(school, 90))
    actions.set_recording(actor=school.teacher, lesson=lesson, recording=_video(school))
