"""Days on post and work done, as they count; what the host department confirmed and put right."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duikou.core.models import StoredDocument, User
from duikou.core.scope import Scoped, ScopedQuerySet
from duikou.wings.postings.models import Posting
from duikou.wings.presence.models.deliveries import Delivery


class Place(models.TextChoices):
    """How the place of a check-in matched the hospital. The position itself is nowhere kept."""

    NEAR = "near", _("医院附近")
    FAR = "far", _("距医院较远")
    UNKNOWN = "unknown", _("未核对地点")


class OfPosting(Scoped):
    """A row of somebody's posting: for the host department, the home department, and the person."""

    scope_fields = ("posting__host_path", "posting__home_path")
    read_permission = "presence.view"
    own_field = "posting__person__user_id"
    own_permission = "presence.own"

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True


class Confirmation(OfPosting):
    """The host department's word for one week (Monday to Sunday) of a posting; a late item needs another."""

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="confirmations")
    monday = models.DateField(_("周一"))
    days = models.PositiveSmallIntegerField(_("确认天数"))
    entries = models.PositiveSmallIntegerField(_("确认工作量条数"))
    remark = models.CharField(_("说明"), max_length=300, blank=True, default="")
    confirmed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(_("确认时间"))
    demonstration = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = _("每周确认")
        ordering = ["-monday", "pk"]
        indexes = [models.Index(fields=["posting", "monday"], name="presence_confirmation_week")]

    def __str__(self) -> str:
        return f"{self.posting} · {self.monday}"


class Mark(OfPosting):
    """One tap on "in" or "out", at the phone's time put right by its skew."""

    class Kind(models.TextChoices):
        IN = "in", _("签到")
        OUT = "out", _("签退")

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="marks")
    kind = models.CharField(_("类别"), max_length=3, choices=Kind)
    at = models.DateTimeField(_("时间"))
    place = models.CharField(_("地点"), max_length=8, choices=Place, default=Place.UNKNOWN)
    delivery = models.OneToOneField(Delivery, on_delete=models.PROTECT, related_name="mark")

    class Meta:
        verbose_name = _("签到签退")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["posting", "at"], name="presence_mark_time")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.at:%Y-%m-%d %H:%M}"


class WorkDay(OfPosting):
    """A day of a posting as it counts: worked out of the marks, unless the host department put it right."""

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="work_days")
    day = models.DateField(_("日期"))
    present = models.BooleanField(_("在岗"))
    first_in = models.DateTimeField(_("签到"), null=True, blank=True)
    last_out = models.DateTimeField(_("签退"), null=True, blank=True)
    place = models.CharField(_("地点"), max_length=8, choices=Place, default=Place.UNKNOWN)
    corrected = models.BooleanField(_("已更正"), default=False)
    confirmation = models.ForeignKey(
        Confirmation, null=True, blank=True, on_delete=models.PROTECT, related_name="confirmed_days"
    )
    version = models.PositiveIntegerField(default=1)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = _("在岗日")
        ordering = ["day", "pk"]
        constraints = [
            models.UniqueConstraint(name="presence_workday_once", fields=["posting", "day"]),
            models.CheckConstraint(
                name="presence_workday_times_in_order",
                condition=Q(first_in__isnull=True)
                | Q(last_out__isnull=True)
                | Q(last_out__gte=F("first_in")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["posting", "day"],
                name="presence_workday_waiting",
                condition=Q(confirmation__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.day}"


class Work(OfPosting):
    """How much of one activity a posted person did on a day. Never anything of a patient."""

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="work")
    day = models.DateField(_("日期"))
    activity = models.CharField(_("工作"), max_length=40)  # id of the pack's catalogue
    count = models.PositiveIntegerField(_("数量"))
    said_at = models.DateTimeField(
        _("填报时间")
    )  # of the item that counts: a later one wins, whenever it comes
    corrected = models.BooleanField(_("已更正"), default=False)
    confirmation = models.ForeignKey(
        Confirmation, null=True, blank=True, on_delete=models.PROTECT, related_name="confirmed_work"
    )
    version = models.PositiveIntegerField(default=1)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = _("工作量")
        ordering = ["day", "activity"]
        constraints = [
            models.UniqueConstraint(name="presence_work_once", fields=["posting", "day", "activity"])
        ]
        indexes = [
            models.Index(
                fields=["posting", "day"],
                name="presence_work_waiting",
                condition=Q(confirmation__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} · {self.activity} · {self.count}"


class Proof(OfPosting):
    """A file that shows the work of a day: a photograph of a lecture, a list of signatures."""

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="proofs")
    day = models.DateField(_("日期"))
    activity = models.CharField(_("工作"), max_length=40)
    uuid = models.UUIDField(unique=True)
    document = models.ForeignKey(StoredDocument, on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("工作佐证")
        ordering = ["day", "pk"]
        indexes = [models.Index(fields=["posting", "day"], name="presence_proof_day")]

    def __str__(self) -> str:
        return f"{self.day} · {self.document.filename}"


class Correction(OfPosting):
    """What the host department put right, and why; the person concerned reads it, too."""

    PRESENCE = "presence"

    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="presence_corrections")
    day = models.DateField(_("日期"))
    subject = models.CharField(_("更正内容"), max_length=40)  # `presence`, or the id of an activity
    before = models.JSONField(null=True)
    after = models.JSONField()
    reason = models.CharField(_("理由"), max_length=500)
    corrected_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    corrected_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("考勤更正")
        ordering = ["-corrected_at", "-pk"]
        constraints = [models.CheckConstraint(name="presence_correction_has_reason", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"{self.day} · {self.subject}"
