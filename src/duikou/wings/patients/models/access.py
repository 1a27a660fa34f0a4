"""Who may look at a patient's record besides its hospital, and who did look."""

from __future__ import annotations

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from duikou.core.models import User
from duikou.core.paths import PathField
from duikou.core.scope import Scoped, ScopedQuerySet
from duikou.wings.hospitals.models import Hospital
from duikou.wings.patients.models.patients import Patient


class ShareQuerySet(models.QuerySet["Share"]):
    """Relations with other hospitals."""

    def live(self, at: dt.datetime | None = None) -> Self:
        """Those that last at a time (default: now)."""
        at = at or timezone.now()
        return self.filter(
            Q(ended_at=None) | Q(ended_at__gt=at), Q(until=None) | Q(until__gt=at), since__lte=at
        )


class Share(models.Model):
    """A relation that lets another hospital, or one of its departments, see a patient while it lasts."""

    class Kind(models.TextChoices):
        REFERRAL = "referral", _("转诊")
        CONSULTATION = "consultation", _("会诊")
        CARE = "care", _("协同诊疗")

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="shares")
    hospital = models.ForeignKey(
        Hospital, verbose_name=_("对方医院"), on_delete=models.PROTECT, related_name="+"
    )
    path = PathField()  # of the hospital, or of its department
    kind = models.CharField(_("关系"), max_length=12, choices=Kind)
    reference = models.CharField(max_length=40, blank=True, default="")  # referral:12
    reason = models.CharField(_("理由"), max_length=500, blank=True, default="")
    since = models.DateTimeField(_("起"), default=timezone.now)
    until = models.DateTimeField(_("预定止"), null=True, blank=True)
    ended_at = models.DateTimeField(_("结束"), null=True, blank=True)
    shared_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ShareQuerySet.as_manager()

    class Meta:
        verbose_name = _("患者档案共享")
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="patients_share_once",
                fields=["patient", "path", "kind", "reference"],
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="patients_share_times_in_order",
                condition=(Q(until=None) | Q(until__gt=F("since")))
                & (Q(ended_at=None) | Q(ended_at__gte=F("since"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.patient} · {self.get_kind_display()}"

    def is_live(self, at: dt.datetime) -> bool:
        """Whether it lasts at a time."""
        ends = [end for end in (self.ended_at, self.until) if end is not None]
        return self.since <= at and all(at < end for end in ends)


class BreakGlassQuerySet(ScopedQuerySet):
    """Emergency accesses."""

    def live(self, at: dt.datetime | None = None) -> Self:
        """Those whose hours run."""
        at = at or timezone.now()
        return self.filter(opened_at__lte=at, until__gt=at)


class BreakGlass(Scoped):
    """One person's access to one record in an emergency (紧急调阅), for some hours; reviewed afterwards."""

    scope_fields = ("scope_path",)
    read_permission = "patient.review"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="emergencies")
    scope_path = PathField()  # of the hospital that holds the record: its keeper reviews
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")  # none: invented
    reader = models.CharField(_("调阅人"), max_length=120)
    reader_path = PathField()  # where the reader acts
    reader_place = models.CharField(_("调阅单位"), max_length=120)
    reason = models.CharField(_("理由"), max_length=500)
    opened_at = models.DateTimeField(_("调阅时间"))
    until = models.DateTimeField(_("时限"))
    justified = models.BooleanField(_("是否正当"), null=True, blank=True)
    reviewed_at = models.DateTimeField(_("审核时间"), null=True, blank=True)
    reviewed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    remark = models.CharField(_("审核意见"), max_length=500, blank=True, default="")
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = BreakGlassQuerySet.as_manager()

    class Meta:
        verbose_name = _("紧急调阅")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="patients_breakglass_by_somebody",
                condition=Q(user__isnull=False) | Q(demonstration=True),
            ),
            models.CheckConstraint(
                name="patients_breakglass_for_hours", condition=Q(until__gt=F("opened_at"))
            ),
            models.CheckConstraint(
                name="patients_breakglass_not_reviewed_by_oneself",
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("user")),
            ),
            models.CheckConstraint(
                name="patients_breakglass_reviewed_whole",
                condition=Q(reviewed_at__isnull=True, justified__isnull=True)
                | Q(reviewed_at__isnull=False, justified__isnull=False),
            ),
        ]


class Access(Scoped):
    """One look at one patient's record: who, by what right, what for, where, when. Never changed."""

    class Grounds(models.TextChoices):
        OWN = "own", _("本院患者")
        SHARE = "share", _("共享关系")
        EMERGENCY = "emergency", _("紧急调阅")
        MATCH = "match", _("证件号码查重")

    class Purpose(models.TextChoices):
        CARE = "care", _("诊疗")
        REFERRAL = "referral", _("转诊")
        CONSULTATION = "consultation", _("会诊")
        EMERGENCY = "emergency", _("抢救")
        DOUBLES = "doubles", _("查重")
        CORRECTION = "correction", _("更正")
        ERASURE = "erasure", _("到期处理")

    class Where(models.TextChoices):
        PAGE = "page", _("页面")
        IN_FULL = "in_full", _("查看完整证件号码和电话")
        API = "api", _("接口")
        PDF = "pdf", _("文件")
        EXPORT = "export", _("导出")

    AS_WRITTEN = (
        "patient_id", "scope_path", "user_id", "reader", "reader_place", "grounds", "purpose", "place", "at",
    )  # fmt: skip

    scope_fields = ("scope_path",)
    read_permission = "patient.review"

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="accesses")
    scope_path = PathField()  # where the record was held at the time
    user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    reader = models.CharField(_("查阅人"), max_length=120)
    reader_place = models.CharField(_("查阅单位"), max_length=120)
    grounds = models.CharField(_("依据"), max_length=10, choices=Grounds)
    purpose = models.CharField(_("目的"), max_length=12, choices=Purpose)
    place = models.CharField(_("途径"), max_length=8, choices=Where)
    at = models.DateTimeField(_("时间"), default=timezone.now)
    demonstration = models.BooleanField(_("演示数据"), default=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = _("查阅记录")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["patient", "-at"], name="patients_access_of_patient")]
