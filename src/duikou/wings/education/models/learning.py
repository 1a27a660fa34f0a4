"""Who learns what, and what the server heard of it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duikou.core.models import User
from duikou.core.paths import PathField
from duikou.core.scope import Actor, Scoped, ScopedQuerySet, within
from duikou.wings.education.models.courses import Course, Lesson
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.pairings.models import Pairing
from duikou.wings.people.models import Person


class Enrolment(Scoped):
    """A person in a course (选课). Hospital, department and pairing are those of the day of enrolment."""

    class State(models.TextChoices):
        ACTIVE = "active", _("学习中")
        COMPLETED = "completed", _("已完成")
        WITHDRAWN = "withdrawn", _("已退出")

    scope_fields = ("home_path", "teach_path")
    read_permission = "course.enrol"

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="enrolments")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="enrolments")
    hospital = models.ForeignKey(
        Hospital, verbose_name=_("所在医院"), on_delete=models.PROTECT, related_name="+"
    )
    department = models.ForeignKey(
        Department,
        verbose_name=_("所在科室"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    pairing = models.ForeignKey(
        Pairing, verbose_name=_("结对"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    home_path = PathField()  # of whoever learns
    teach_path = PathField()  # of the course
    state = models.CharField(_("状态"), max_length=9, choices=State, default=State.ACTIVE)
    by_head = models.BooleanField(_("由科室安排"), default=False)
    enrolled_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    enrolled_at = models.DateTimeField(_("选课时间"), auto_now_add=True)
    completed_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("选课")
        ordering = ["-enrolled_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="education_enrolment_once", fields=["course", "person"]),
            models.CheckConstraint(
                name="education_enrolment_completed_has_time",
                condition=Q(state="completed", completed_at__isnull=False)
                | (~Q(state="completed") & Q(completed_at__isnull=True)),
            ),
        ]
        indexes = [models.Index(fields=["pairing", "completed_at"], name="education_enrolment_pair")]

    def __str__(self) -> str:
        return f"{self.person} · {self.course}"

    @classmethod
    def visibility(cls, paths: tuple[str, ...]) -> Q:
        """Of the own staff; the course's side and the learner's own are in `own_rows`."""
        return within(paths, ("home_path",))

    @classmethod
    def own_rows(cls, actor: Actor) -> Q | None:
        """The learner's own, and those of the courses that the actor teaches."""
        taught = actor.paths("course.teach")
        condition = within(taught, ("teach_path",)) if taught else None
        if actor.user_id is None or not actor.may("course.learn"):
            return condition
        own = Q(person__user=actor.user_id)
        return condition | own if condition else own


class LessonRecord(models.Model):
    """How far somebody is with a lesson. `covered` and `credited` follow from the beats alone.

    `covered`: seconds of the lesson that were seen; `credited`: the same, but never more than the time
    that went by while they were seen.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="records")
    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="records")
    opened_at = models.DateTimeField(_("首次打开"))
    position = models.PositiveIntegerField(_("继续位置（秒）"), default=0)
    covered = models.PositiveIntegerField(_("已看（秒）"), default=0)
    credited = models.PositiveIntegerField(_("计入（秒）"), default=0)
    signed_at = models.DateTimeField(_("签到时间"), null=True, blank=True)
    read_at = models.DateTimeField(_("读完时间"), null=True, blank=True)
    done_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    wrong_codes = models.PositiveSmallIntegerField(default=0)  # since `wrong_at`
    wrong_at = models.DateTimeField(null=True, blank=True)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = _("课时进度")
        constraints = [
            models.UniqueConstraint(name="education_record_once", fields=["enrolment", "lesson"]),
            models.CheckConstraint(
                name="education_record_credits_no_more_than_seen", condition=Q(credited__lte=F("covered"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} · {self.lesson}"


class Beat(models.Model):
    """What a player reported, at the second of arrival by the server's clock. Rows are only added."""

    record = models.ForeignKey(LessonRecord, on_delete=models.CASCADE, related_name="beats")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    at = models.BigIntegerField()
    device = models.CharField(max_length=40)
    place = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("观看心跳")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(name="education_beat_once", fields=["record", "at", "device", "place"]),
        ]
        indexes = [models.Index(fields=["person", "-at"], name="education_beat_last")]

    def __str__(self) -> str:
        return f"{self.record_id} {self.at} {self.place}"


class PresenceCheck(models.Model):
    """A question whether somebody is there, asked at a place that cannot be told beforehand."""

    record = models.ForeignKey(LessonRecord, on_delete=models.CASCADE, related_name="checks")
    place = models.PositiveIntegerField()
    asked = models.BigIntegerField()
    answered = models.BigIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("在场确认")
        ordering = ["asked", "pk"]
        constraints = [
            models.UniqueConstraint(name="education_check_once", fields=["record", "place"]),
            models.CheckConstraint(
                name="education_check_answered_after_asked",
                condition=Q(answered__isnull=True) | Q(answered__gte=F("asked")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.place}"
