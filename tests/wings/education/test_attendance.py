"""Attendance: reading time, sign-in with codes, watched recordings, presence checks."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from duikou.core.errors import Conflict, Denied, Invalid, Missing
from duikou.wings.education import actions
from duikou.wings.education.models import Enrolment
from tests.wings.education.conftest import MINUTE, School

SECOND = dt.timedelta(seconds=1)


def test_reading_takes_its_time(school: School) -> None:
    course = school.draft()
    lesson = school.slides(course, minutes=5)
    found = school.enrolled(school.opened(course))
    with pytest.raises(Conflict, match="至少阅读 5 分钟"):
        school.read(found, lesson)
    later = timezone.now() + 6 * MINUTE
    actions.read_slides(actor=school.learner, enrolment=found, lesson=lesson, now=later)
    assert Enrolment.objects.get(pk=found.pk).state == "completed"


@pytest.mark.parametrize(("minutes", "words"), [(-20, "现在不能签到"), (61, "现在不能签到")])
def test_sign_in_only_inside_the_window(school: School, minutes: int, words: str) -> None:
    course = school.draft()
    lesson = school.live(course, minutes)
    found = school.enrolled(school.opened(course))
    with pytest.raises(Conflict, match=words):
        actions.sign_in(actor=school.learner, enrolment=found, lesson=lesson, code=school.code(lesson))
    with pytest.raises(Conflict, match="不在签到时间"):
        actions.code_of(actor=school.teacher, lesson=lesson)


def test_codes_change_and_guesses_are_not_free(school: School) -> None:
    course = school.draft()
    lesson = school.live(course)
    found = school.enrolled(school.opened(course))
    now = timezone.now()
    shown, left = actions.code_of(actor=school.teacher, lesson=lesson, now=now)
    assert shown == school.code(lesson, now)
    assert 0 < left <= 60
    with pytest.raises(Denied):
        actions.code_of(actor=school.learner, lesson=lesson)
    stale = school.code(lesson, now - 5 * MINUTE)
    for _try in range(5):
        with pytest.raises(Invalid, match="签到码不对"):
            actions.sign_in(actor=school.learner, enrolment=found, lesson=lesson, code=stale, now=now)
    with pytest.raises(Conflict, match="错了 5 次"):
        actions.sign_in(actor=school.learner, enrolment=found, lesson=lesson, code=shown, now=now)
    later = now + 6 * MINUTE
    record = actions.sign_in(
        actor=school.learner, enrolment=found, lesson=lesson, code=school.code(lesson, later), now=later
    )
    assert record.done_at
    again = actions.sign_in(actor=school.learner, enrolment=found, lesson=lesson, code="000000", now=later)
    assert again.signed_at == record.signed_at


def test_speaker_shows_the_code_without_keeping_the_course(school: School) -> None:
    speaker = school.member("授课人", hospital=school.other)
    lesson = school.live(school.draft(), speaker=speaker, speaker_name="")
    assert lesson.speaker_name == "授课人"
    assert actions.code_of(actor=school.of(speaker), lesson=lesson)[0] == school.code(lesson)


def test_recording_is_done_when_enough_was_watched_on_one_device(school: School) -> None:
    course = school.draft()
    lesson = school.recorded(course, 100)
    found = school.enrolled(school.opened(course))
    record = actions.open_lesson(actor=school.learner, enrolment=found, lesson=lesson)
    at = record.opened_at
    for second in range(0, 80, 10):
        at += 10 * SECOND
        progress = school.report(found, lesson, second, second + 10, at)
    assert (progress.record.covered, progress.record.done_at) == (80, None)
    with pytest.raises(Conflict, match="另一台设备"):
        school.report(found, lesson, 80, 90, at + 10 * SECOND, "d2")
    with pytest.raises(Conflict, match="超过了允许的速度"):
        school.report(found, lesson, 0, 100, at + 10 * SECOND)
    with pytest.raises(Invalid, match="不在这段视频"):
        school.report(found, lesson, 500, 510, at + 10 * SECOND)
    with pytest.raises(Conflict, match="时钟"):
        school.report(found, lesson, 80, 90, at - 30 * SECOND)
    progress = school.report(found, lesson, 80, 90, at + 10 * SECOND)
    assert progress.record.position == 90
    assert progress.record.credited <= 90
    assert Enrolment.objects.get(pk=found.pk).state == "completed"


def test_unanswered_presence_check_stops_the_count(school: School) -> None:
    course = school.draft(watch_percent=100)
    lesson = school.recorded(course, 1200)
    found = school.enrolled(school.opened(course))
    at = actions.open_lesson(actor=school.learner, enrolment=found, lesson=lesson).opened_at
    progress, second = None, 0
    while progress is None or progress.check is None:
        at, second = at + 10 * SECOND, second + 10
        progress = school.report(found, lesson, second - 10, second, at)
    seen = progress.record.covered
    with pytest.raises(Conflict, match="确认您在观看"):
        school.report(found, lesson, second, second + 10, at + 90 * SECOND)
    with pytest.raises(Missing):
        actions.answer_check(actor=school.learner, enrolment=found, lesson=lesson, check=0)
    actions.answer_check(
        actor=school.learner, enrolment=found, lesson=lesson, check=progress.check.pk, now=at + 90 * SECOND
    )
    later = school.report(found, lesson, second, second + 10, at + 100 * SECOND)
    assert later.record.covered <= seen + 10
