"""What is kept about a referral: its clocks, who was told, who signed what, dates of follow-up."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duikou.core.models import User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet
from duikou.wings.people.models import Person
from duikou.wings.referrals.models.referrals import Referral


class Clock(Scoped):
    """Who has to do what until when (时限). It stands still while the other side completes."""

    class Kind(models.TextChoices):
        ANSWER = "answer", pgettext_lazy("转诊时限", "答复")
        COMPLETE = "complete", pgettext_lazy("转诊时限", "补充")
        ARRIVAL = "arrival", pgettext_lazy("转诊时限", "登记到达")
        CONFIRM = "confirm", pgettext_lazy("转诊时限", "确认接回")
        OUTCOME = "outcome", pgettext_lazy("转诊时限", "登记结局")

    scope_fields = ("path",)
    read_permission = "referral.count"

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="clocks")
    kind = models.CharField(_("事项"), max_length=8, choices=Kind)
    path = PathField()  # of the side that has to act
    started_at = models.DateTimeField(_("起"))
    due_at = models.DateTimeField(_("时限"))
    paused_at = models.DateTimeField(_("暂停"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("办完"), null=True, blank=True)
    level = models.PositiveSmallIntegerField(_("已上报到"), default=0)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("转诊时限")
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="referrals_clock_one_of_a_kind",
                fields=["referral", "kind"],
                condition=Q(stopped_at__isnull=True),
            ),
            models.CheckConstraint(
                name="referrals_clock_ends_after_it_began", condition=Q(due_at__gt=F("started_at"))
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], name="referrals_clock_running", condition=Q(stopped_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.referral} · {self.get_kind_display()}"

    def left(self, at: dt.datetime) -> dt.timedelta:
        """Time that is left; negative once it ran out."""
        return self.due_at - (self.stopped_at or self.paused_at or at)


class Escalation(models.Model):
    """Who was told that a clock ran out (超时上报), once for each level."""

    class Level(models.IntegerChoices):
        HEAD = 1, _("科室主任")
        OFFICE = 2, _("医务部门和院长")
        SUPERIOR = 3, _("主管部门")

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="escalations")
    level = models.PositiveSmallIntegerField(_("上报到"), choices=Level)
    made_at = models.DateTimeField(_("时间"))
    demonstration = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = _("超时上报")
        ordering = ["made_at", "pk"]
        constraints = [models.UniqueConstraint(name="referrals_escalation_once", fields=["clock", "level"])]

    def __str__(self) -> str:
        return f"{self.clock} · {self.get_level_display()}"


class Signature(models.Model):
    """A doctor's signature under what a referral said then: account, time, digest of the words."""

    class Part(models.TextChoices):
        SENT = "sent", _("转出医师")
        ACCEPTED = "accepted", _("接收医师")
        BACK = "back", _("转回医师")

    class Factor(models.TextChoices):
        PASSWORD = "password", _("密码")
        TWO = "two", _("密码和动态口令")
        TOKEN = "token", _("接口令牌")

    AS_WRITTEN = (
        "referral_id", "part", "user_id", "name", "title", "place", "digest", "factor", "signed_at",
    )  # fmt: skip

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="signatures")
    part = models.CharField(_("签名"), max_length=8, choices=Part)
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # none: invented
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("姓名"), max_length=60)
    title = models.CharField(_("职称"), max_length=40)
    place = models.CharField(_("医院"), max_length=120)
    digest = models.CharField(_("内容摘要"), max_length=64)
    factor = models.CharField(_("登录方式"), max_length=8, choices=Factor)
    signed_at = models.DateTimeField(_("签名时间"))
    demonstration = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = _("转诊签名")
        ordering = ["signed_at", "pk"]

    def __str__(self) -> str:
        return f"{self.referral} · {self.name}"


class FollowUp(models.Model):
    """A date on which a patient who came back, or down, is seen again (随访)."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="follow_ups")
    due_on = models.DateField(_("随访日期"))
    what = models.CharField(_("随访内容"), max_length=200)
    done_on = models.DateField(_("完成日期"), null=True, blank=True)
    finding = models.CharField(_("随访结果"), max_length=500, blank=True, default="")
    done_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    demonstration = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = _("随访")
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(name="referrals_followup_once", fields=["referral", "due_on", "what"])
        ]

    def __str__(self) -> str:
        return f"{self.referral} · {self.due_on}"
