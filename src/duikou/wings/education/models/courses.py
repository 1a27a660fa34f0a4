"""Courses that a hospital offers, and their lessons."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from duikou.core.models import StoredDocument, User
from duikou.core.paths import PathField
from duikou.core.scope import Actor, Scoped, ScopedQuerySet, around, within
from duikou.wings.hospitals.models import Department, Hospital
from duikou.wings.media.models import Broadcast, Recording
from duikou.wings.pairings.models import Pairing
from duikou.wings.patients.models import Consent, Patient
from duikou.wings.people.models import Person
from duikou.wings.postings.models import Posting


class Course(Scoped):
    """A course (课程) of one hospital for its own staff and those of hospitals that it supports.

    Credits, class and project code are what the organiser was granted: given data, never worked out here.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("筹备中")
        OPEN = "open", _("开放")
        CLOSED = "closed", _("已结束")

    class Audience(models.TextChoices):
        OWN = "own", _("本院")
        PAIRS = "pairs", _("本院和受援医院")
        CHOSEN = "chosen", _("本院和指定医院")

    class Language(models.TextChoices):
        ZH = "zh", _("中文")
        EN = "en", _("英文")
        BOTH = "both", _("中英双语")

    class CreditClass(models.TextChoices):
        NONE = "", _("不授学分")
        ONE = "1", _("Ⅰ类")
        TWO = "2", _("Ⅱ类")

    SHOWN = (State.OPEN, State.CLOSED)

    read_permission = "course.view"

    hospital = models.ForeignKey(
        Hospital, verbose_name=_("开课医院"), on_delete=models.PROTECT, related_name="courses"
    )
    department = models.ForeignKey(
        Department,
        verbose_name=_("开课科室"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    scope_path = PathField()  # of the department, or of the whole hospital
    title = models.CharField(_("课程名称"), max_length=120)
    about = models.TextField(_("简介"), blank=True, default="")
    specialty = models.CharField(_("专业"), max_length=40)
    language = models.CharField(_("授课语言"), max_length=4, choices=Language, default=Language.ZH)
    audience = models.CharField(_("面向"), max_length=6, choices=Audience, default=Audience.PAIRS)
    hospitals = models.ManyToManyField(
        Hospital, verbose_name=_("指定医院"), related_name="courses_offered", blank=True
    )
    specialties = models.JSONField(_("限定专业"), default=list)  # of whoever learns; empty: all
    titles = models.JSONField(_("限定职称"), default=list)  # empty: all
    valid_from = models.DateField(_("学习起"))
    valid_to = models.DateField(_("学习止（含）"))
    watch_percent = models.PositiveSmallIntegerField(_("观看比例（%）"))
    hours = models.DecimalField(_("学时"), max_digits=5, decimal_places=1, null=True, blank=True)
    credit_class = models.CharField(_("学分类别"), max_length=1, choices=CreditClass, blank=True, default="")
    credits = models.DecimalField(_("学分"), max_digits=4, decimal_places=1, null=True, blank=True)
    project_code = models.CharField(_("项目编号"), max_length=40, blank=True, default="")
    state = models.CharField(_("状态"), max_length=6, choices=State, default=State.DRAFT)
    reason = models.CharField(_("理由"), max_length=500, blank=True, default="")  # of the last step
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("建立时间"), default=timezone.now)
    request_key = models.CharField(max_length=40, blank=True, default="")  # one form sent twice is one row
    version = models.PositiveIntegerField(default=1)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("课程")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="education_course_dates_in_order", condition=Q(valid_to__gte=F("valid_from"))
            ),
            models.CheckConstraint(
                name="education_course_share_is_a_share",
                condition=Q(watch_percent__gte=1, watch_percent__lte=100),
            ),
            # Credit of no class, or without the project that grants it, could not be recognised.
            models.CheckConstraint(
                name="education_course_credit_has_class_and_project",
                condition=Q(credits__isnull=True, credit_class="")
                | (Q(credits__gt=0) & ~Q(credit_class="") & ~Q(project_code="")),
            ),
            models.UniqueConstraint(
                name="education_course_one_form_one_row",
                fields=["made_by", "request_key"],
                condition=~Q(request_key=""),
            ),
        ]
        indexes = [models.Index(fields=["state", "valid_to"], name="education_course_open")]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def visibility(cls, paths: tuple[str, ...]) -> Q:
        """Courses of the own hospital and those that are offered to it, once they were opened."""
        mine = Hospital.objects.filter(within(paths, ("scope_path",)) | around(paths, ("scope_path",)))
        today = timezone.localdate()
        supporters = Pairing.objects.on(today).filter(recipient__in=mine).values("supporter")
        chosen = cls.hospitals.through.objects.filter(hospital__in=mine).values("course")
        return Q(state__in=cls.SHOWN) & (
            Q(hospital__in=mine)
            | Q(audience="pairs", hospital__in=supporters)
            | Q(audience="chosen", pk__in=chosen)
        )

    @classmethod
    def own_rows(cls, actor: Actor) -> Q | None:
        """Those that the actor teaches in any state, and those that the actor was enrolled in."""
        taught = actor.paths("course.teach")
        condition = within(taught, ("scope_path",)) if taught else None
        if actor.user_id is None or not actor.may("course.learn"):
            return condition
        learnt = Q(enrolments__in=_enrolments_of(actor)) & Q(state__in=cls.SHOWN)
        rows = Q(pk__in=cls.objects.filter(learnt).values("pk"))
        return condition | rows if condition else rows

    def runs_on(self, day: dt.date) -> bool:
        """Whether people may learn on a day."""
        return self.state == self.State.OPEN and self.valid_from <= day <= self.valid_to


