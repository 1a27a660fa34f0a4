"""The expert pool of a hospital, and when its experts have time for a live consultation."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duikou.core.models import User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet
from duikou.wings.hospitals.models import Hospital
from duikou.wings.people.models import Person


class Expert(Scoped):
    """A doctor whom a hospital puts at the disposal of others for remote consultation (会诊专家)."""

    scope_fields = ("scope_path",)
    read_permission = "consult.view"
    for_departments = True
    own_field = "person__user_id"
    own_permission = "consult.opinion"

    hospital = models.ForeignKey(Hospital, on_delete=models.PROTECT, related_name="experts")
    scope_path = PathField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="expert_rows")
    practising_since = models.DateField(_("独立执业起"))
    kinds = models.JSONField(_("可受邀的类别"), default=list)
    tcm = models.BooleanField(_("中医"), default=False)
    note = models.CharField(_("擅长"), max_length=300, blank=True, default="")
    left_at = models.DateTimeField(_("退出时间"), null=True, blank=True)
    left_reason = models.CharField(_("退出理由"), max_length=500, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    entered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(auto_now_add=True)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("会诊专家")
        ordering = ["hospital_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="telehealth_expert_once", fields=["person"], condition=Q(left_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)


class Slot(models.Model):
    """A time at which an expert can be there live. Taken by one consultation at most; reaches who
    reaches its expert."""

    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="slots")
    begins_at = models.DateTimeField(_("开始"))
    ends_at = models.DateTimeField(_("结束"))
    consultation = models.OneToOneField(
        "telehealth.Consultation", null=True, blank=True, on_delete=models.PROTECT, related_name="slot"
    )
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)
    offered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    demonstration = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = _("会诊时段")
        ordering = ["begins_at", "pk"]
        constraints = [
            models.CheckConstraint(name="telehealth_slot_in_order", condition=Q(ends_at__gt=F("begins_at"))),
            models.CheckConstraint(
                name="telehealth_slot_free_once_withdrawn",
                condition=Q(withdrawn_at=None) | Q(consultation=None),
            ),
        ]
        indexes = [models.Index(fields=["expert", "begins_at"], name="telehealth_slot_of_expert")]

    def __str__(self) -> str:
        return f"{self.expert} · {self.begins_at:%Y-%m-%d %H:%M}"
