"""The quiz of a course: its bank of questions, and everybody's attempts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duikou.core.models import User
from duikou.wings.education.models.courses import Course
from duikou.wings.education.models.learning import Enrolment


class Quiz(models.Model):
    """How a course is examined (测验). One a course; without one, the lessons alone decide."""

    course = models.OneToOneField(Course, on_delete=models.PROTECT, related_name="quiz")
    draw = models.PositiveSmallIntegerField(_("抽题数"))
    attempts = models.PositiveSmallIntegerField(_("可考次数"))
    minutes = models.PositiveSmallIntegerField(_("限时（分钟）"))
    pass_percent = models.PositiveSmallIntegerField(_("合格分（%）"))
    demonstration = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = _("测验")
        constraints = [
            models.CheckConstraint(
                name="education_quiz_in_bounds",
                condition=Q(draw__gte=1, attempts__gte=1, minutes__gte=1)
                & Q(pass_percent__gte=1, pass_percent__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return str(self.course)


class Question(models.Model):
    """A question of a course's bank. `options` are texts; `right` the places of the right ones, from 0."""

    class Kind(models.TextChoices):
        SINGLE = "single", _("单选")
        MULTIPLE = "multiple", _("多选")
        TRUE_FALSE = "true_false", _("判断")

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="questions")
    kind = models.CharField(_("题型"), max_length=10, choices=Kind)
    text = models.TextField(_("题目"))
    options = models.JSONField(_("选项"), default=list)
    right = models.JSONField(_("答案"), default=list)
    explanation = models.TextField(_("解析"), blank=True, default="")
    added_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = _("试题")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.text[:40]


class QuestionBatch(models.Model):
    """A workbook of questions as it was handed in: what was taken, or what is wrong in which cell."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="question_batches")
    filename = models.CharField(_("文件名"), max_length=120)
    taken = models.PositiveSmallIntegerField(_("导入题数"), default=0)
    cells = models.JSONField(default=list)
    issues = models.JSONField(default=list)
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = _("试题导入")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.filename


class Attempt(models.Model):
    """One try at a quiz. `drawn` keeps the questions as they were asked, right answers included.

    It never leaves the server before the attempt was handed in.
    """

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveSmallIntegerField(_("第几次"))
    drawn = models.JSONField()
    answers = models.JSONField(default=dict)
    pass_percent = models.PositiveSmallIntegerField(_("合格分（%）"))
    started_at = models.DateTimeField(_("开始"))
    due_at = models.DateTimeField(_("截止"))
    submitted_at = models.DateTimeField(_("交卷"), null=True, blank=True)
    late = models.BooleanField(_("超时"), default=False)
    percent = models.PositiveSmallIntegerField(_("得分（%）"), null=True, blank=True)
    passed = models.BooleanField(_("合格"), default=False)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = _("测验记录")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(name="education_attempt_numbered", fields=["enrolment", "number"]),
            models.UniqueConstraint(
                name="education_attempt_one_open",
                fields=["enrolment"],
                condition=Q(submitted_at__isnull=True),
            ),
            models.CheckConstraint(
                name="education_attempt_marked_when_submitted",
                condition=Q(submitted_at__isnull=True, percent__isnull=True, passed=False)
                | Q(submitted_at__isnull=False, percent__isnull=False, percent__lte=100),
            ),
            models.CheckConstraint(
                name="education_attempt_late_never_passes", condition=Q(late=False) | Q(passed=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment} #{self.number}"
