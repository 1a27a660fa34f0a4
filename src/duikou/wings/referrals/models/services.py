"""What a hospital offers to patients of others: the directory of services with places by week."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duikou.core.models import User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet
from duikou.wings.hospitals.models import Department, Hospital


class Service(Scoped):
    """A service that takes referred patients (接诊服务). The directory is for all who refer."""

    class Takes(models.TextChoices):
        UP = "up", _("上转")
        DOWN = "down", _("下转")
        BOTH = "both", _("上转和下转")

    scope_fields = ("scope_path",)
    read_permission = "referral.service"

    hospital = models.ForeignKey(
        Hospital, verbose_name=_("医院"), on_delete=models.PROTECT, related_name="referral_services"
    )
    department = models.ForeignKey(
        Department,
        verbose_name=_("科室"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="referral_services",
    )
    scope_path = PathField()  # of the department, of the hospital without one
    name = models.CharField(_("服务名称"), max_length=80)
    specialty = models.CharField(_("专业"), max_length=40)  # id, as of departments
    takes = models.CharField(_("接收方向"), max_length=4, choices=Takes, default=Takes.UP)
    tiers = models.JSONField(_("接收病种"), default=list, blank=True)  # ids in the pack; none: all of them
    emergency = models.BooleanField(_("接收急诊转诊"), default=False)
    weekly = models.PositiveIntegerField(_("每周接收人数"))
    phone = models.CharField(_("联系电话"), max_length=30, blank=True, default="")
    note = models.CharField(_("来诊须知"), max_length=500, blank=True, default="")
    closed_on = models.DateField(_("停止接收"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    kept_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    kept_at = models.DateTimeField(auto_now=True)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("接诊服务")
        ordering = ["hospital__name", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="referrals_service_once",
                fields=["scope_path", "name"],
                condition=Q(closed_on__isnull=True),
            ),
            models.CheckConstraint(
                name="referrals_service_takes_somebody", condition=Q(weekly__gte=1) & Q(weekly__lte=999)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Slot(models.Model):
    """When a service sees referred patients: a weekday, a time, how many (接诊时段)."""

    class Weekday(models.IntegerChoices):
        MONDAY = 1, _("周一")
        TUESDAY = 2, _("周二")
        WEDNESDAY = 3, _("周三")
        THURSDAY = 4, _("周四")
        FRIDAY = 5, _("周五")
        SATURDAY = 6, _("周六")
        SUNDAY = 7, _("周日")

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="slots")
    weekday = models.PositiveSmallIntegerField(_("星期"), choices=Weekday)
    starts = models.TimeField(_("时间"))
    places = models.PositiveSmallIntegerField(_("人数"))

    class Meta:
        verbose_name = _("接诊时段")
        ordering = ["weekday", "starts"]
        constraints = [
            models.UniqueConstraint(name="referrals_slot_once", fields=["service", "weekday", "starts"]),
            models.CheckConstraint(
                name="referrals_slot_on_a_weekday", condition=Q(weekday__gte=1) & Q(weekday__lte=7)
            ),
            models.CheckConstraint(name="referrals_slot_has_places", condition=Q(places__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M}"