def _enrolments_of(actor: Actor) -> Any:
    from duikou.wings.education.models.learning import Enrolment

    return Enrolment.objects.filter(person__user=actor.user_id).exclude(state=Enrolment.State.WITHDRAWN)


class Lesson(models.Model):
    """One lesson (课时). What it takes to have done it depends on its kind."""

    class Kind(models.TextChoices):
        LIVE = "live", _("直播课")
        RECORDED = "recorded", _("录播课")
        SLIDES = "slides", _("课件")
        OPERATION = "operation", _("手术示教")
        ROUND = "round", _("教学查房、疑难病例讨论")

    HELD: ClassVar[tuple[str, ...]] = (Kind.LIVE, Kind.OPERATION, Kind.ROUND)  # at a time, with sign-in
    POSTED: ClassVar[tuple[str, ...]] = (Kind.OPERATION, Kind.ROUND)  # part of a posting

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="lessons")
    position = models.PositiveSmallIntegerField(_("次序"))
    kind = models.CharField(_("形式"), max_length=9, choices=Kind)
    title = models.CharField(_("课时名称"), max_length=120)
    about = models.TextField(_("内容"), blank=True, default="")
    required = models.BooleanField(_("必修"), default=True)
    requires = models.ManyToManyField(
        "self", verbose_name=_("先修课时"), symmetrical=False, related_name="opens", blank=True
    )
    speaker = models.ForeignKey(
        Person, verbose_name=_("授课人"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    speaker_name = models.CharField(_("授课人姓名"), max_length=60)
    begins_at = models.DateTimeField(_("开始"), null=True, blank=True)
    ends_at = models.DateTimeField(_("结束"), null=True, blank=True)
    place = models.CharField(_("地点"), max_length=120, blank=True, default="")
    sign_from = models.DateTimeField(_("签到起"), null=True, blank=True)
    sign_until = models.DateTimeField(_("签到止"), null=True, blank=True)
    posting = models.ForeignKey(
        Posting, verbose_name=_("派驻"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    patient = models.ForeignKey(
        Patient,
        verbose_name=_("涉及的患者"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    consent = models.ForeignKey(Consent, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    document = models.ForeignKey(
        StoredDocument, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    minutes = models.PositiveSmallIntegerField(_("最少阅读分钟数"), default=0)  # of slides
    recording = models.ForeignKey(
        Recording, verbose_name=_("录像"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    broadcast = models.ForeignKey(
        Broadcast, verbose_name=_("直播"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Of the recording once it is ready. What was watched is counted against it.
    length_seconds = models.PositiveIntegerField(_("时长（秒）"), default=0)
    removed_at = models.DateTimeField(null=True, blank=True)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = _("课时")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="education_lesson_position_once",
                fields=["course", "position"],
                condition=Q(removed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="education_lesson_held_at_a_time",
                condition=~Q(kind__in=["live", "operation", "round"])
                | Q(
                    begins_at__isnull=False,
                    ends_at__gt=F("begins_at"),
                    sign_from__isnull=False,
                    sign_until__gt=F("sign_from"),
                ),
            ),
            models.CheckConstraint(
                name="education_lesson_patient_only_with_consent",
                condition=Q(patient__isnull=True) | Q(consent__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def held(self) -> bool:
        """Whether it takes place at a time and is attended by signing in."""
        return self.kind in self.HELD

    @property
    def reference(self) -> str:
        """How rights to watch name it."""
        return f"lesson:{self.pk}"

    def takes_sign_in(self, at: dt.datetime) -> bool:
        """Whether a sign-in counts at a time."""
        return (
            self.sign_from is not None
            and self.sign_until is not None
            and self.sign_from <= at <= self.sign_until
        )
