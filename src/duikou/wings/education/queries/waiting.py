"""What waits for whom: a lesson held today, lessons to learn, a quiz to take, a certificate just issued."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from duikou.core.scope import Actor
from duikou.core.waiting import Waiting
from duikou.wings.education.models import Attempt, Course, CourseCertificate, Enrolment, Lesson, LessonRecord

FRESH = dt.timedelta(days=14)  # for which a new certificate is announced


def waits_for(actor: Actor) -> Iterator[Waiting]:
    """What the actor has to learn, in three queries; nothing with a count of 0."""
    if actor.user_id is None or not actor.may("course.learn"):
        return
    now = timezone.now()
    today = timezone.localdate(now)
    begin = timezone.make_aware(dt.datetime.combine(today, dt.time()))
    running = Enrolment.objects.filter(
        person__user=actor.user_id,
        state=Enrolment.State.ACTIVE,
        course__state=Course.State.OPEN,
        course__valid_from__lte=today,
        course__valid_to__gte=today,
    )
    mine = LessonRecord.objects.filter(
        enrolment__person__user=actor.user_id, lesson=OuterRef("pk"), done_at__isnull=False
    )
    to_do = Lesson.objects.filter(course__in=running.values("course"), removed_at=None).filter(~Exists(mine))
    found = to_do.aggregate(
        held=Count(
            "pk",
            filter=Q(begins_at__gte=begin, begins_at__lt=begin + dt.timedelta(days=1), ends_at__gte=now),
        ),
        lessons=Count("pk", filter=Q(kind__in=(Lesson.Kind.RECORDED, Lesson.Kind.SLIDES), required=True)),
    )
    page = reverse("education:mine")
    if found["held"]:
        yield Waiting("lesson_today", _("节课今天直播或面授，请按时签到"), found["held"], page)
    if found["lessons"]:
        yield Waiting("lesson_to_learn", _("个必修课时待学习"), found["lessons"], page)
    open_lessons = Lesson.objects.filter(course=OuterRef("course"), removed_at=None, required=True).exclude(
        pk__in=LessonRecord.objects.filter(
            enrolment__person__user=actor.user_id, done_at__isnull=False
        ).values("lesson")
    )
    passed = Attempt.objects.filter(enrolment=OuterRef("pk"), passed=True)
    quizzes = running.filter(~Exists(open_lessons), ~Exists(passed), course__quiz__isnull=False).count()
    if quizzes:
        yield Waiting("quiz_to_take", _("次课程测验可以参加"), quizzes, page)
    fresh = CourseCertificate.objects.filter(
        enrolment__person__user=actor.user_id, revoked_at=None, issued_at__gte=now - FRESH
    ).count()
    if fresh:
        yield Waiting("course_certificate", _("份新的课程证书可以下载"), fresh, page)
