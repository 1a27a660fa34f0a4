"""What a department rosters by: limits, shifts, who takes part, when somebody is away, what they wish."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duikou.core.models import User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet
from duikou.wings.hospitals.models import Department
from duikou.wings.people.models import Person

DAY_MINUTES = 24 * 60
MOST_NEEDED = 50  # people on one shift of a department: more is a slip of the pen


class RosterRules(Scoped):
    """Limits and weights of a department's rosters (排班规则); the numbers are the department's own."""

    read_permission = "roster.view"

    department = models.OneToOneField(Department, on_delete=models.PROTECT, related_name="roster_rules")
    scope_path = PathField()
    rest_hours = models.PositiveSmallIntegerField(
        _("两班之间至少休息（小时）"), default=11, validators=[MaxValueValidator(72)]
    )
    max_run = models.PositiveSmallIntegerField(
        _("最多连续上班（天）"), default=6, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    max_duties = models.PositiveSmallIntegerField(
        _("每人每月最多值班（次）"), default=6, validators=[MaxValueValidator(31)]
    )
    max_weekends = models.PositiveSmallIntegerField(
        _("每人每月最多上班的周末（个）"), default=3, validators=[MaxValueValidator(6)]
    )
    max_hours = models.PositiveSmallIntegerField(
        _("每人每月最多工时（小时）"), default=200, validators=[MinValueValidator(1), MaxValueValidator(744)]
    )
    cover_weight = models.PositiveSmallIntegerField(
        _("缺 1 人的权重"), default=100, validators=[MaxValueValidator(1000)]
    )
    wish_weight = models.PositiveSmallIntegerField(
        _("未满足 1 个意愿的权重"), default=10, validators=[MaxValueValidator(1000)]
    )
    fair_weight = models.PositiveSmallIntegerField(
        _("值班不均 1 次的权重"), default=20, validators=[MaxValueValidator(1000)]
    )
    version = models.PositiveIntegerField(default=1)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("排班规则")
        constraints = [
            models.CheckConstraint(name="rosters_rules_some_run", condition=Q(max_run__gte=1)),
        ]

    def __str__(self) -> str:
        return str(self.department)


class Shift(Scoped):
    """A kind of work of a department with its times (班次) and how many it takes."""

    class Kind(models.TextChoices):
        OUTPATIENT = "outpatient", _("门诊")
        WARD = "ward", _("病房")
        DUTY = "duty", _("值班")

    read_permission = "roster.view"

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="shifts")
    scope_path = PathField()
    name = models.CharField(_("名称"), max_length=20)
    mark = models.CharField(_("表中简称"), max_length=4)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    start = models.TimeField(_("开始"))
    minutes = models.PositiveSmallIntegerField(_("时长（分钟）"))
    weekday_need = models.PositiveSmallIntegerField(_("工作日人数"), default=1)
    weekend_need = models.PositiveSmallIntegerField(_("周末人数"), default=0)
    senior_need = models.PositiveSmallIntegerField(_("其中副高以上"), default=0)
    skill = models.CharField(_("要求的资质"), max_length=40, blank=True, default="")
    rest_after = models.BooleanField(_("次日休息"), default=False)
    position = models.PositiveSmallIntegerField(_("顺序"), default=1)
    retired_at = models.DateTimeField(null=True, blank=True)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("班次")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="rosters_shift_mark_once",
                fields=["department", "mark"],
                condition=Q(retired_at__isnull=True),
            ),
            models.CheckConstraint(
                name="rosters_shift_minutes", condition=Q(minutes__gte=30, minutes__lte=2 * DAY_MINUTES)
            ),
            models.CheckConstraint(
                name="rosters_shift_kind", condition=Q(kind__in=["outpatient", "ward", "duty"])
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Need(Scoped):
    """How many a shift takes on a day of the week, or on one date (所需人数), where it is not as usual.

    The usual numbers are the shift's own, for working days and weekends. A date goes before the day of
    the week: holidays, and the Saturdays worked in exchange for them.
    """

    read_permission = "roster.view"

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="roster_needs")
    scope_path = PathField()
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="needs")
    weekday = models.PositiveSmallIntegerField(_("星期"), null=True, blank=True)  # 0: Monday
    day = models.DateField(_("日期"), null=True, blank=True)
    people = models.PositiveSmallIntegerField(_("所需人数"), validators=[MaxValueValidator(MOST_NEEDED)])
    note = models.CharField(_("说明"), max_length=20, blank=True, default="")  # of a date: 国庆节
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("所需人数")
        ordering = ["day", "weekday", "shift__position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="rosters_need_weekday_or_day",
                condition=Q(weekday__isnull=True, day__isnull=False)
                | Q(weekday__range=(0, 6), day__isnull=True),
            ),
            models.UniqueConstraint(name="rosters_need_weekday_once", fields=["shift", "weekday"]),
            models.UniqueConstraint(name="rosters_need_day_once", fields=["shift", "day"]),
        ]

    def __str__(self) -> str:
        return f"{self.shift} {self.day or self.weekday}: {self.people}"


class Member(Scoped):
    """How a person takes part in a department's rosters, where it is not as for everybody."""

    read_permission = "roster.view"

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="roster_members")
    scope_path = PathField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="roster_memberships")
    takes_part = models.BooleanField(_("参加排班"), default=True)
    skills = models.CharField(_("资质"), max_length=120, blank=True, default="")  # words, 、 between them
    max_duties = models.PositiveSmallIntegerField(
        _("每月最多值班（次）"), null=True, blank=True, validators=[MaxValueValidator(31)]
    )
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("参加排班的人员")
        constraints = [
            models.UniqueConstraint(name="rosters_member_once", fields=["department", "person"]),
        ]

    def __str__(self) -> str:
        return str(self.person)


class Absence(Scoped):
    """Days on which a person cannot be rostered, both included; leave from a posting is kept with it."""

    class Reason(models.TextChoices):
        LEAVE = "leave", _("请假")
        HOME = "home", _("回派出医院工作")
        TRAINING = "training", _("培训")
        OTHER = "other", _("另有安排")

    read_permission = "roster.view"
    own_field = "person__user_id"
    own_permission = "roster.own"

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="roster_absences")
    scope_path = PathField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="roster_absences")
    first_day = models.DateField(_("第一天"))
    last_day = models.DateField(_("最后一天"))
    reason = models.CharField(_("事由"), max_length=8, choices=Reason)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("不能排班的日期")
        ordering = ["first_day", "pk"]
        constraints = [
            models.CheckConstraint(
                name="rosters_absence_days_in_order", condition=Q(last_day__gte=F("first_day"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_day}—{self.last_day}"


class Wish(Scoped):
    """A wish for a day: a day off, or a shift (排班意愿). It is weighed, not promised."""

    read_permission = "roster.view"
    own_field = "person__user_id"
    own_permission = "roster.own"

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="roster_wishes")
    scope_path = PathField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="roster_wishes")
    day = models.DateField(_("日期"))
    shift = models.ForeignKey(
        Shift,
        verbose_name=_("希望的班次"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    made_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("排班意愿")
        ordering = ["day", "pk"]
        constraints = [
            models.UniqueConstraint(name="rosters_wish_one_a_day", fields=["department", "person", "day"]),
        ]

    def __str__(self) -> str:
        return f"{self.day} · {self.shift or _('休息')}"
